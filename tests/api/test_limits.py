"""What a person may do so often and no oftener, by the pages and by programs together."""

import pytest
from sqlalchemy import func, select

from app.database import db
from app.jobs.job_queue import queue_of
from app.relationships.models import Follow


@pytest.fixture
def at_her_browser(susan, log_in, fill_in):
    """`at_her_browser("/settings/address", email=…)`: what susan does on a page."""
    log_in("susan")
    return fill_in


@pytest.fixture
def mails_waiting(app):
    """`mails_waiting()`: how many mails the workers are to send."""
    queue = queue_of(app)
    queue.storage.flush_all()
    yield queue.pending_count
    queue.storage.flush_all()
    queue.storage.close()


def number_of_follows():
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Follow))


def test_a_program_that_follows_too_often_has_to_wait(api, susan, john):
    follow = f"/users/{john.id}/follow"
    for _time in range(15):
        assert api("POST", follow).status_code == 204
        assert api("DELETE", follow).status_code == 204
    stopped = api("POST", follow)
    assert (stopped.status_code, stopped.json["message"]) == (429, "You've reached the limit. Try again in a minute.")
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


def test_posts_and_messages_of_pages_and_programs_are_counted_together(api, john, at_her_browser):
    by_program = f"/conversations/{john.id}"
    for number in range(15):
        assert api("POST", "/posts", {"body": f"post {number}"}).status_code == 201
        assert at_her_browser("/", to="/post", body=f"more {number}").status_code == 302
        assert api("POST", by_program, {"body": f"Hello {number}"}).status_code == 201
        assert at_her_browser("/messages/with/john", body=f"Hello again {number}").status_code == 302
    assert api("POST", "/posts", {"body": "one more"}).status_code == 429
    assert at_her_browser("/", to="/post", body="one more").status_code == 429
    assert api("POST", by_program, {"body": "one more"}).status_code == 429
    assert at_her_browser("/messages/with/john", body="one more").status_code == 429


def test_a_message_that_was_not_sent_does_not_count(api, john):
    for _time in range(31):
        assert api("POST", f"/conversations/{john.id}", {"body": ""}).status_code == 400
    assert api("POST", f"/conversations/{john.id}", {"body": "Hello"}).status_code == 201


def test_translations_for_pages_and_programs_are_counted_together(api, at_her_browser):
    for _time in range(10):
        assert api("POST", "/posts/99/translation", {"language": "fr"}).status_code == 404
        assert at_her_browser("/", to="/posts/99/translation").status_code == 404
    assert api("POST", "/posts/99/translation", {"language": "fr"}).status_code == 429
    assert at_her_browser("/", to="/posts/99/translation").status_code == 429


def asked_for_an_address(number, password="correct horse"):
    return {"email": f"new{number}@example.com", "password": password}


def test_a_program_that_tries_passwords_has_to_wait_though_it_finds_the_right_one(api, susan):
    mine = f"/users/{susan.id}"
    for number in range(10):
        assert api("PUT", mine, asked_for_an_address(number, "wrong horse")).status_code == 400
    stopped = api("PUT", mine, asked_for_an_address(11) | {"about_me": "hers"})
    assert stopped.status_code == 429
    assert stopped.json["message"].startswith("You've reached the limit. Try again in ")
    assert "Retry-After" in stopped.headers
    assert api("GET", mine).json["about_me"] == ""


def test_mails_to_new_addresses_of_pages_and_programs_are_counted_together(api, susan, mails_waiting, at_her_browser):
    for number in range(5):
        assert api("PUT", f"/users/{susan.id}", asked_for_an_address(number)).status_code == 200
        assert at_her_browser("/settings/address", **asked_for_an_address(number)).status_code == 302
    assert api("PUT", f"/users/{susan.id}", asked_for_an_address(5)).status_code == 429
    assert at_her_browser("/settings/address", **asked_for_an_address(5)).status_code == 429
    assert mails_waiting() == 10


def test_wrong_passwords_of_pages_and_programs_are_counted_together(api, susan, at_her_browser):
    wrong = {"password": "wrong horse", "new_password": "battery staple", "new_password2": "battery staple"}
    for number in range(3):
        assert api("PUT", f"/users/{susan.id}", asked_for_an_address(number, "wrong horse")).status_code == 400
        assert at_her_browser("/settings/address", **asked_for_an_address(number, "wrong horse")).status_code == 400
        assert at_her_browser("/settings/password", **wrong).status_code == 400
    assert at_her_browser("/settings/password", **wrong).status_code == 400
    assert api("PUT", f"/users/{susan.id}", asked_for_an_address(4)).status_code == 429
    assert at_her_browser("/settings/address", **asked_for_an_address(4)).status_code == 429
    assert at_her_browser("/settings/password", **wrong | {"password": "correct horse"}).status_code == 429


def test_each_persons_tries_are_counted_apart(api, susan, john, token_of):
    for number in range(11):
        stopped = api("PUT", f"/users/{susan.id}", asked_for_an_address(number, "wrong horse"))
    assert stopped.status_code == 429
    assert api("PUT", f"/users/{john.id}", asked_for_an_address(1), token=token_of(john)).status_code == 200


@pytest.mark.parametrize(
    "change", [{"about_me": "I vote."}, {"password": "wrong horse"}, {"email": "SUSAN@example.com"}]
)
def test_a_change_that_brings_no_other_address_does_not_count(api, susan, change):
    mine = f"/users/{susan.id}"
    for _time in range(11):
        assert api("PUT", mine, change).status_code == 200
    assert api("PUT", mine, asked_for_an_address(1)).status_code == 200


def test_what_is_asked_of_anothers_account_does_not_count(api, susan, john):
    for number in range(11):
        assert api("PUT", f"/users/{john.id}", asked_for_an_address(number)).status_code == 403
    assert api("PUT", f"/users/{susan.id}", asked_for_an_address(1)).status_code == 200
