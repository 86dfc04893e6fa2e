import gzip
import io
import json

import pytest

DIGITS = "9" * 5000
JSON = "application/json"


@pytest.fixture
def send(client):
    """`send(body)`: post a body to the API; returns the response."""

    def send(body, content_type=JSON, **headers):
        return client.post("/api/users", data=body, content_type=content_type, headers=headers)

    return send


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b'{"username": 5,,}', "not valid JSON: see line 1 column 16"),
        (b'{\n"username":\n}', "not valid JSON: see line 3 column 1"),
        (b"before=1&after=2", "not valid JSON: see line 1 column 1"),
        (b"{} x", "not valid JSON: see line 1 column 4"),
        ('{"username": "é"}'.encode("latin-1"), "not UTF-8: see byte 15"),
        ('{"username": "é"}'.encode("utf-16"), "not UTF-8: see byte 1"),
        (gzip.compress(b"{}", mtime=0), "not UTF-8"),
        (f'{{"username": {DIGITS}}}'.encode(), "number that is too long"),
        (f'{{"nobody-reads-this": [-{DIGITS}]}}'.encode(), "number that is too long"),
        (b'{"username": NaN}', "not valid in JSON"),
        (b'{"username": -Infinity}', "not valid in JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b'{"username": "\\ud800"}', "unpaired surrogate"),
        (b'{"username": "\\u0000"}', "NUL"),
    ],
)
def test_api_says_what_is_wrong_with_a_body(send, body, reason):
    response = send(body)
    assert (response.status_code, response.mimetype) == (400, JSON)
    assert reason in response.json["message"]


def test_json_with_a_byte_order_mark_is_read(send):
    body = {"username": "zoe", "email": "zoe@example.com", "password": "correct horse"}
    assert send(json.dumps(body).encode("utf-8-sig")).status_code == 201


@pytest.mark.parametrize("body", [b"[]", b"null", b"3", b'"x"'])
def test_json_of_another_shape_is_refused(send, body):
    assert send(body).status_code == 400


@pytest.mark.parametrize("name", ["gzip", "br", "identity, gzip", "nonsense"])
def test_compressed_body_is_refused(send, name):
    response = send(gzip.compress(b"{}", mtime=0), **{"Content-Encoding": name})
    assert (response.status_code, response.json["message"]) == (415, "Send the body without Content-Encoding.")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", None, "multipart/form-data"]
)
def test_api_takes_json_only(send, content_type):
    response = send(b'{"username": "zoe"}', content_type)
    assert (response.status_code, "application/json" in response.json["message"]) == (415, True)


def test_api_names_no_buttons_where_a_method_is_wrong(client):
    response = client.put("/api/tokens")
    assert response.status_code == 405
    assert "DELETE" in response.headers["Allow"]
    assert "Allow header" in response.json["message"]


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register", "/auth/reset_password_request", "/post", "/nowhere"])
@pytest.mark.parametrize("content_type", [JSON, "text/plain", "application/xml", None])
def test_page_takes_forms_only(client, path, content_type):
    response = client.post(path, data=b'{"username": 5}', content_type=content_type)
    assert (response.status_code, response.mimetype) == (415, "text/html")
    assert "accepts form data only" in response.text


@pytest.mark.parametrize("name", ["username", "photo"])
def test_page_takes_no_files(client, name):
    fields = {"password": "correct horse", name: (io.BytesIO(b"root:x:0:0"), "hostname")}
    response = client.post("/auth/login", data=fields)
    assert (response.status_code, "This form accepts text, not files." in response.text) == (400, True)
    assert "correct horse" not in response.text


@pytest.mark.parametrize("content_type", [JSON, "text/plain"])
def test_content_type_without_a_body_is_ignored(client, content_type):
    assert client.post("/auth/login", content_type=content_type).status_code == 400  # without a CSRF token


@pytest.fixture
def open_client(client, app, monkeypatch):
    """A browser that needs no CSRF token."""
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
    ids=["nul", "nested nul", "nul in a name", "lone surrogate"],
)
def test_nul_or_lone_surrogate_in_json_is_refused(open_client, body):
    assert open_client.post("/api/nowhere", data=json.dumps(body), content_type="application/json").status_code == 400


@pytest.mark.parametrize("body", ["null", "3", "[]", '{"a": "🫠"}'])
def test_other_json_is_passed_on(open_client, body):
    assert open_client.post("/api/nowhere", data=body, content_type="application/json").status_code == 404
