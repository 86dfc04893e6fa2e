"""Sessions: a row each, which signing out deletes, so that copies of its cookies are of no use."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.auth import queries, services
from app.auth.models import LoginSession
from app.database import db, utc_now
from app.exceptions import NotAllowed
from app.users.services import delete_user
from tests.fixtures.forms import csrf_token_in
from tests.fixtures.users import PASSWORD

COOKIES = ("microblog", "microblog_remember")


def is_signed_in(client):
    return client.get("/settings").status_code == 200


def number_of_sessions():
    db.session.rollback()
    return db.session.scalar(select(func.count(LoginSession.id)))


def change_sessions(**values):
    """Set columns of all sessions, and commit."""
    db.session.execute(update(LoginSession).values(**values))
    db.session.commit()


# Signing out


@pytest.mark.parametrize("cookies", [COOKIES, COOKIES[:1], COOKIES[1:]], ids=["both", "session", "remember"])
def test_copied_cookies_are_dead_after_sign_out(device, copy_of, fill_in, cookies):
    client = device(remember_me="y")
    copy, other = copy_of(client, *cookies), device()
    assert is_signed_in(copy)
    fill_in("/settings", to="/auth/logout", client=client)
    assert not is_signed_in(copy)
    assert is_signed_in(other)


def test_copy_that_signs_out_ends_the_session(device, copy_of, fill_in):
    client = device(remember_me="y")
    fill_in("/settings", to="/auth/logout", client=copy_of(client, COOKIES[1]))
    assert not is_signed_in(client)


def test_sign_out_without_a_session_leads_to_sign_in(client, fill_in):
    response = fill_in("/auth/login", to="/auth/logout")
    assert (response.status_code, response.headers["Location"]) == (302, "/auth/login")


def test_sign_out_with_the_token_of_a_former_session_asks_again(device, log_in, fill_in):
    client = device()
    stale = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/settings").text)[1]
    fill_in("/settings", to="/auth/logout", client=client)
    log_in("susan", client=client)
    same_origin = {"Sec-Fetch-Site": "same-origin"}
    page = client.post("/auth/logout", data={"csrf_token": stale}, headers=same_origin)
    assert page.status_code == 400
    fresh = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
    assert client.post("/auth/logout", data={"csrf_token": fresh}).status_code == 302
    assert not is_signed_in(client)


# Signing in


def test_cookies_hold_a_token_whose_hash_is_stored(device):
    client = device(remember_me="y")
    with client.session_transaction() as session:
        token = session["_user_id"]
    assert len(token) >= 43
    assert client.get_cookie("microblog_remember").value.startswith(f"{token}|")
    row = db.session.scalars(select(LoginSession)).one()
    assert token not in [str(getattr(row, column.key)) for column in LoginSession.__table__.c]
    assert queries.user_of_session(token).username == "susan"
    assert queries.user_of_session(row.token_hash) is None


def test_sign_in_starts_a_new_session_each_time(device, fill_in, log_in):
    client = device()
    with client.session_transaction() as session:
        former = session["_user_id"]
    fill_in("/settings", to="/auth/logout", client=client)
    log_in("susan", client=client)
    with client.session_transaction() as session:
        assert session["_user_id"] != former


def test_sign_in_in_two_tabs_makes_one_session(client, susan):
    token = csrf_token_in(client.get("/auth/login").text)
    fields = {"csrf_token": token, "username": "susan", "password": PASSWORD}
    for _tab in range(2):
        assert client.post("/auth/login", data=fields).headers["Location"] == "/"
    assert is_signed_in(client)
    assert number_of_sessions() == 1


def test_remember_cookie_continues_the_same_session(device, copy_of):
    client = device(remember_me="y")
    reopened = copy_of(client, COOKIES[1])
    assert is_signed_in(reopened)
    assert is_signed_in(client)
    assert number_of_sessions() == 1


@pytest.mark.parametrize("field", ["password", "deleted"])
def test_account_changed_during_sign_in_gets_no_session(context, susan, field):
    """The password was right, and is changed before the session is stored."""
    user = services.authenticate("susan", PASSWORD)
    db.session.expunge(user)
    same = susan()
    if field == "password":
        services.set_password(same, "battery staple")
    else:
        delete_user(same)
    db.session.commit()
    with pytest.raises(NotAllowed):
        services.start_session(user, "", remember=False)
    with pytest.raises(NotAllowed):
        services.issue_token(user)
    assert number_of_sessions() == 0


def test_sign_in_during_a_reset_leaves_no_session(at_once, susan):
    def sign_in():
        user = services.authenticate("susan", PASSWORD)
        try:
            return user and services.start_session(user, "", remember=False)
        except NotAllowed:
            db.session.rollback()

    def reset():
        services.set_password(susan(), "battery staple")

    tokens = at_once(sign_in, reset, sign_in, sign_in)
    assert not any(token and queries.user_of_session(token) for token in tokens)


# Expiry


@pytest.mark.parametrize(("fields", "days"), [({}, 31), ({"remember_me": "y"}, 365)])
def test_session_ends_after_its_time(device, copy_of, fields, days):
    """A copied cookie is of no use for ever, whatever its own date says."""
    client = device(**fields)
    row = db.session.scalars(select(LoginSession)).one()
    assert timedelta(days=days - 1) < row.expires_at - utc_now() <= timedelta(days=days)
    change_sessions(expires_at=utc_now() + timedelta(seconds=60))
    assert is_signed_in(copy_of(client))
    change_sessions(expires_at=utc_now() - timedelta(seconds=1))
    assert not is_signed_in(client)
    assert not is_signed_in(copy_of(client, COOKIES[1]))


def test_remember_cookie_has_a_date(app, susan, log_in):
    [cookie] = [
        cookie
        for cookie in log_in("susan", remember_me="y").headers.getlist("Set-Cookie")
        if cookie.startswith("microblog_remember=")
    ]
    assert "Expires=" in cookie


def test_session_of_a_replica_whose_clock_is_ahead_is_valid(device):
    client = device()
    ahead = utc_now() + timedelta(minutes=1)
    change_sessions(created_at=ahead, last_seen_at=ahead)
    assert is_signed_in(client)


def test_expired_sessions_are_deleted_by_the_next_sign_in(device, make_user, log_in, app):
    make_user("john")
    log_in("john", client=app.test_client())
    change_sessions(expires_at=utc_now() - timedelta(seconds=1))
    device()
    assert number_of_sessions() == 1


def test_sign_in_ends_the_least_recently_used_of_many_sessions(monkeypatch, susan, make_user):
    monkeypatch.setattr(services, "SESSIONS_MAX", 3)
    user = susan()
    other = services.start_session(make_user("john"), "", remember=True)
    tokens = [services.start_session(user, "", remember=True) for _number in range(3)]
    oldest = queries.user_of_session(tokens[1]).session_id
    db.session.get(LoginSession, oldest).last_seen_at -= timedelta(days=1)
    tokens.append(services.start_session(user, "", remember=True))
    db.session.commit()
    assert [bool(queries.user_of_session(token)) for token in tokens] == [True, False, True, True]
    assert queries.user_of_session(other)


def test_last_use_is_written_at_most_every_ten_minutes(device):
    client = device()
    for minutes, is_written in ((9, False), (11, True)):
        before = utc_now() - timedelta(minutes=minutes)
        change_sessions(last_seen_at=before)
        client.get("/settings")
        db.session.rollback()
        assert (db.session.scalar(select(LoginSession.last_seen_at)) > before) is is_written


def test_session_and_user_are_read_by_one_statement(device, statements):
    client = device()
    with statements() as sent:
        client.get("/settings/address")
    assert len([statement for statement, _parameters in sent if "login_session" in statement]) == 1
