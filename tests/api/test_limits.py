"""What a person may do so often and no oftener, by the pages and by programs together."""

import pytest
from sqlalchemy import func, select

from app.database import db
from app.relationships.models import Follow


@pytest.fixture
def at_her_browser(susan, log_in, fill_in):
    """`at_her_browser("/settings/address", email=…)`: what susan does on a page."""
    log_in("susan")
    return fill_in


def number_of_follows():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Follow))


def test_a_program_that_follows_too_often_has_to_wait(api, susan, john):
    follow = f"/users/{john.id}/follow"
    for _time in range(15):
        assert api("POST", follow).status_code == 204
        assert api("DELETE", follow).status_code == 204
    stopped = api("POST", follow)
    assert (stopped.status_code, stopped.json["message"]) == (429, "Too often. Try again in a minute.")
    assert api("DELETE", follow).status_code == 429
    assert number_of_follows() == 0


def test_follows_of_pages_and_programs_are_counted_together_and_each_persons_apart(
    api, susan, john, token_of, at_her_browser
):
    for _time in range(15):
        assert api("POST", f"/users/{john.id}/follow").status_code == 204
        assert at_her_browser("/user/john", to="/unfollow/john").status_code == 302
    assert api("POST", f"/users/{john.id}/follow").status_code == 429
    assert at_her_browser("/user/john", to="/follow/john").status_code == 429
    assert api("POST", f"/users/{susan.id}/follow", token=token_of(john)).status_code == 204
