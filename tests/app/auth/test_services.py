import hashlib

import pytest

from app.auth import queries, services
from app.database import db


@pytest.mark.parametrize("name", ["susan", "SUSAN", " susan ", "susan@example.com", "Susan@Example.com"])
def test_a_person_is_known_by_username_or_address_whatever_the_case(make_user, name):
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
def test_nobody_comes_in_otherwise(make_user, name, password):
    make_user("susan")
    assert services.authenticate(name, password) is None


@pytest.mark.parametrize("name", ["susan", "nobody", "nobody@example.com", "x" * 300])
@pytest.mark.parametrize("password", ["correct horse", "wrong horse"])
def test_a_known_and_an_unknown_name_take_the_same_work(make_user, monkeypatch, name, password):
    make_user("susan")
    hashes = []
    scrypt = hashlib.scrypt

    def counted(*args, **parameters):
        hashes.append({name: parameters[name] for name in ("n", "r", "p")})
        return scrypt(*args, **parameters)

    monkeypatch.setattr(hashlib, "scrypt", counted)
    services.authenticate(name, password)
    assert hashes == [{"n": 512, "r": 8, "p": 1}]


def test_a_renewed_session_id_ends_the_sessions_before(make_user):
    susan = make_user("susan")
    before = susan.session_id
    services.renew_session_id(susan)
    db.session.commit()
    assert queries.user_of_session(before) is None
    assert queries.user_of_session(susan.session_id) == susan
