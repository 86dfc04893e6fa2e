import json

import pytest

from app.web.hooks import CONTENT_SECURITY_POLICY

DEEP = "[" * 200_000


@pytest.fixture
def open_client(client, app, monkeypatch):
    """A client whose requests need no token, for paths where nobody answers."""
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    return client


@pytest.mark.parametrize("query", ["lang=%00", "a=1&a=%00", "a=x%00y"])
def test_nul_in_the_query_is_refused(client, query):
    assert client.get(f"/health?{query}").status_code == 400


@pytest.mark.parametrize("fields", [{"a": "\0"}, {"a": ["fine", "not\0fine"]}])
def test_nul_in_a_form_is_refused(open_client, fields):
    assert open_client.post("/nowhere", data=fields).status_code == 400
    assert open_client.put("/nowhere", data=fields).status_code == 400


@pytest.mark.parametrize(
    "body",
    [
        "\0",
        ["fine", {"deep": {"deeper": ["\0"]}}],
        {"na\0me": 1},
        {"half": "\ud83d"},
    ],
)
def test_nul_or_half_a_character_in_json_is_refused(open_client, body):
    assert open_client.post("/api/nowhere", data=json.dumps(body), content_type="application/json").status_code == 400


@pytest.mark.parametrize("body", [DEEP, f'{{"a": {DEEP}'])
def test_json_without_end_is_refused(open_client, body):
    assert open_client.post("/api/nowhere", data=body, content_type="application/json").status_code == 400


@pytest.mark.parametrize("body", ["null", "3", "[]", '{"a": "🫠"}', "no json"])
def test_other_json_goes_on_to_whoever_answers(open_client, body):
    assert open_client.post("/api/nowhere", data=body, content_type="application/json").status_code == 404


def test_a_request_keeps_the_id_that_a_proxy_gave_it(client):
    assert client.get("/health", headers={"X-Request-ID": "abc-123_XYZ"}).headers["X-Request-ID"] == "abc-123_XYZ"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "white space", "<script>"])
def test_a_request_gets_an_id_of_ours_instead_of_a_strange_one(client, given):
    ours = client.get("/health", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert ours != given
    assert len(ours) == 32


@pytest.mark.parametrize("path", ["/auth/login", "/nowhere", "/api/nowhere", "/health"])
def test_every_answer_says_what_the_site_never_does(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_what_everybody_may_share_has_no_cookie_and_depends_on_none(client):
    assert "Cookie" in client.get("/auth/login").headers["Vary"]  # the client has a session now
    headers = client.get("/avatar/1.svg?lang=fr").headers
    assert "Vary" not in headers
    assert "Set-Cookie" not in headers


def test_a_session_is_kept_from_one_page_to_the_next(client):
    client.get("/auth/login?lang=fr")
    client.get("/auth/login")
    with client.session_transaction() as session:
        assert session["lang"] == "fr"
