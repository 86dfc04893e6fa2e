"""The rate limits of the account's forms. How limits work is tested in tests/app/web/test_rate_limits.py."""

import pytest

from app.auth.services import set_password
from app.database import db
from app.users import passwords

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


def test_right_passwords_do_not_count_as_wrong(make_user, log_in, fill_in):
    make_user("susan")
    log_in("susan")
    same = dict.fromkeys(("password", "new_password", "new_password2"), "correct horse")
    for _time in range(15):
        assert fill_in("/settings/password", **same).status_code == 302


def test_right_passwords_are_limited_per_account(app, make_user, log_in, fill_in):
    """Each costs a hash, of which a worker computes one at a time for all users."""
    for name in ("susan", "david"):
        make_user(name)
    log_in("susan")

    def send(name, number):
        elsewhere = {"REMOTE_ADDR": f"192.0.2.{number}"}
        return app.test_client().post("/api/tokens", auth=(name, "correct horse"), environ_base=elsewhere)

    assert [send("susan", number).status_code for number in range(29)] == [200] * 29
    assert_limited(send("susan@example.com", 29), MINUTE)
    assert_limited(fill_in("/settings/password", password="correct horse", **NEW), MINUTE)
    assert send("david", 29).status_code == 200


@pytest.fixture
def count_checked(monkeypatch):
    """`count_checked()`: how many passwords were hashed to check them."""
    checked, check = [], passwords.check_password_hash

    def note(*arguments):
        checked.append(arguments)
        return check(*arguments)

    monkeypatch.setattr(passwords, "check_password_hash", note)
    return lambda: len(checked)


def test_repeated_password_form_is_limited_but_not_the_owner(app, susan, log_in, fill_in, count_checked):
    """A person who has lost the account can still submit the form again."""
    log_in("susan")
    form = {"form_key": "k" * 22, "password": "correct horse"} | NEW
    assert fill_in("/settings/password", **form).status_code == 302
    set_password(susan(), "correct horse")
    db.session.commit()
    before, stranger = count_checked(), app.test_client()
    for _time in range(30):
        assert stranger.post("/settings/password", data=form).location.startswith("/auth/login")
    assert_limited(stranger.post("/settings/password", data=form), MINUTE)
    assert count_checked() == before + 30
    log_in("susan", client=app.test_client())


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
