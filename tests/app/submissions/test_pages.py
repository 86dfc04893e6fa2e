"""A form that is submitted twice: by a double click, a reload of the answer, or "Back"."""

import pytest
from sqlalchemy import func, select

from app.auth.models import ApiToken
from app.auth.services import reset_password
from app.database import db
from app.messages.models import Message
from app.posts.models import Post
from app.users.models import User
from app.users.queries import by_username

POST = ("/post", {"body": "Hello"}, "/")
MESSAGE = ("/messages/with/john", {"body": "Hello"}, "/messages/with/john#newest")
REGISTRATION = {
    "username": "mary",
    "email": "mary@example.com",
    "password": "correct horse",
    "password2": "correct horse",
}


@pytest.fixture
def people(susan, john, log_in):
    """Susan, who is signed in, and John."""
    log_in("susan")
    return susan, john


def count(table):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table))


def written():
    """The number of posts and messages, of which each user has a copy."""
    return count(Post) + count(Message) // 2


@pytest.mark.parametrize(
    ("page", "path", "typed", "target"),
    [("/", *POST), ("/post", *POST), ("/messages/with/john", *MESSAGE)],
    ids=["post from home", "post", "message"],
)
def test_second_click_leads_to_the_first_result(client, people, read_form, send_form, page, path, typed, target):
    form = read_form(client.get(page), "body")
    for _click in range(2):
        answer = send_form(path, form, **typed)
        assert (answer.status_code, answer.location) == (302, target)
    assert written() == 1


@pytest.mark.parametrize(("path", "typed", "target"), [POST, MESSAGE], ids=["post", "message"])
def test_simultaneous_clicks_write_once(client, people, read_form, send_form, at_once, path, typed, target):
    form = read_form(client.get(path), "body")
    answers = at_once(*[lambda: send_form(path, form, **typed)] * 3)
    assert {(answer.status_code, answer.location) for answer in answers} == {(302, target)}
    assert written() == 1


@pytest.mark.parametrize(("path", "typed", "target"), [POST, MESSAGE], ids=["post", "message"])
def test_other_text_from_the_same_page_is_written(client, people, read_form, send_form, path, typed, target):
    """As after "Back", where the browser shows the page with its former key."""
    form = read_form(client.get(path), "body")
    send_form(path, form, body="first")
    send_form(path, form, body="second")
    assert written() == 2


@pytest.mark.parametrize(("path", "typed", "target"), [POST, MESSAGE], ids=["post", "message"])
def test_same_text_from_two_pages_is_written_twice(client, people, read_form, send_form, path, typed, target):
    for _tab in range(2):
        send_form(path, read_form(client.get(path), "body"), **typed)
    assert written() == 2


def test_post_that_was_deleted_can_be_written_again(client, people, read_form, send_form, fill_in):
    form = read_form(client.get("/post"), "body")
    send_form("/post", form, body="Hello")
    fill_in("/", f"/posts/{db.session.scalar(select(Post.id))}/delete")
    send_form("/post", form, body="Hello")
    assert count(Post) == 1


def test_same_text_to_two_users_is_two_messages(client, people, make_user, read_form, send_form):
    make_user("david")
    form = read_form(client.get("/messages/with/john"), "body")
    for path in ("/messages/with/john", "/messages/with/david"):
        send_form(path, form._replace(action=path), body="Hello")
    assert written() == 2


@pytest.mark.parametrize("key", ["", "x", "k" * 23, "é" * 22, "k" * 21 + "\n"], ids=ascii)
def test_form_without_a_usable_key_is_written_each_time(people, fill_in, key):
    for _click in range(2):
        assert fill_in("/post", body="Hello", form_key=key).status_code == 302
    assert count(Post) == 2


def test_refused_text_can_be_corrected_on_its_page(client, people, read_form, send_form):
    refused = send_form("/post", read_form(client.get("/post"), "body"), body="x" * 141)
    assert refused.status_code == 400
    for _click in range(2):
        assert send_form("/post", read_form(refused, "body"), body="x" * 140).status_code == 302
    assert count(Post) == 1


def test_each_page_has_its_own_key(client, people, read_form):
    keys = {read_form(client.get("/"), "body").values("form_key")[0] for _visit in range(2)}
    assert len(keys) == 2


def test_second_click_on_register_signs_in_too(app, client, context, read_form, send_form):
    form = read_form(client.get("/auth/register"), "username")
    cookie = client.get_cookie("microblog").value
    send_form("/auth/register", form, **REGISTRATION)
    browser = app.test_client()  # it dropped the first answer, and its cookie
    browser.set_cookie("microblog", cookie)
    second = send_form("/auth/register", form, client=browser, **REGISTRATION)
    assert (second.status_code, second.location) == (302, "/")
    assert "Welcome, mary!" in browser.get("/").text
    assert count(User) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"password": "other horse", "password2": "other horse"},
        {"email": "x@example.com"},
        {"form_key": "k" * 22},
    ],
    ids=["password", "address", "key"],
)
def test_other_registration_of_the_name_is_refused(app, client, context, read_form, send_form, change):
    form = read_form(client.get("/auth/register"), "username")
    cookie = client.get_cookie("microblog").value
    send_form("/auth/register", form, **REGISTRATION)
    browser = app.test_client()
    browser.set_cookie("microblog", cookie)
    refused = send_form("/auth/register", form, client=browser, **REGISTRATION | change)
    assert refused.status_code == 400
    assert "taken" in refused.text or "already in use" in refused.text


def test_second_click_on_register_needs_the_current_password(app, client, context, read_form, send_form):
    """As when the owner of the address has taken the account over by a reset."""
    form = read_form(client.get("/auth/register"), "username")
    browser = app.test_client()
    browser.set_cookie("microblog", client.get_cookie("microblog").value)
    send_form("/auth/register", form, **REGISTRATION)
    reset_password(by_username("mary"), "battery staple")
    db.session.commit()
    refused = send_form("/auth/register", form, client=browser, **REGISTRATION)
    assert refused.status_code == 400
    assert "This username is taken." in refused.text
    assert browser.get("/settings").status_code == 302


def test_second_click_on_create_token_shows_the_only_token(client, people, read_form, send_form):
    form = read_form(client.get("/settings/tokens"), "name")
    for _click in range(2):
        page = send_form("/settings/tokens", form, name="phone")
        assert page.status_code == 201
    token = page.text.split("<code>")[1].split("</code>")[0]
    assert count(ApiToken) == 1
    assert client.get("/api/tokens", headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_second_click_on_save_profile_changes_nothing(client, people, read_form, send_form):
    form = read_form(client.get("/edit_profile"), "username")
    for _click in range(2):
        assert send_form("/edit_profile", form, username="sue", about_me="Hi").location == "/user/sue"


def test_second_click_on_follow_and_unfollow_changes_nothing(client, people, fill_in):
    for action, followers in (("follow", "1 follower<"), ("unfollow", "0 followers<")):
        for _click in range(2):
            assert fill_in("/", f"/{action}/john").status_code == 302
        assert followers in client.get("/user/john").text


@pytest.mark.parametrize(
    ("path", "typed"),
    [POST[:2], MESSAGE[:2], ("/edit_profile", {"about_me": "Hi"})],
    ids=["post", "message", "profile"],
)
def test_next_page_names_the_saved_form_once(client, people, read_form, send_form, path, typed):
    """The browser then deletes its draft (js/drafts.js)."""
    form = read_form(client.get(path), next(iter(typed)))
    key = form.values("form_key")[0]
    answer = send_form(path, form, **typed)
    assert f'data-saved="{key}"' in client.get(answer.location).text
    assert "data-saved" not in client.get(answer.location).text


def test_refused_form_is_not_named_as_saved(client, people, read_form, send_form):
    refused = send_form("/post", read_form(client.get("/post"), "body"), body="x" * 141)
    assert "data-saved" not in refused.text + client.get("/").text
