"""Changing one's address, by the link of a mail to the new one."""

import pytest

from tests.app.auth.conftest import local


@pytest.fixture
def ask(susan, log_in, fill_in):
    """Ask, as susan, for another address."""
    log_in("susan")

    def ask(email="new@example.com", password="correct horse"):
        return fill_in("/settings/address", email=email, password=password)

    return ask


def test_an_address_is_changed_when_its_mail_is_answered_and_the_former_one_is_told(app, susan, ask, outbox, fill_in):
    assert ask("New@example.com").headers["Location"] == "/settings"
    [(to, subject, link)] = outbox()
    assert (to, subject) == ("New@example.com", "Confirm your e-mail address")
    assert susan().email == "susan@example.com"
    assert fill_in(local(link), client=app.test_client()).status_code == 302  # another browser will do
    assert (susan().email, susan().email_key) == ("New@example.com", "new@example.com")
    assert outbox()[-1] == ("susan@example.com", "Your e-mail address has changed", None)


def test_an_address_link_works_once_and_changes_nothing_by_being_opened(app, client, susan, ask, outbox, fill_in):
    ask()
    link = local(outbox()[0][2])
    assert client.get(link).status_code == 200
    assert susan().email == "susan@example.com"
    fill_in(link)
    assert client.get(link).headers["Location"] == "/settings/address"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"password": "wrong horse"}, "That is not your password."),
        ({"email": "notanemail"}, "That is not an e-mail address."),
        ({"email": "JOHN@example.com"}, "This address has an account already."),
        ({"email": "susan@example.com"}, "This address has an account already."),
    ],
)
def test_an_address_is_not_changed_otherwise(make_user, ask, outbox, fields, message):
    make_user("john")
    response = ask(**fields)
    assert response.status_code == 400
    assert message in response.text
    assert outbox() == []


def test_an_address_that_somebody_took_meanwhile_is_refused(make_user, susan, ask, outbox, fill_in):
    ask("john@example.com")
    link = local(outbox()[0][2])
    make_user("john")
    response = fill_in(link)
    assert response.status_code == 400
    assert "This address has an account already." in response.text
    assert susan().email == "susan@example.com"
