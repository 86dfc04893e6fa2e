"""Changing the email address, by the link sent to the new one."""

import pytest

from tests.app.auth.conftest import local


@pytest.fixture
def ask(susan, log_in, fill_in):
    """`ask(email=…)`: request another address as susan."""
    log_in("susan")

    def ask(email="new@example.com", password="correct horse"):
        return fill_in("/settings/address", email=email, password=password)

    return ask


def test_confirmed_address_is_stored_and_former_one_is_notified(app, susan, ask, outbox, fill_in):
    assert ask("New@example.com").headers["Location"] == "/settings"
    [(to, subject, link)] = outbox()
    assert (to, subject) == ("New@example.com", "Confirm your email address")
    assert susan().email == "susan@example.com"
    assert fill_in(local(link), client=app.test_client()).status_code == 302  # another browser will do
    assert (susan().email, susan().email_key) == ("New@example.com", "new@example.com")
    assert outbox()[-1] == ("susan@example.com", "Your email address was changed", None)


def test_address_link_changes_nothing_on_get_and_works_once(app, client, susan, ask, outbox, fill_in):
    ask()
    link = local(outbox()[0][2])
    assert client.get(link).status_code == 200
    assert susan().email == "susan@example.com"
    fill_in(link)
    assert client.get(link).headers["Location"] == "/settings"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": "wrong horse"}, "Wrong password. Try again."),
        ({"email": "notanemail"}, "Enter a valid email address."),
        ({"email": "JOHN@example.com"}, "This email address is already in use."),
        ({"email": "SUSAN@example.com"}, "This is already your address."),
    ],
)
def test_address_request_is_refused(make_user, ask, outbox, fields, message):
    make_user("john")
    response = ask(**fields)
    assert response.status_code == 400
    assert message in response.text
    assert outbox() == []


def test_address_taken_before_confirmation_is_refused(make_user, susan, ask, outbox, fill_in):
    ask("john@example.com")
    link = local(outbox()[0][2])
    make_user("john")
    response = fill_in(link)
    assert response.status_code == 400
    assert "This email address is already in use." in response.text
    assert susan().email == "susan@example.com"


def test_settings_show_the_confirmed_address(client, susan, log_in):
    log_in("susan")
    page = client.get("/settings").text
    assert "Your current address is susan@example.com." in page
    assert "is not confirmed" not in page
