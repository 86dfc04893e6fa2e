import pytest
from flask import redirect, request
from werkzeug.exceptions import ServiceUnavailable, TooManyRequests

from app import create_app
from app.auth.services import issue_token
from app.database import db
from app.web import rate_limits
from app.web.hooks import CONTENT_SECURITY_POLICY
from config import Config
from tests.fixtures.users import PASSWORD


def test_request_keeps_the_id_given_by_a_proxy(client):
    assert client.get("/health", headers={"X-Request-ID": "abc-123_XYZ"}).headers["X-Request-ID"] == "abc-123_XYZ"


@pytest.mark.parametrize("given", ["", "short", "x" * 65, "white space", "<script>"])
def test_request_with_an_invalid_id_gets_a_new_one(client, given):
    new = client.get("/health", headers={"X-Request-ID": given}).headers["X-Request-ID"]
    assert new != given
    assert len(new) == 32


@pytest.mark.parametrize("path", ["/auth/login", "/nowhere", "/api/nowhere", "/health"])
def test_response_has_the_security_headers(client, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"


def repeated(response):
    """Return the names of headers that a response holds twice, those that may be repeated excepted."""
    names = [name.lower() for name, _value in response.headers]
    return {name for name in names if names.count(name) > 1} - {"set-cookie", "link"}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/auth/login?lang=fr&theme=dark", 200),
        ("HEAD", "/auth/login", 200),
        ("OPTIONS", "/auth/login", 200),
        ("POST", "/auth/login", 400),
        ("GET", "/home", 404),
        ("GET", "/messages", 302),
        ("GET", "/auth/logout", 405),
        ("GET", "/avatar/1.svg", 200),
        ("GET", "/health", 200),
        ("GET", "/health?lang=%00", 400),
        ("GET", "/static/css/theme.css", 200),
        ("GET", "/static/css/theme.css?v=1", 200),
        ("GET", "/static/missing.css", 404),
        ("GET", "/api/docs", 200),
        ("GET", "/api/openapi.json", 200),
        ("GET", "/api/users", 401),
        ("POST", "/api/tokens", 401),
        ("GET", "/api/nowhere", 404),
        ("PUT", "/api/tokens", 405),
    ],
)
def test_response_holds_no_header_twice(app, client, monkeypatch, method, path, status):
    monkeypatch.setitem(app.config, "SESSION_COOKIE_SECURE", True)
    response = client.open(path, method=method)
    assert response.status_code == status
    assert "Strict-Transport-Security" in response.headers
    assert repeated(response) == set()


@pytest.mark.parametrize("path", ["/", "/explore", "/user/susan", "/settings", "/edit_profile", "/notifications"])
def test_page_of_a_user_holds_no_header_twice(client, make_user, log_in, path):
    make_user("susan")
    log_in("susan")
    assert repeated(client.get(path)) == set()


@pytest.mark.parametrize(
    ("error", "status"), [(TooManyRequests(retry_after=7), 429), (RuntimeError(), 500), (ServiceUnavailable(), 503)]
)
@pytest.mark.parametrize("path", ["/health", "/api/docs"])
def test_error_response_holds_no_header_twice(app, client, monkeypatch, path, error, status):
    def fail():
        raise error

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(app, "preprocess_request", fail)
    response = client.get(path)
    assert response.status_code == status
    assert repeated(response) == set()


def test_public_response_has_no_cookie_and_does_not_vary_by_one(client):
    assert "Cookie" in client.get("/auth/login").headers["Vary"]  # the client has a session now
    headers = client.get("/avatar/1.svg?lang=fr").headers
    assert "Vary" not in headers
    assert "Set-Cookie" not in headers


def test_session_is_kept_between_requests(client):
    client.get("/auth/login?lang=fr")
    client.get("/auth/login")
    with client.session_transaction() as session:
        assert session["lang"] == "fr"


@pytest.mark.parametrize(
    ("trusted", "forwarded", "address"),
    [
        (0, "192.0.2.1", "127.0.0.1"),
        (1, "192.0.2.1", "192.0.2.1"),
        (1, "6.6.6.6, 192.0.2.1", "192.0.2.1"),  # the first was sent by the client
        (2, "6.6.6.6, 192.0.2.1, 10.0.0.1", "192.0.2.1"),
        (2, "192.0.2.1", "127.0.0.1"),  # fewer than the proxies: it came another way
    ],
)
def test_forwarded_address_counts_from_trusted_proxies_only(environ, monkeypatch, trusted, forwarded, address):
    app = create_app(Config(environ | {"TRUSTED_PROXIES": str(trusted)}))
    seen = []
    monkeypatch.setitem(app.view_functions, "health.live", lambda: seen.append(rate_limits.address()) or "")
    app.test_client().get("/health", headers={"X-Forwarded-For": forwarded})
    assert seen == [address]


@pytest.mark.parametrize(("trusted", "scheme"), [(0, "http"), (1, "https")])
def test_proxy_sets_the_scheme_and_never_the_host(environ, monkeypatch, trusted, scheme):
    app = create_app(Config(environ | {"TRUSTED_PROXIES": str(trusted)}))
    seen = []
    monkeypatch.setitem(app.view_functions, "health.live", lambda: seen.append(request.url) or "")
    headers = {"X-Forwarded-Proto": "https", "X-Forwarded-Host": "evil.example", "X-Forwarded-Prefix": "//evil"}
    app.test_client().get("/health", headers=headers)
    assert seen == [f"{scheme}://localhost/health"]


# Host


@pytest.mark.parametrize("host", ["my_blog:5000", "a b", "[::1", "é.example", "a..b", "x" * 300, "a/b", "a:b", "."])
@pytest.mark.parametrize("path", ["/auth/login", "/nowhere", "/api/users", "/messages"])
def test_invalid_host_is_refused_with_the_reason(client, path, host):
    response = client.get(path, headers={"Host": host})
    text = response.json["message"] if path.startswith("/api") else response.text
    assert (response.status_code, "Use letters, digits, hyphens and dots" in text) == (400, True)
    assert "http:///" not in response.text


@pytest.mark.parametrize("host", ["my-blog:5000", "MY-BLOG", "[::1]:5000", "192.0.2.1", "blog.example.", None])
def test_valid_host_is_served(client, host):
    assert client.get("/auth/login", headers={"Host": host} if host else {}).status_code == 200


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
def test_probe_by_the_name_of_a_container_is_answered(client, path):
    assert client.get(path, headers={"Host": "my_blog:5000"}).status_code == 200


# Redirects and caches


def test_redirect_within_the_site_is_relative(client):
    """Behind a proxy that is not counted, an absolute one would lead from https to http, with the token."""
    response = client.get("/posts//9?a=1&a=é")
    assert (response.status_code, response.headers["Location"]) == (308, "/posts/9?a=1&a=%C3%A9")
    assert client.post("/api//tokens").headers["Location"] == "/api/tokens"


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("http://localhost", "/"),
        ("https://localhost/a?b#c", "/a?b#c"),
        ("//localhost/a", "/a"),
        ("http://localhost//evil.example", "http://localhost//evil.example"),
        ("https://evil.example/a", "https://evil.example/a"),
        ("a", "a"),
    ],
)
def test_redirect_elsewhere_is_kept(app, client, monkeypatch, target, location):
    monkeypatch.setitem(app.view_functions, "health.live", lambda: redirect(target))
    assert client.get("/health").headers["Location"] == location


SIGNED_IN = ["/", "/explore", "/settings", "/messages", "/user/susan", "/nowhere", "/auth/login", "/api/docs"]
SCRIPTED = ["/notifications/poll", "/messages/with/john/news", "/user/john/card", "/export/progress"]


@pytest.mark.parametrize("path", SIGNED_IN + SCRIPTED)
def test_response_to_a_signed_in_user_is_not_stored(client, make_user, log_in, path):
    make_user("susan")
    make_user("john")
    assert log_in("susan").headers["Cache-Control"] == "no-store"
    assert client.get(path).headers["Cache-Control"] == "no-store"


def test_response_to_a_token_is_not_stored(client, make_user):
    token, _row = issue_token(make_user("susan"))
    db.session.commit()
    for path, status in (("/api/users", 200), ("/api/users/0", 404)):
        response = client.get(path, headers={"Authorization": f"Bearer {token}"})
        assert (response.status_code, response.headers["Cache-Control"]) == (status, "no-store")
    response = client.post("/api/tokens", auth=("susan", PASSWORD))
    assert (response.status_code, response.headers["Cache-Control"]) == (200, "no-store")


def test_what_everyone_gets_may_be_stored(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    assert "immutable" in client.get("/avatar/1.svg").headers["Cache-Control"]
    assert "no-store" not in client.get("/static/css/theme.css").headers["Cache-Control"]
    assert "Cache-Control" not in client.get("/health").headers
