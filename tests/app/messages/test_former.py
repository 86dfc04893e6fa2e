"""Conversations with accounts that were deleted."""

import re

import pytest

from app.database import db
from app.messages import services
from app.users.services import delete_user
from tests.app.messages.test_routes import shown


@pytest.fixture
def former(client, david, susan, log_in):
    """The path of david's conversation with susan, who has deleted her account."""
    services.send(susan.id, david.id, "Syzygy")
    services.send(david.id, susan.id, "Answer")
    db.session.commit()
    delete_user(susan)
    db.session.commit()
    log_in("david")
    page = client.get("/messages").text
    assert "Deleted account" in page
    return re.search(r"/messages/former/\d+", page)[0]


def test_conversation_with_a_deleted_account_can_be_read(client, former):
    page = client.get(former)
    assert page.status_code == 200
    assert "Syzygy" in page.text
    assert "Answer" in page.text
    assert "susan" not in page.text


def test_message_of_a_deleted_account_can_be_deleted(client, former, fill_in):
    message = re.search(r"/messages/\d+/delete", client.get(former).text)[0]
    before = shown(client.get(former))
    assert fill_in(former, to=message).location == "/messages"
    assert len(shown(client.get(former))) == len(before) - 1


def test_conversation_with_a_deleted_account_can_be_deleted(client, former, fill_in):
    assert fill_in(former, to=f"{former}/delete").location == "/messages"
    assert client.get(former).status_code == 404
    assert "Deleted account" not in client.get("/messages").text


def test_conversation_with_a_deleted_account_is_private(app, former, make_user, log_in):
    make_user("john")
    other = app.test_client()
    log_in("john", client=other)
    assert other.get(former).status_code == 404
