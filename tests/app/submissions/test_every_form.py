"""The second of two clicks on the button of any form leads to the result of the first."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

import pytest
from sqlalchemy import func, select

from app.auth import proofs
from app.auth.models import ApiToken, LoginSession
from app.auth.services import issue_token
from app.database import db
from app.deletion.models import AccountDeletion
from app.jobs.models import Job
from app.mail.models import OutboxMail
from app.messages import queries as messages
from app.messages import services
from app.messages.models import Conversation, Message
from app.posts.models import Post
from app.relationships.models import Follow
from app.relationships.services import follow
from app.users.models import User
from app.users.queries import by_username
from app.users.services import delete_user
from tests.fixtures.forms import Forms, ReadForm, csrf_token_in
from tests.fixtures.users import PASSWORD

NEW = {"new_password": "battery staple", "new_password2": "battery staple"}


class Case(NamedTuple):
    """A form: its page and action, as format strings, what the user types, and how many rows it adds."""

    page: str
    action: str = ""  # by default the page itself
    typed: Mapping = MappingProxyType({})
    rows: Mapping = MappingProxyType({})
    signed_in: bool = True
    confirmed: bool = True  # susan's address
    shows: str = ""  # on the page that it leads to


FORMS = {
    "auth.login": Case("/auth/login", typed={"username": "susan", "password": PASSWORD}, signed_in=False),
    "auth.register": Case(
        "/auth/register",
        typed={"username": "mary", "email": "mary@example.com", "password": PASSWORD, "password2": PASSWORD},
        rows={User: 1, OutboxMail: 1},
        signed_in=False,
        shows="Welcome, mary!",
    ),
    "auth.reset_password_request": Case(
        "/auth/reset_password_request",
        typed={"email": "susan@example.com"},
        rows={OutboxMail: 1},
        signed_in=False,
        shows="a link is on its way",
    ),
    "auth.reset_password": Case(
        "/auth/reset_password?token={reset}",
        typed=NEW,
        rows={OutboxMail: 1, ApiToken: -1},
        signed_in=False,
        shows="Your password was changed.",
    ),
    "auth.logout": Case("/settings", "/auth/logout"),
    "settings.password": Case(
        "/settings/password",
        typed={"password": PASSWORD, **NEW},
        rows={OutboxMail: 1, ApiToken: -1},
        shows="Your password was changed",
    ),
    "settings.address": Case(
        "/settings/address",
        typed={"email": "new@example.com", "password": PASSWORD},
        rows={OutboxMail: 1},
        shows="A link is on its way",
    ),
    "settings.send_confirmation": Case(
        "/settings",
        "/settings/address/confirmation",
        rows={OutboxMail: 1},
        confirmed=False,
        shows="A link is on its way",
    ),
    "settings.confirm_address": Case(
        "/settings/confirm_address?token={address}", rows={OutboxMail: 1}, shows="Your email address was changed."
    ),
    "settings.tokens": Case("/settings/tokens", typed={"name": "phone"}, rows={ApiToken: 1}),
    "settings.revoke_token": Case(
        "/settings/tokens", "/settings/tokens/{token}/revoke", rows={ApiToken: -1}, shows="Token revoked."
    ),
    "settings.sign_out_device": Case(
        "/settings", "/settings/devices/{device}/sign_out", rows={LoginSession: -1}, shows="The device was signed out."
    ),
    "settings.log_out_everywhere": Case(
        "/settings",
        "/settings/log_out_everywhere",
        rows={LoginSession: -1, ApiToken: -1},
        shows="signed out of all other devices",
    ),
    "deletion.delete": Case(
        "/settings/delete",
        typed={"password": PASSWORD},
        rows={AccountDeletion: 1, OutboxMail: 1, ApiToken: -1},
        shows="Your account will be deleted on",
    ),
    "export.start": Case("/settings/export", rows={Job: 1}),
    "profiles.edit": Case("/edit_profile", typed={"about_me": "Hi"}, shows="Your changes were saved."),
    "posts.create": Case("/post", typed={"body": "Hello"}, rows={Post: 1}, shows="Your post was published."),
    "posts.delete": Case("/", "/posts/{post}/delete", rows={Post: -1}, shows="Post deleted."),
    "translation.set_language": Case("/posts/{post}", "/posts/{post}/language", {"language": "fr"}, shows="changed"),
    "relationships.follow": Case("/user/john", "/follow/john", rows={Follow: 1}, shows="Followed"),
    "relationships.unfollow": Case("/user/david", "/unfollow/david", rows={Follow: -1}, shows="Unfollowed"),
    "notifications.read": Case("/notifications", "/notifications/read"),
    "messages.thread": Case("/messages/with/john", typed={"body": "Hello"}, rows={Message: 2}),
    "messages.seen": Case("/messages/with/john", "/messages/with/john/seen"),
    "messages.delete_message": Case(
        "/messages/with/john", "/messages/{message}/delete", rows={Message: -1}, shows="Message deleted for you."
    ),
    "messages.delete_conversation": Case(
        "/messages/with/john",
        "/messages/with/john/delete",
        rows={Message: -2, Conversation: -1},
        shows="Conversation deleted for you.",
    ),
    "messages.delete_former": Case(
        "/messages/former/{former}",
        "/messages/former/{former}/delete",
        rows={Message: -1, Conversation: -1},
        shows="Conversation deleted for you.",
    ),
}
TABLES = (User, OutboxMail, ApiToken, AccountDeletion, Job, Post, Follow, Message, Conversation)


def test_every_form_has_a_case(app):
    endpoints = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "POST" in rule.methods and not rule.rule.startswith("/api")
    }
    assert endpoints == {*FORMS, "translation.create"}  # which needs a service: tests/app/translation


@pytest.fixture
def given(app, make_user, write, log_in, form):
    """What the forms are about, by name: all of it is susan's."""
    susan, john, david, gone = [make_user(name) for name in ("susan", "john", "david", "gone")]
    services.send(john.id, susan.id, "One")
    services.send(john.id, susan.id, "Two")
    services.send(gone.id, susan.id, "Bye")
    follow(susan.id, david.id)
    values = {
        "token": issue_token(susan)[1].id,
        "post": write(susan, "Mine"),
        "message": messages.side_of(susan.id, john.id).last_message_id,
        "former": messages.side_of(susan.id, gone.id).id,
    }
    susan.email_confirmed = form.confirmed
    delete_user(gone)
    db.session.commit()
    log_in("susan", client=app.test_client())
    user = by_username("susan")
    return values | {
        "device": db.session.scalars(select(LoginSession.id)).one(),
        "reset": proofs.make(proofs.RESET, user),
        "address": proofs.make(proofs.ADDRESS, user, email="new@example.com"),
    }


@pytest.fixture
def prepared(client, given, log_in, form):
    """The form's action and its data, as a browser with the page open sends them."""
    if form.signed_in:
        log_in("susan")
    page = form.page.format(**given)
    action = form.action.format(**given) or page
    html = client.get(page).text
    reader = Forms()
    reader.feed(html)
    found = next(
        (found for found in reader.forms if (found.action or page) == action and found.values("csrf_token")), None
    )
    if found is None:  # a button of the form "actions"
        token = csrf_token_in(html)
        found = ReadForm(action, [("csrf_token", token), ("next", page)])
        assert f'formaction="{action}"' in html
    return action, dict(found.fields) | form.typed


@pytest.fixture(params=FORMS)
def form(request):
    """Each form in turn."""
    return FORMS[request.param]


def count_rows():
    db.session.rollback()
    return {table: db.session.scalar(select(func.count()).select_from(table)) for table in TABLES}


def changed(before, form):
    return {table: number + form.rows.get(table, 0) for table, number in before.items()}


def result(browser, answer):
    """What the user sees: the status, the address and the title of the page, and whether they are signed in."""
    address = (answer.location or "").partition("#")[0]
    page = browser.get(address) if address else answer
    title = re.search("<title>(.*?)</title>", page.text)[1]
    return (answer.status_code, address, page.status_code, title, browser.get("/settings").status_code), page.text


@pytest.mark.parametrize("answered", [True, False], ids=["after the answer", "before the answer"])
def test_second_click_leads_to_the_first_result(client, form, prepared, copy_of, answered):
    action, data = prepared
    before, waiting = count_rows(), copy_of(client)
    first = client.post(action, data=data)
    expected, text = result(copy_of(client), first)
    browser = client if answered else waiting
    second, shown = result(browser, browser.post(action, data=data))
    assert form.shows in text
    assert second == expected
    assert count_rows() == changed(before, form)
    assert answered or form.shows in shown


def test_simultaneous_clicks_have_one_result(client, form, prepared, copy_of, at_once):
    action, data = prepared
    before, browsers = count_rows(), [copy_of(client) for _click in range(2)]
    answers = at_once(*[lambda browser=browser: browser.post(action, data=data) for browser in browsers])
    results = [result(browser, answer) for browser, answer in zip(browsers, answers, strict=True)]
    assert results[0][0][:4] == results[1][0][:4]
    assert count_rows() == changed(before, form)
