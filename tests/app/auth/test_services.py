import hashlib
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from app.auth import presence, queries, services
from app.auth.models import ApiToken
from app.database import db, utc_now
from app.exceptions import Invalid, NotFound
from app.sqlite_connections import BUSY_TIMEOUT
from app.users.queries import by_username


@pytest.mark.parametrize("name", ["susan", "SUSAN", " susan ", "susan@example.com", "Susan@Example.com"])
def test_authenticate_by_username_or_email_ignores_case(make_user, name):
    susan = make_user("susan")
    assert services.authenticate(name, "correct horse") == susan


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("susan", "wrong horse"),
        ("susan", ""),
        ("susan", "CORRECT HORSE"),
        ("nobody", "correct horse"),
        ("nobody@example.com", "correct horse"),
        ("", "correct horse"),
        ("@", "correct horse"),
        ("susan", "x" * 5000),
    ],
)
def test_authenticate_refuses(make_user, name, password):
    make_user("susan")
    assert services.authenticate(name, password) is None


@pytest.mark.parametrize("name", ["susan", "nobody", "nobody@example.com", "x" * 300])
@pytest.mark.parametrize("password", ["correct horse", "wrong horse"])
def test_authenticate_hashes_once_for_unknown_names_too(make_user, monkeypatch, name, password):
    make_user("susan")
    hashes = []
    scrypt = hashlib.scrypt

    def counted(*args, **parameters):
        hashes.append({name: parameters[name] for name in ("n", "r", "p")})
        return scrypt(*args, **parameters)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    services.authenticate(name, password)
    assert hashes == [{"n": 512, "r": 8, "p": 1}]


def seen_ago(user, **ago):
    """Set when the user was last seen to this long ago, and return it."""
    user.last_seen_at = utc_now() - timedelta(**ago)
    db.session.commit()
    return user.last_seen_at


def last_seen(username="susan"):
    db.session.rollback()
    return by_username(username).last_seen_at


def test_request_updates_last_seen(client, make_user, log_in):
    susan = make_user("susan")
    log_in("susan")
    before = seen_ago(susan, seconds=61)
    client.get("/settings")
    assert utc_now() - last_seen() < timedelta(seconds=60)
    assert last_seen() > before


def test_last_seen_is_written_at_most_once_a_minute(client, make_user, log_in):
    susan = make_user("susan")
    log_in("susan")
    before = seen_ago(susan, seconds=50)
    client.get("/settings")
    assert last_seen() == before


def test_avatar_does_not_update_last_seen(client, make_user, log_in):
    susan = make_user("susan")
    log_in("susan")
    before = seen_ago(susan, hours=1)
    client.get("/avatar/1.svg")
    assert last_seen() == before


def test_page_does_not_wait_for_the_lock_to_write_last_seen(client, make_user, log_in, sqlite_lock):
    susan = make_user("susan")
    log_in("susan")
    before = seen_ago(susan, minutes=2)
    with sqlite_lock():
        began = time.monotonic()
        assert client.get("/explore").status_code == 200
        assert time.monotonic() - began < BUSY_TIMEOUT / 1000
    assert last_seen() == before
    client.get("/explore")
    assert last_seen() > before


def test_last_seen_survives_rollback_of_request(context, make_user):
    susan = make_user("susan")
    seen_ago(susan, hours=1)
    before = susan.last_seen_at
    presence.note_presence(susan)
    susan.about_me = "unfinished"
    db.session.flush()
    db.session.rollback()
    assert last_seen() > before
    assert by_username("susan").about_me == ""


def test_token_is_stored_as_hash(make_user):
    susan = make_user("susan")
    token, row = services.issue_token(susan, "  my\n phone ")
    db.session.commit()
    assert len(token) >= 43
    assert token not in (row.token_hash, row.name)
    assert row.name == "my phone"
    assert queries.owner_of_token(token).id == susan.id
    assert queries.owner_of_token(row.token_hash) is None
    assert queries.owner_of_token("") is None


def test_tokens_are_revoked_one_by_one_by_their_owner(make_user):
    susan, john = make_user("susan"), make_user("john")
    (one, row), (two, _row) = services.issue_token(susan), services.issue_token(susan)
    with pytest.raises(NotFound):
        services.revoke_token(john.id, row.id)
    services.revoke_token(susan.id, row.id)
    assert queries.owner_of_token(one) is None
    assert queries.owner_of_token(two).id == susan.id
    assert [row.id for row in queries.tokens_of(susan.id)] == [queries.owner_of_token(two).token_id]


def test_expired_token_is_deleted_by_next_one(make_user):
    susan = make_user("susan")
    token, row = services.issue_token(susan)
    row.expires_at = utc_now() - timedelta(seconds=1)
    db.session.commit()
    assert queries.owner_of_token(token) is None
    assert queries.tokens_of(susan.id) == []
    services.issue_token(susan)
    db.session.commit()
    assert db.session.scalar(select(func.count()).select_from(ApiToken)) == 1


@pytest.mark.parametrize(
    "end", [lambda user: services.set_password(user, "battery staple"), lambda user: services.end_sessions(user.id)]
)
def test_ending_all_sessions_revokes_tokens(make_user, end):
    susan, john = make_user("susan"), make_user("john")
    hers, his = services.issue_token(susan)[0], services.issue_token(john)[0]
    end(susan)
    db.session.commit()
    assert queries.owner_of_token(hers) is None
    assert queries.owner_of_token(his).id == john.id


@pytest.mark.parametrize("name", ["x" * 65, "bell\x07", "nul\0"])
def test_invalid_token_name_is_refused(make_user, name):
    with pytest.raises(Invalid):
        services.issue_token(make_user("susan"), name)


def test_token_name_counts_composed_characters(make_user):
    assert services.issue_token(make_user("susan"), "e\u0323\u0302" * 64)[1].name == "ệ" * 64
