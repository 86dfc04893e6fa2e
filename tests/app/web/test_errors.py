"""Errors on pages; those under /api are in tests/api/test_errors.py."""

import io
import logging
import re

import pytest
from sqlalchemy import event
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from werkzeug.exceptions import (
    BadRequest,
    Conflict,
    Forbidden,
    InternalServerError,
    NotImplemented,
    ServiceUnavailable,
    TooManyRequests,
)

from app.database import db
from app.exceptions import DomainError, Invalid, NotAllowed, NotFound
from app.users.queries import by_username


@pytest.fixture
def fail(app, monkeypatch):
    """`fail(error)`: have a page raise it; the page's address."""
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail(error):
        def view():
            raise error

        monkeypatch.setitem(app.view_functions, "health.live", view)
        return "/health/live"

    return fail


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_an_unknown_path_is_a_page_whatever_is_accepted(client, accept):
    page = client.get("/nope", headers={"Accept": accept})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    assert "Page not found" in page.text


def test_a_script_of_ours_gets_an_error_as_json(client, fail):
    asked = {"X-Requested-With": "fetch", "Accept-Language": "fr"}
    answer = client.get(fail(TooManyRequests(retry_after=7)), headers=asked)
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "7")
    assert answer.json == {"error": "Too Many Requests", "message": "Patientez un peu, puis réessayez."}
    assert client.get(fail(Invalid("body", "Too long.")), headers=asked).json["message"] == "Too long."


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
        (NotAllowed("That is hers."), 403, "That is hers."),
        (NotFound("No such post."), 404, "No such post."),
        (Invalid("body", "Too long."), 400, "Too long."),
        (DomainError("Not so."), 400, "Not so."),
    ],
)
def test_an_error_is_a_page_with_its_status_and_what_to_do(client, fail, error, status, heading):
    page = client.get(fail(error))
    assert (page.status_code, page.content_type) == (status, "text/html; charset=utf-8")
    assert heading.replace("'", "&#39;") in page.text
    assert '<a class="btn btn-primary" href="/">' in page.text


def test_headers_of_an_error_are_kept(client, fail):
    assert client.get(fail(TooManyRequests(retry_after=7))).headers["Retry-After"] == "7"
    assert "GET" in client.delete("/health").headers["Allow"]


def test_a_wrong_method_is_a_page_too(client):
    page = client.get("/auth/logout")
    assert (page.status_code, page.mimetype) == (405, "text/html")
    assert "Use the buttons" in page.text


def test_head_has_the_status_and_no_body(client, fail):
    response = client.head(fail(Forbidden()))
    assert (response.status_code, response.data) == (403, b"")
    assert client.head("/nope").status_code == 404


def test_options_names_the_methods(client):
    response = client.options("/auth/logout")
    assert response.status_code == 200
    assert {"POST", "OPTIONS"} == set(response.headers["Allow"].split(", "))


def test_an_unexpected_error_is_logged_and_tells_a_reader_nothing_but_its_request(client, fail, caplog):
    path = fail(RuntimeError("the password is swordfish"))
    with caplog.at_level(logging.ERROR):
        page = client.get(path)
    assert page.status_code == 500
    assert "swordfish" not in page.text
    assert "RuntimeError" not in page.text
    assert page.headers["X-Request-ID"] in page.text
    assert "swordfish" in caplog.text


def test_an_error_speaks_the_readers_language(client, fail):
    page = client.get(fail(InternalServerError()), headers={"Accept-Language": "fr"})
    assert '<html lang="fr"' in page.text
    assert "Something went wrong" not in page.text


@pytest.mark.parametrize(
    "error",
    [
        OperationalError("SELECT secret", {}, Exception("server has gone away")),
        InterfaceError("SELECT secret", {}, Exception("(0, '')")),
        PoolTimeoutError("QueuePool limit of size 5 overflow 10 reached"),
    ],
)
def test_when_the_database_is_away_a_person_is_told_so_without_asking_it_who_they_are(
    app, client, make_user, log_in, caplog, error
):
    make_user("susan")
    log_in("susan")

    def be_away(*_args):
        raise error

    event.listen(db.engine, "before_cursor_execute", be_away)
    try:
        page = client.get("/edit_profile")
    finally:
        event.remove(db.engine, "before_cursor_execute", be_away)
    assert (page.status_code, page.headers["Retry-After"]) == (503, "5")
    assert "The database is not responding." in page.text
    assert "secret" not in page.text
    assert "database:" in caplog.text
    assert client.get("/edit_profile").status_code == 200


@pytest.mark.parametrize(
    ("kind", "limit"),
    [
        ("multipart/form-data", "MAX_FORM_MEMORY_SIZE"),
        ("multipart/form-data", "MAX_CONTENT_LENGTH"),
        ("application/x-www-form-urlencoded", "MAX_CONTENT_LENGTH"),
    ],
)
def test_a_form_too_large_is_refused(app, client, kind, limit):
    page = client.post("/auth/login", data={"username": "x" * (app.config[limit] + 1)}, content_type=kind)
    assert page.status_code == 413
    assert "Request too large" in page.text


def test_a_form_too_large_is_refused_though_its_length_was_not_told(app, client):
    body = io.BytesIO(b"username=" + b"x" * app.config["MAX_CONTENT_LENGTH"])
    page = client.post(
        "/auth/login",
        input_stream=body,
        content_type="application/x-www-form-urlencoded",
        environ_overrides={"wsgi.input_terminated": True},  # what gunicorn says of a chunked body
    )
    assert page.status_code == 413


# A bad CSRF token, where the page that held the form isn't the address it is sent to


def test_what_was_typed_comes_back_with_a_new_token_when_the_session_is_over(client, make_user, log_in):
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
)
def test_words_of_another_site_are_not_given_back(client, headers):
    page = client.post("/auth/logout", data={"body": "I give up"}, headers=headers)
    assert page.status_code == 400
    assert "nothing was saved" in page.text
    assert "I give up" not in page.text


def test_who_was_logged_out_meanwhile_is_told_so(client):
    page = client.post("/auth/logout", headers={"Sec-Fetch-Site": "same-origin"})
    assert "You have been signed out" in page.text


def test_what_a_page_had_begun_when_it_failed_is_not_kept(app, client, make_user, fail, monkeypatch):
    """And the next request, on the same connection perhaps, does not commit it either."""
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
