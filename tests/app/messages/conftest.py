"""What the tests of pages of messages share."""

import re

import pytest

from app.database import db
from app.messages import services


@pytest.fixture
def people(make_user, log_in):
    """Susan, who is signed in, and David."""
    susan, david = make_user("susan"), make_user("david")
    log_in("susan")
    return susan, david


def send(author, recipient, *texts):
    for text in texts:
        services.send(author.id, recipient.id, text)
    db.session.commit()


def badge(page, kind="messages"):
    """The unread count of a menu entry, or None."""
    found = re.search(rf'data-badge="{kind}"( hidden)?><span data-count>([^<]+)<', page.text)
    return None if found[1] else found[2]
