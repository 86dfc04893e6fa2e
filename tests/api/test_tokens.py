import base64
import hashlib
from datetime import datetime, timedelta

import pytest
from sqlalchemy import update

from app.auth import services
from app.auth.models import ApiToken
from app.auth.queries import tokens_of
from app.auth.services import issue_token, set_password
from app.database import db, utc_now
from app.exceptions import Invalid
from app.users.queries import by_id
from tests.fixtures.users import PASSWORD


@pytest.mark.parametrize("name", ["susan", "SUSAN", "susan@example.com"])
def test_token_is_issued_for_a_password_and_gives_access(client, susan, basic, api, name):
    answer = client.post("/api/tokens", headers=basic(name))
    assert answer.status_code == 200
    assert api("GET", f"/users/{susan.id}", token=answer.json["token"]).status_code == 200
    expires = datetime.fromisoformat(answer.json["expires_at"])
    assert timedelta(days=89) < expires - utc_now() <= timedelta(days=90)


@pytest.mark.parametrize(
    ("name", "password"), [("susan", "wrong"), ("nobody", "correct horse"), ("susan", ""), ("", ""), ("a\0b", "x")]
)
def test_wrong_credentials_get_no_token(client, susan, basic, name, password):
    answer = client.post("/api/tokens", headers=basic(name, password))
    assert (answer.status_code, answer.json["error"]) == (401, "Unauthorized")
    assert answer.headers["WWW-Authenticate"] == 'Basic realm="Microblog", charset="UTF-8"'


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
@pytest.mark.parametrize("name", ["zoe", "zoe@example.com"])
def test_password_is_understood_in_both_encodings(client, make_user, monkeypatch, encoding, name):
    """RFC 7617 names neither; python-requests sends Latin-1, curl what the terminal has."""
    make_user("zoe", "Été-à-Liège9")
    hashes = []
    scrypt = hashlib.scrypt
    monkeypatch.setattr(hashlib, "scrypt", lambda *args, **options: hashes.append(1) or scrypt(*args, **options))
    answer = client.post("/api/tokens", headers=encoded(f"{name}:Été-à-Liège9".encode(encoding)))
    assert (answer.status_code, len(hashes)) == (200, 1)
    assert client.post("/api/tokens", headers=encoded(f"{name}:Ete-à-Liège9".encode(encoding))).status_code == 401
    assert len(hashes) == 2


def encoded(credentials):
    return {"Authorization": "Basic " + base64.b64encode(credentials).decode()}


@pytest.mark.parametrize("scheme", ["basic", "BASIC", "Basic  "])
def test_scheme_is_understood_in_any_case(client, susan, scheme):
    header = encoded(f"susan:{PASSWORD}".encode())["Authorization"].removeprefix("Basic ")
    assert client.post("/api/tokens", headers={"Authorization": f"{scheme} {header}"}).status_code == 200


@pytest.mark.parametrize(
    "credentials",
    [
        *(b"", b"susan", b":", b"\0:\0", b"\xff\xfe:\xff", b"susan:\xed\xa0\xbd"),
        *(b"x" * 30_000 + b":x", b"susan:" + b"x" * 30_000),
    ],
    ids=["empty", "no colon", "colon", "nul", "not utf-8", "surrogate", "long name", "long password"],
)
def test_unusual_credentials_get_no_token(client, susan, credentials):
    assert client.post("/api/tokens", headers=encoded(credentials)).status_code == 401


@pytest.mark.parametrize(
    "header",
    [
        {},
        {"Authorization": "Basic"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic c3VzYW46"},
        {"Authorization": "Basic c3VzYW4"},
        {"Authorization": "Basic é"},
        {"Authorization": "Digest username=susan"},
        {"Authorization": "Bearer x"},
        {"Authorization": ""},
    ],
    ids=str,
)
def test_malformed_credentials_get_no_token(client, header):
    assert client.post("/api/tokens", headers=header).status_code == 401


@pytest.mark.parametrize(
    "header",
    [None, "Bearer", "Bearer ", "Bearer x", "Bearer é", "Basic é", "Token x", "Basic c3VzYW46Y29ycmVjdCBob3JzZQ=="],
)
def test_request_without_a_valid_token_is_refused(client, susan, header):
    answer = client.get("/api/users", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.json["error"]) == (401, "Unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")
    assert "token" in answer.json["message"]


def test_expired_token_is_refused_with_a_challenge(susan, api):
    token, kept = issue_token(susan)
    kept.expires_at = utc_now() + timedelta(minutes=1)
    db.session.commit()
    assert api("GET", "/users", token=token).status_code == 200
    kept.expires_at = utc_now() - timedelta(seconds=1)
    db.session.commit()
    answer = api("GET", "/users", token=token)
    assert (answer.status_code, answer.json["error"]) == (401, "Unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer realm=")


def test_session_of_a_browser_gives_no_access(client, susan, log_in):
    log_in("susan")
    assert client.get("/api/users").status_code == 401
    assert client.post("/api/posts", json={"body": "forged"}).status_code == 401


def test_tokens_are_listed_by_name_and_revoked_one_by_one(client, susan, basic, api):
    first = client.post("/api/tokens", json={"name": "phone"}, headers=basic("susan")).json
    second = client.post("/api/tokens", json={"name": "watch"}, headers=basic("susan")).json
    listed = api("GET", "/tokens").json["items"]
    assert [token["name"] for token in listed] == ["watch", "phone", ""]
    assert not any("token" in token for token in listed)
    assert api("DELETE", f"/tokens/{first['id']}").status_code == 204
    assert api("GET", "/tokens", token=first["token"]).status_code == 401
    assert api("DELETE", "/tokens", token=second["token"]).status_code == 204
    assert api("GET", "/tokens", token=second["token"]).status_code == 401
    assert len(api("GET", "/tokens").json["items"]) == 1


@pytest.fixture
def issue_all(susan):
    """`issue_all()`: issue as many tokens as susan can have; returns the ids, newest first."""

    def issue_all():
        had = len(tokens_of(susan.id))
        ids = [issue_token(susan, f"token {number}")[1].id for number in range(had, services.MAX_TOKENS)]
        db.session.commit()
        return ids[::-1]

    return issue_all


def test_tokens_of_a_user_are_limited(client, susan, basic, api, issue_all):
    newest, *_others = issue_all()
    stopped = client.post("/api/tokens", headers=basic("susan"))
    assert stopped.status_code == 400
    assert stopped.json["message"] == "name: You have 100 API tokens. Revoke one before you create another."
    assert client.post("/api/tokens", headers=basic("john", "wrong")).status_code == 401
    assert api("DELETE", f"/tokens/{newest}").status_code == 204
    assert client.post("/api/tokens", headers=basic("susan")).status_code == 200
    assert client.post("/api/tokens", headers=basic("susan")).status_code == 400


def test_expired_tokens_do_not_count(client, susan, basic, issue_all):
    issue_all()
    db.session.execute(update(ApiToken).values(expires_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    assert client.post("/api/tokens", headers=basic("susan")).status_code == 200


def test_simultaneous_requests_stay_within_the_limit(susan, at_once, monkeypatch):
    monkeypatch.setattr(services, "MAX_TOKENS", 1)
    user_id = susan.id

    def issue():
        try:
            return bool(issue_token(by_id(user_id)))
        except Invalid:
            return False

    assert sorted(at_once(issue, issue)) == [False, True]


def test_tokens_are_listed_in_pages(api, issue_all):
    ids = issue_all()
    seen, path = [], "/tokens?limit=40"
    while path:
        answer = api("GET", path)
        seen += [token["id"] for token in answer.json["items"]]
        older = [link for link in answer.headers.getlist("Link") if 'rel="next"' in link]
        path = older[0][1:].partition(">")[0].partition("/api")[2] if older else None
    assert (seen[: len(ids)], len(seen)) == (ids, 100)
    assert len(api("GET", "/tokens").json["items"]) == 25
    assert api("GET", "/tokens?limit=101").status_code == 400


def test_revoking_another_users_token_is_refused(api, john, token_of):
    his = token_of(john)
    [token] = api("GET", "/tokens", token=his).json["items"]
    assert api("DELETE", f"/tokens/{token['id']}").status_code == 404
    assert api("GET", "/tokens", token=his).status_code == 200


def test_new_password_revokes_all_tokens(susan, api):
    set_password(susan, "battery staple")
    db.session.commit()
    assert api("GET", "/tokens").status_code == 401


def test_password_guesses_are_limited_with_a_time_to_wait(client, susan, basic):
    for _time in range(10):
        assert client.post("/api/tokens", headers=basic("susan", "wrong")).status_code == 401
    stopped = client.post("/api/tokens", headers=basic("susan"))
    assert (stopped.status_code, stopped.json["error"]) == (429, "Too Many Requests")
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60
    assert client.post("/api/tokens", headers=basic("john", "wrong")).status_code == 401


def test_issued_tokens_do_not_count_towards_the_limit(client, susan, basic):
    for _time in range(15):
        assert client.post("/api/tokens", headers=basic("susan")).status_code == 200
