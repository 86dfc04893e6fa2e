"""The rate limits of the account's forms. How limits work is tested in tests/app/web/test_rate_limits.py."""

import pytest

MINUTE, HOUR = 60, 3600  # seconds
NEW = {"new_password": "battery staple", "new_password2": "battery staple"}


def assert_limited(answer, window):
    assert answer.status_code == 429
    assert window - MINUTE < int(answer.headers["Retry-After"]) <= window


@pytest.mark.parametrize(
    ("path", "times", "window", "fields"),
    [
        ("/settings/password", 10, MINUTE, {"password": "wrong horse"} | NEW),
        ("/settings/address", 10, HOUR, {"password": "correct horse", "email": "new@example.com"}),
        ("/settings/tokens", 30, HOUR, {"name": "phone"}),
        ("/settings/export", 10, HOUR, {}),
    ],
)
def test_account_forms_are_limited_per_user(app, make_user, log_in, fill_in, path, times, window, fields):
    make_user("susan")
    log_in("susan")
    for _time in range(times):
        assert fill_in("/settings", to=path, **fields).status_code != 429
    assert_limited(fill_in("/settings", to=path, **fields), window)
    make_user("david")
    david = app.test_client()
    log_in("david", client=david)
    assert fill_in("/settings", to=path, client=david, **fields).status_code != 429


def test_right_password_is_not_limited(make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    same = dict.fromkeys(("password", "new_password", "new_password2"), "correct horse")
    for _time in range(15):
        assert fill_in("/settings/password", **same).status_code == 302


def test_registration_is_limited_per_email_address(app, fill_in):
    for number in range(20):
        answer = fill_in("/auth/register", username=f"susan{number}", email="susan@example.com")
        assert answer.status_code == 400
    assert_limited(fill_in("/auth/register", email="SUSAN@example.com "), HOUR)
    assert fill_in("/auth/register", email="david@example.com").status_code == 400


def typed(**fields):
    """Return a function of a number that makes a form's data without its token. `#` becomes the number."""
    return lambda number: {"data": {name: value.replace("#", str(number)) for name, value in fields.items()}}


@pytest.mark.parametrize(
    ("path", "times", "window", "sent"),
    [
        ("/auth/login", 200, MINUTE, typed(username="somebody#", password="wrong horse")),
        ("/auth/register", 500, HOUR, typed(email="somebody#@example.com")),
        ("/auth/reset_password_request", 200, HOUR, typed(email="somebody#@example.com")),
        ("/api/users", 500, HOUR, lambda _number: {"json": {}}),
        ("/api/tokens", 200, MINUTE, lambda number: {"auth": (f"somebody{number}", "wrong horse")}),
    ],
)
def test_forms_are_limited_per_client_address(app, client, path, times, window, sent):
    for number in range(times):
        assert client.post(path, **sent(number)).status_code in (400, 401)
    assert_limited(client.post(path, **sent(times)), window)
    elsewhere = app.test_client().post(path, environ_base={"REMOTE_ADDR": "192.0.2.7"}, **sent(times))
    assert elsewhere.status_code in (400, 401)
