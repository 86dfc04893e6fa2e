"""Errors of pages; tests/api/test_errors.py has those of the API."""

import io
import logging
import re

import pytest
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    Forbidden,
    InternalServerError,
    NotImplemented,
    ServiceUnavailable,
    TooManyRequests,
    Unauthorized,
)

from app.database import db
from app.exceptions import DomainError, Invalid, NotAllowed, NotFound
from app.users.queries import by_username


@pytest.fixture
def fail(app, monkeypatch):
    """`fail(error)`: make a page raise `error`; returns the page's path."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail(error):
        def view():
            raise error

        monkeypatch.setitem(app.view_functions, "health.live", view)
        return "/health/live"

    return fail


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_unknown_path_is_a_page_whatever_accept_says(client, accept):
    page = client.get("/nope", headers={"Accept": accept})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Page not found" in page.text


def test_error_for_a_script_is_json(client, fail):
    from_script = {"X-Requested-With": "fetch", "Accept-Language": "fr"}
    response = client.get(fail(TooManyRequests(retry_after=7)), headers=from_script)
    assert (response.status_code, response.headers["Retry-After"]) == (429, "7")
    message = "Vous avez atteint la limite. Réessayez dans 1 minute."
    assert response.json == {"error": "Too Many Requests", "message": message}
    assert client.get(fail(Invalid("body", "Too long.")), headers=from_script).json["message"] == "Too long."


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (BadRequest(), 400, "Bad request"),
        (Forbidden(), 403, "Not allowed"),
        (Conflict(), 409, "Bad request"),
        (TooManyRequests(retry_after=7), 429, "Too many requests"),
        (InternalServerError(), 500, "Something went wrong"),
        (NotImplemented(), 501, "Something went wrong"),
        (ServiceUnavailable(), 503, "Temporarily unavailable"),
        (NotAllowed("Not your post."), 403, "Not your post."),
        (NotFound("Post not found."), 404, "Post not found."),
        (Invalid("body", "Too long."), 400, "Too long."),
        (DomainError("Broken rule."), 400, "Broken rule."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_error_page_has_its_status_heading_and_a_link_home(client, fail, error, status, heading):
    page = client.get(fail(error))
    assert (page.status_code, page.content_type) == (status, "text/html; charset=utf-8")
    assert heading.replace("'", "&#39;") in page.text
    assert '<a class="btn btn-primary" href="/">' in page.text


def test_page_of_an_account_that_is_gone_asks_to_sign_in(client, fail):
    page = client.get(fail(Unauthorized()))
    assert (page.status_code, "Sign in to see this page." in page.text, "API token" in page.text) == (401, True, False)


def test_error_page_keeps_the_headers_of_the_error(client, fail):
    assert client.get(fail(TooManyRequests(retry_after=7))).headers["Retry-After"] == "7"
    assert "GET" in client.delete("/health").headers["Allow"]


def test_wrong_method_is_an_error_page_with_advice(client):
    page = client.get("/auth/logout")
    assert (page.status_code, page.mimetype) == (405, "text/html")
    assert "Use the buttons" in page.text


def test_head_request_gets_the_status_of_the_error_and_no_body(client, fail):
    response = client.head(fail(Forbidden()))
    assert (response.status_code, response.data) == (403, b"")
    assert client.head("/nope").status_code == 404


def test_options_request_lists_the_methods(client):
    response = client.options("/auth/logout")
    assert response.status_code == 200
    assert {"POST", "OPTIONS"} == set(response.headers["Allow"].split(", "))


def test_unexpected_error_is_logged_and_shows_only_the_request_id(client, fail, caplog):
    path = fail(RuntimeError("the password is swordfish"))
    with caplog.at_level(logging.ERROR):
        page = client.get(path)
    assert page.status_code == 500
    assert "swordfish" not in page.text
    assert "RuntimeError" not in page.text
    assert page.headers["X-Request-ID"] in page.text
    assert "swordfish" in caplog.text


def test_error_page_is_in_the_readers_language(client, fail):
    page = client.get(fail(InternalServerError()), headers={"Accept-Language": "fr"})
    assert '<html lang="fr"' in page.text
    assert "Something went wrong" not in page.text


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("multipart/form-data", "MAX_FORM_MEMORY_SIZE"),
        ("multipart/form-data", "MAX_CONTENT_LENGTH"),
        ("application/x-www-form-urlencoded", "MAX_CONTENT_LENGTH"),
    ],
)
def test_form_too_large_is_refused(app, client, kind, limit):
    page = client.post("/auth/login", data={"username": "x" * (app.config[limit] + 1)}, content_type=kind)
    assert page.status_code == 413
    assert "Request too large" in page.text


def test_form_too_large_without_a_length_is_refused(app, client):
    body = io.BytesIO(b"username=" + b"x" * app.config["MAX_CONTENT_LENGTH"])
    page = client.post(
        "/auth/login",
        input_stream=body,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True},  # as gunicorn sets it for a chunked body
    )
    assert page.status_code == 413


# A bad CSRF token where the form's page and its action differ


def test_stale_form_returns_what_was_typed_with_a_new_token(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    typed = {
        "csrf_token": "old",
        "body": "<b>Long\nstory</b>",
        "tag": ["one", "two"],
        "next": "/x",
        "new_password": "correct horse",
    }
    page = client.post("/auth/logout?x=1", data=typed, headers={"Origin": "http://localhost"})
    assert page.status_code == 400
    assert "nothing was saved" in page.text
    assert ">&lt;b&gt;Long\nstory&lt;/b&gt;</textarea>" in page.text
    assert page.text.count('name="tag"') == 2
    assert '<input type="hidden" name="next" value="/x">' in page.text
    assert "correct horse" not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.text[page.text.index("<main") :])[1]
    assert client.post("/auth/logout?x=1", data={"csrf_token": token}).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://evil.example"},
        {"Origin": "null"},
        {},
    ],
    ids=str,
)
def test_form_of_another_site_returns_nothing_that_was_typed(client, headers):
    page = client.post("/settings/log_out_everywhere", data={"body": "I give up"}, headers=headers)
    assert page.status_code == 400
    assert "nothing was saved" in page.text
    assert "I give up" not in page.text


def test_stale_form_tells_a_user_that_they_were_signed_out(client):
    page = client.post("/settings/log_out_everywhere", headers={"Sec-Fetch-Site": "same-origin"})
    assert "You have been signed out" in page.text


def test_failed_request_is_rolled_back(app, client, make_user, fail, monkeypatch):
    """The next request, perhaps on the same connection, doesn't commit it either."""
    make_user("susan")

    def fail_halfway():
        by_username("susan").about_me = "unfinished"
        db.session.flush()
        raise RuntimeError

    path = fail(RuntimeError())
    monkeypatch.setitem(app.view_functions, "health.live", fail_halfway)
    assert client.get(path).status_code == 500
    with app.app_context():
        db.session.commit()
        assert by_username("susan").about_me == ""
