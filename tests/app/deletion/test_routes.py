import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.auth.services import set_password
from app.database import db, utc_now
from app.deletion import mails, services
from app.deletion.deleting import Deleter
from app.deletion.models import AccountDeletion
from app.deletion.services import GRACE
from app.exceptions import NotAllowed
from app.mail.message import render
from app.mail.models import OutboxMail
from app.users.queries import by_username
from tests.fixtures.users import PASSWORD


@pytest.fixture
def ask(client, log_in, fill_in, susan):
    """`ask(password)`: as susan, ask for the deletion of the account; returns the response."""

    def ask(password=PASSWORD, client=client):
        log_in("susan", client=client)
        return fill_in("/settings/delete", client=client, password=password)

    return ask


@pytest.fixture
def run_worker(context):
    """`run_worker()`: let a worker delete what is due."""

    def run_worker():
        Deleter()(lambda: False)
        db.session.expire_all()

    return run_worker


def due():
    """Return when susan's account will be deleted, or None."""
    db.session.rollback()
    return db.session.scalar(db.select(AccountDeletion.due_at))


def let_the_week_pass():
    db.session.execute(update(AccountDeletion).values(due_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()


def test_deletion_is_due_in_a_week(client, ask):
    before = utc_now()
    response = ask()
    assert (response.status_code, response.location) == (302, "/auth/login")
    assert before + GRACE <= due() <= utc_now() + GRACE
    assert "Your account will be deleted on" in client.get("/auth/login").text


def test_deletion_signs_out_everywhere(app, client, ask, log_in):
    elsewhere = app.test_client()
    log_in("susan", client=elsewhere)
    ask()
    assert client.get("/settings").location.startswith("/auth/login")
    assert elsewhere.get("/settings").location.startswith("/auth/login")


def test_wrong_password_deletes_nothing(client, ask):
    page = ask("wrong horse")
    assert page.status_code == 400
    assert "Wrong password" in page.text
    assert due() is None
    assert client.get("/settings").status_code == 200


def test_sign_in_keeps_the_account(client, ask, log_in, run_worker):
    ask()
    log_in("susan")
    assert due() is None
    assert "Your account will not be deleted." in client.get("/").text
    run_worker()
    assert by_username("susan")


def test_account_stays_until_it_is_due(ask, run_worker):
    ask()
    run_worker()
    assert by_username("susan")


def test_account_is_deleted_when_it_is_due(client, ask, run_worker, caplog):
    ask()
    let_the_week_pass()
    with caplog.at_level("INFO"):
        run_worker()
    assert by_username("susan") is None
    assert "deleted, as its owner asked" in caplog.text
    response = client.post("/auth/login", data={})
    assert response.status_code == 400


def test_account_is_mailed_the_date(ask):
    ask()
    [written] = db.session.scalars(db.select(OutboxMail)).all()
    assert (written.kind, written.recipient) == ("deletion", "susan@example.com")
    message = render(mails.deletion(by_username("susan"), written.recipient, None), "1")
    assert message.subject == "Your account will be deleted"
    assert re.search(r"@susan will be deleted on \w+ \d+, \d{4}, \S+\s[AP]M\sUTC, as you requested", message.body)
    assert "/auth/login" in message.body


def test_unconfirmed_address_is_mailed_nothing(ask, susan):
    susan.email_confirmed = False
    db.session.commit()
    ask()
    assert db.session.scalars(db.select(OutboxMail).filter_by(kind="deletion")).all() == []


def test_no_mail_is_sent_after_a_sign_in(ask, log_in):
    ask()
    log_in("susan")
    assert mails.deletion(by_username("susan"), "susan@example.com", None) is None


def test_password_changed_meanwhile_deletes_nothing(susan, context):
    """The request has checked the former password before the change."""
    user = by_username("susan")
    db.session.expunge(user)
    set_password(by_username("susan"), "battery staple")
    db.session.commit()
    with pytest.raises(NotAllowed):
        services.request_deletion(user)
    assert due() is None


def test_second_request_does_not_postpone_the_deletion(susan, context):
    first = services.request_deletion(susan)
    db.session.commit()
    assert services.request_deletion(susan) == first


def test_deletion_and_sign_in_at_once_have_one_winner(at_once, app, ask, log_in):
    ask()
    let_the_week_pass()
    susan_id = by_username("susan").id

    deleted, restored = at_once(services.delete_next_due, lambda: services.cancel(susan_id))
    db.session.rollback()
    assert (deleted is None) == restored
    assert (by_username("susan") is None) == (not restored)


def test_page_says_what_others_keep(client, log_in, susan):
    log_in("susan")
    page = client.get("/settings/delete").text
    assert "People you exchanged messages with keep their own copies" in page
