"""The piece of HTML that shows who somebody is beside the posts that they wrote."""

import pytest

from app.database import db
from app.users.services import delete_user


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


@pytest.fixture
def john(make_user):
    person = make_user("John")
    person.display_name, person.about_me = "John D.", "I write <b>here</b>"
    db.session.commit()
    return person


def test_a_card_says_who_it_is_and_no_more_than_a_piece_of_a_page(client, susan, john, let_follow, make_user):
    let_follow(john, susan, make_user("mary"))
    card = client.get("/user/John/popup")
    assert card.mimetype == "text/html"
    assert "<html" not in card.text
    for part in (
        f'src="/avatar/{john.id}.svg"',
        'href="/user/John"',
        ">John D.</bdi>",
        ">@John</bdi>",
        'dir="auto">I write &lt;b&gt;here&lt;/b&gt;<',
        "0 followers<",
        "2 following<",
        f'<time datetime="{john.last_seen_at.isoformat(timespec="seconds")}">',
        'formaction="/follow/John"',
    ):
        assert part in card.text


def test_a_card_of_somebody_one_follows_offers_to_follow_them_no_longer(client, susan, john, let_follow):
    let_follow(susan, john)
    card = client.get("/user/John/popup").text
    assert 'formaction="/unfollow/John"' in card
    assert "1 follower<" in card


def test_ones_own_card_leads_to_ones_profile_and_offers_to_edit_it(client, susan):
    card = client.get("/user/susan/popup").text
    assert "/follow/susan" not in card
    assert 'href="/edit_profile"' in card


def test_a_name_in_another_case_is_the_same_person(client, susan, john):
    assert 'href="/user/John"' in client.get("/user/jOHN/popup").text


def test_a_card_speaks_the_readers_language(client, susan, john):
    assert "0 abonné" in client.get("/user/John/popup", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize("name", ["nobody", "a%20b", "susan%20", "x" * 3000])
def test_there_is_no_card_of_nobody(client, susan, name):
    assert client.get(f"/user/{name}/popup").status_code == 404


def test_there_is_no_card_of_somebody_who_is_gone(client, susan, john):
    delete_user(john)
    db.session.commit()
    assert client.get("/user/John/popup").status_code == 404


def test_a_visitor_is_asked_to_log_in(client, john):
    response = client.get("/user/John/popup")
    assert (response.status_code, response.location) == (302, "/auth/login?next=/user/John/popup")


def test_a_card_takes_three_statements_however_many_follow(
    client, susan, john, make_user, let_follow, write, statements
):
    client.get("/user/John/popup")
    with statements() as for_few:
        client.get("/user/John/popup")
    for number in range(5):
        follower = make_user(f"person_{number}")
        let_follow(follower, john)
        let_follow(john, follower)
    write(john, "one", "two")
    with statements() as for_many:
        assert "5 followers<" in client.get("/user/John/popup").text
    assert len(for_few) == len(for_many) == 3, for_many


def test_a_script_whose_session_has_ended_is_told_so(client, john):
    assert client.get("/user/John/popup", headers={"X-Requested-With": "fetch"}).status_code == 401
