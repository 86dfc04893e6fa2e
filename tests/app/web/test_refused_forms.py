"""A refused form says so in its title, ties each error to its field, and puts the cursor where to go on."""

import re
from html.parser import HTMLParser

import pytest


class Page(HTMLParser):
    """The title, the ids and the fields of a page."""

    def __init__(self, html):
        super().__init__()
        self.title = re.search("<title>(.*)</title>", html)[1]
        self.ids, self.fields = set(), {}
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        element = dict(attributes)
        self.ids.add(element.get("id"))
        if tag in ("input", "select", "textarea") and element.get("type") != "hidden" and "name" in element:
            self.fields.setdefault(element["name"], element)

    def wrong(self):
        return {name for name, field in self.fields.items() if field.get("aria-invalid") == "true"}

    def focused(self):
        return [name for name, field in self.fields.items() if "autofocus" in field]


@pytest.mark.parametrize(
    ("path", "fields", "title", "wrong", "focused"),
    [
        ("/auth/login", {"username": "susan", "password": "wrong"}, "Sign in", "username password", "password"),
        ("/auth/login", {"username": "nobody", "password": "x"}, "Sign in", "username password", "password"),
        ("/auth/login", {"username": "susan"}, "Sign in", "password", "password"),
        ("/auth/login", {}, "Sign in", "username password", "username"),
        (
            "/auth/register",
            {"username": "fine", "email": "none", "password": "correct horse", "password2": "x"},
            "Create an account",
            "email password2",
            "email",
        ),
        ("/auth/reset_password_request", {"email": "none"}, "Reset your password", "email", "email"),
    ],
)
def test_refused_form_names_its_errors(client, susan, fill_in, path, fields, title, wrong, focused):
    check(fill_in(path, **fields), title, wrong, focused)


@pytest.mark.parametrize(
    ("path", "fields", "title", "wrong", "focused"),
    [
        ("/settings/password", {"password": "x"}, "Change your password", "password", "password"),
        ("/settings/address", {"email": "none", "password": "x"}, "Change your email address", "password", "password"),
        ("/settings/tokens", {"name": "x" * 65}, "API tokens", "name", "name"),
        ("/edit_profile", {"username": "a b"}, "Edit your profile", "username", "username"),
        ("/post", {"body": "x" * 141}, "New post", "body", "body"),
        ("/post", {"body": "Hello", "language": "klingon"}, "New post", "language", "language"),
        ("/messages/with/john", {"body": ""}, "Conversation with @john", "body", "body"),
    ],
)
def test_refused_form_of_a_user_names_its_errors(john, susan, log_in, fill_in, path, fields, title, wrong, focused):
    log_in("susan")
    check(fill_in(path, **fields), title, wrong, focused)


def test_unknown_recipient_is_named_as_an_error(client, susan, log_in):
    log_in("susan")
    check(client.get("/messages/to?username=nobody"), "Messages", "username", "username")


def check(response, title, wrong, focused):
    page = Page(response.text)
    assert (response.status_code, page.title) == (400, f"Error: {title} – Microblog")
    assert page.wrong() == set(wrong.split())
    assert page.focused() == [focused]
    for name in page.wrong():
        described = page.fields[name]["aria-describedby"].split()
        assert set(described) <= page.ids
        assert {f"{name}-error", "problems"} & set(described)


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/reset_password_request"])
def test_new_form_has_no_error_and_the_cursor_in_its_first_field(client, path):
    page = Page(client.get(path).text)
    assert (page.wrong(), page.focused()) == (set(), [next(iter(page.fields))])
    assert "Error" not in page.title


def test_stale_form_has_the_cursor_in_its_first_field(client):
    page = Page(client.post("/auth/login", data={"username": "susan", "password": "x", "csrf_token": "stale"}).text)
    assert (page.wrong(), page.focused()) == (set(), ["username"])
    assert page.title == "Error: Sign in – Microblog"
