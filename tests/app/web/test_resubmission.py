"""A form that is refused, whatever refuses it: what was typed comes back and can be submitted again."""

import unicodedata

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Conflict, TooManyRequests

from app.database import db
from app.posts.models import Post
from app.web import rate_limits, resubmission

TEXT = '\r\n 👩‍👩‍👧‍👦 <b>Été</b> "quoted" & more\r\n\r\nlast line '
HERE = {"Sec-Fetch-Site": "same-origin"}
# Path, what is typed, and the fields that must come back.
FORMS = {
    "post": ("/post", {"body": TEXT, "language": "fr"}),
    "message": ("/messages/with/john", {"body": TEXT, "seen": "7"}),
    "profile": ("/edit_profile", {"username": "susan2", "display_name": "Sue", "about_me": TEXT, "locale": "es"}),
    "address": ("/settings/address", {"email": "new@example.com"}),
    "token": ("/settings/tokens", {"name": "My phone"}),
}
PASSWORDS = {"password": "correct horse", "new_password": "battery staple"}


@pytest.fixture(params=FORMS.values(), ids=FORMS.keys())
def form(request, susan, john, log_in):
    """The path of each form that takes text, and what is typed into it, by a user who is signed in."""
    log_in("susan")
    return request.param


@pytest.fixture
def refuse(app, monkeypatch):
    """`refuse(429)`: let the next requests fail with that status; `refuse(None)`: let them pass again."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    limits = {name: getattr(rate_limits, name) for name in ("check", "take")}
    errors = {
        409: Conflict(),
        429: TooManyRequests(retry_after=60),
        500: RuntimeError("unexpected"),
        503: OperationalError("INSERT", {}, Exception("database is locked")),
    }
    listening = []

    def raise_error(status):
        def fail(*_args):
            raise errors[status]

        return fail

    def refuse(status):
        for name, limit in limits.items():
            monkeypatch.setattr(rate_limits, name, raise_error(status) if status in (409, 429) else limit)
        for listener in listening:
            event.remove(db.engine, "before_cursor_execute", listener)
        listening.clear()
        if status in (500, 503):
            listening.append(raise_error(status))
            event.listen(db.engine, "before_cursor_execute", listening[0])

    yield refuse
    refuse(None)


def token_of(read_form, client, page, name):
    return read_form(client.get(page), name).values("csrf_token")[0]


def check_returned(form, typed):
    """Check that the form holds what was typed, and no password."""
    assert form is not None
    assert {name: form.values(name) for name in typed} == {name: [value] for name, value in typed.items()}
    assert not {value for _name, value in form.fields} & set(PASSWORDS.values())


@pytest.mark.parametrize("status", [500, 503])
def test_form_comes_back_when_the_server_fails(client, form, read_form, send_form, refuse, status):
    path, typed = form
    token = token_of(read_form, client, path, next(iter(typed)))
    refuse(status)
    page = client.post(path, data={"csrf_token": token, **typed, **PASSWORDS}, headers=HERE)
    assert (page.status_code, page.headers["Cache-Control"]) == (status, "no-store")
    returned = read_form(page, next(iter(typed)))
    check_returned(returned, typed)
    refuse(None)
    assert send_form(path, returned, **PASSWORDS).status_code in (201, 302)


@pytest.mark.parametrize("status", [409, 429])
@pytest.mark.parametrize("name", ["post", "message", "address", "token"])
def test_form_comes_back_when_it_is_refused(client, susan, john, log_in, read_form, send_form, refuse, name, status):
    log_in("susan")
    path, typed = FORMS[name]
    token = token_of(read_form, client, path, next(iter(typed)))
    refuse(status)
    page = client.post(path, data={"csrf_token": token, **typed, **PASSWORDS}, headers=HERE)
    assert page.status_code == status
    returned = read_form(page, next(iter(typed)))
    check_returned(returned, typed)
    refuse(None)
    assert send_form(path, returned, **PASSWORDS).status_code in (201, 302)


@pytest.mark.parametrize("headers", [HERE, {"Origin": "http://localhost"}, {}], ids=str)
def test_form_survives_the_sign_in_after_a_session_has_ended(app, client, form, fill_in, read_form, send_form, headers):
    path, typed = form
    token = token_of(read_form, client, path, next(iter(typed)))
    fill_in("/", "/auth/logout")
    page = client.post(path, data={"csrf_token": token, **typed, **PASSWORDS}, headers=headers)
    assert (page.status_code, page.headers["Cache-Control"]) == (401, "no-store")
    sign_in = read_form(page, "kept")
    wrong = send_form(path, sign_in, username="susan", password="wrong horse")
    assert wrong.status_code == 400
    resumed = send_form("/auth/login", read_form(wrong, "kept"), username="susan", password="correct horse")
    assert resumed.status_code == 200
    returned = read_form(resumed, next(iter(typed)))
    assert returned.action == path
    check_returned(returned, typed)
    assert send_form(path, returned, **PASSWORDS).status_code in (201, 302)


def test_second_click_on_sign_in_returns_the_form_too(client, susan, log_in, read_form, send_form):
    page = client.post("/post", data={"body": TEXT}, headers=HERE)
    sign_in = read_form(page, "kept")
    for _click in range(2):
        resumed = send_form("/post", sign_in, username="susan", password="correct horse")
        check_returned(read_form(resumed, "body"), {"body": TEXT})


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Sec-Fetch-Site": "cross-site"}], ids=str)
def test_form_of_another_site_is_not_kept(client, susan, log_in, read_form, headers):
    assert client.post("/post", data={"body": TEXT}, headers=headers).status_code == 302
    kept = read_form(client.post("/post", data={"body": TEXT}, headers=HERE), "kept").values("kept")[0]
    log_in("susan")
    page = client.post("/auth/login", data={"kept": kept}, headers=headers)
    assert (page.status_code, page.location) == (302, "/")


@pytest.mark.parametrize("kept", ["", "x", "eyJhIjoxfQ.x", "é"])
def test_forged_kept_form_is_ignored(susan, fill_in, kept):
    signed_in = fill_in("/auth/login", username="susan", password="correct horse", kept=kept)
    assert (signed_in.status_code, signed_in.location) == (302, "/")


def test_form_too_long_for_the_sign_in_page_comes_back_at_once(client, read_form, monkeypatch):
    monkeypatch.setattr(resubmission, "KEPT_LIMIT", 10)
    page = client.post("/post", data={"body": TEXT}, headers=HERE)
    assert page.status_code == 401
    check_returned(read_form(page, "body"), {"body": TEXT})


@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data"])
@pytest.mark.parametrize("size", [200_000, 1_100_000])
def test_form_that_is_too_large_comes_back(client, susan, log_in, read_form, kind, size):
    log_in("susan")
    token = token_of(read_form, client, "/post", "body")
    text = "é" * (size // (6 if "url" in kind else 2))
    page = client.post("/post", data={"csrf_token": token, "body": text}, content_type=kind, headers=HERE)
    assert page.status_code == (400 if size < 1_000_000 else 413)
    check_returned(read_form(page, "body"), {"body": text})


def test_text_with_a_nul_byte_comes_back_without_it(client, susan, log_in, read_form):
    log_in("susan")
    page = client.post("/post", data={"body": "a\0b"}, headers=HERE)
    assert page.status_code == 400
    check_returned(read_form(page, "body"), {"body": "ab"})


@pytest.mark.parametrize(("recipient", "status"), [("nobody", 404), ("susan", 403)], ids=["unknown", "oneself"])
def test_message_that_cannot_be_sent_comes_back(client, susan, log_in, read_form, recipient, status):
    log_in("susan")
    token = token_of(read_form, client, "/post", "body")
    page = client.post(f"/messages/with/{recipient}", data={"csrf_token": token, "body": TEXT}, headers=HERE)
    assert page.status_code == status
    check_returned(read_form(page, "body"), {"body": TEXT})


@pytest.mark.parametrize("body", ["👩‍👩‍👧‍👦" * 140, "e\u0323\u0302" * 140, "a\tb"], ids=["emoji", "marks", "tab"])
def test_text_is_saved_as_it_was_typed(client, susan, log_in, read_form, send_form, refuse, body):
    page = client.post("/post", data={"body": body}, headers=HERE)
    page = send_form("/post", read_form(page, "kept"), username="susan", password="correct horse")
    refuse(503)
    page = send_form("/post", read_form(page, "body"))
    assert page.status_code == 503
    refuse(None)
    assert send_form("/post", read_form(page, "body")).status_code == 302
    assert db.session.query(Post).one().body == unicodedata.normalize("NFC", body)


def test_registration_comes_back_and_asks_for_the_password_again(client, read_form, send_form, refuse, context):
    typed = {"username": "susan", "email": "susan@example.com"}
    token = token_of(read_form, client, "/auth/register", "username")
    refuse(429)
    page = client.post("/auth/register", data={"csrf_token": token, **typed, **PASSWORDS}, headers=HERE)
    returned = read_form(page, "username")
    check_returned(returned, typed)
    assert returned.values("password") == returned.values("password2") == [""]
    refuse(None)
    sent = send_form("/auth/register", returned, password="correct horse", password2="correct horse")
    assert sent.status_code == 302


def test_field_that_was_emptied_comes_back_empty(client, susan, log_in, read_form, refuse):
    log_in("susan")
    token = token_of(read_form, client, "/edit_profile", "about_me")
    refuse(503)
    typed = {"csrf_token": token, "username": "susan", "display_name": "", "about_me": ""}
    page = client.post("/edit_profile", data=typed, headers=HERE)
    assert read_form(page, "username").values("about_me") == [""]


def test_fields_and_their_order_are_kept_for_a_form_that_is_not_known(client, read_form):
    typed = [("tag", "one"), ("tag", "two"), ("next", "/x"), ("csrf_token", "old"), ("my_password", "secret")]
    data = "&".join(f"{name}={value}" for name, value in typed)
    kind = "application/x-www-form-urlencoded"
    returned = read_form(client.post("/nowhere", data=data, content_type=kind, headers=HERE), "tag")
    assert [pair for pair in returned.fields if pair[0] != "csrf_token"] == typed[:3]


@pytest.mark.parametrize("path", ["/nowhere", "/auth/logout", "/post"])
def test_form_with_too_many_fields_does_not_come_back(client, path):
    page = client.post(path, data={"tag": ["x"] * (resubmission.FIELDS_LIMIT + 1)}, headers=HERE)
    assert page.status_code in (302, 400, 404)
    assert 'name="tag"' not in page.text
    assert 'name="kept"' not in page.text


def test_refused_button_is_a_plain_error_page(client, susan, john, log_in, read_form, refuse):
    log_in("susan")
    token = token_of(read_form, client, "/post", "body")
    refuse(429)
    page = client.post("/follow/john", data={"csrf_token": token, "next": "/"}, headers=HERE)
    assert page.status_code == 429
    assert "Submit again" not in page.text


def test_refused_form_stores_nothing(app, client, form, read_form, refuse):
    path, typed = form
    token = token_of(read_form, client, path, next(iter(typed)))
    refuse(503)
    page = client.post(path, data={"csrf_token": token, **typed}, headers=HERE)
    refuse(None)
    assert "body" not in str(page.headers.getlist("Set-Cookie"))
    assert db.session.query(Post).count() == 0
