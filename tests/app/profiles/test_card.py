"""The card of a user, a fragment of HTML."""

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
    user = make_user("John")
    user.display_name, user.about_me = "John D.", "I write <b>here</b>"
    db.session.commit()
    return user


def test_card_is_a_fragment_with_the_users_details(client, susan, john, let_follow, make_user):
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


def test_card_of_followed_user_offers_unfollow(client, susan, john, let_follow):
    let_follow(susan, john)
    card = client.get("/user/John/popup").text
    assert 'formaction="/unfollow/John"' in card
    assert "1 follower<" in card


def test_own_card_offers_editing_instead_of_follow(client, susan):
    card = client.get("/user/susan/popup").text
    assert "/follow/susan" not in card
    assert 'href="/edit_profile"' in card


def test_card_ignores_case_of_username(client, susan, john):
    assert 'href="/user/John"' in client.get("/user/jOHN/popup").text


def test_card_is_in_viewers_language(client, susan, john):
    assert "0 abonné" in client.get("/user/John/popup", headers={"Accept-Language": "fr"}).text


@pytest.mark.parametrize("name", ["nobody", "a%20b", "susan%20", "x" * 3000])
def test_card_of_unknown_user_is_not_found(client, susan, name):
    assert client.get(f"/user/{name}/popup").status_code == 404


def test_card_of_deleted_user_is_not_found(client, susan, john):
    delete_user(john)
    db.session.commit()
    assert client.get("/user/John/popup").status_code == 404


def test_card_redirects_visitor_to_sign_in(client, john):
    response = client.get("/user/John/popup")
    assert (response.status_code, response.location) == (302, "/auth/login?next=/user/John/popup")


def test_card_takes_three_statements_with_many_followers(client, susan, john, make_user, let_follow, write, statements):
    client.get("/user/John/popup")
    with statements() as for_few:
        client.get("/user/John/popup")
    for number in range(5):
        follower = make_user(f"follower_{number}")
        let_follow(follower, john)
        let_follow(john, follower)
    write(john, "one", "two")
    with statements() as for_many:
        assert "5 followers<" in client.get("/user/John/popup").text
    assert len(for_few) == len(for_many) == 3, for_many


def test_card_answers_401_to_script_of_ended_session(client, john):
    assert client.get("/user/John/popup", headers={"X-Requested-With": "fetch"}).status_code == 401
