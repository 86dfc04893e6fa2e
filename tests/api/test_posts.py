import re

import pytest

from app.database import db
from app.relationships.services import follow


@pytest.fixture
def follow_link(api):
    """`follow_link(answer, "next")`: get what a Link header of `answer` refers to, or None."""

    def follow_link(answer, relation):
        for link in answer.headers.getlist("Link"):
            found = re.fullmatch(rf'<http://localhost/api([^>]+)>; rel="{relation}"', link)
            if found:
                return api("GET", found[1])
        return None

    return follow_link


def bodies(answer):
    return [post["body"] for post in answer.json["items"]]


def test_post_is_created_read_and_deleted(api, susan):
    written = api("POST", "/posts", {"body": "  Hello\r\n👩‍👩‍👧‍👦 "})
    assert written.status_code == 201
    assert written.json["body"] == "Hello\n👩‍👩‍👧‍👦"
    assert written.json["author"] == {"id": susan.id, "username": "susan", "display_name": ""}
    link = written.headers["Location"].removeprefix("/api")
    assert api("GET", link).json == written.json
    assert api("DELETE", link).status_code == 204
    assert api("GET", link).status_code == 404
    assert api("DELETE", link).status_code == 404


@pytest.mark.parametrize(
    ("given", "language"),
    [({}, "fr"), ({"language": None}, "fr"), ({"language": "pt-BR"}, "pt"), ({"language": ""}, "fr")],
)
def test_language_of_a_post_is_the_given_one_or_detected(api, given, language):
    written = api("POST", "/posts", {"body": "Quelle belle journée pour une promenade"} | given)
    assert (written.status_code, written.json["language"]) == (201, language)
    for path in (f"/posts/{written.json['id']}", "/posts", "/timelines/home"):
        answer = api("GET", path).json
        assert answer.get("items", [answer])[0]["language"] == language


@pytest.mark.parametrize("language", ["klingon", 3, [], {}])
def test_unknown_language_is_refused_with_the_name_of_the_field(api, language):
    answer = api("POST", "/posts", {"body": "Hello", "language": language})
    assert answer.status_code == 400
    assert answer.json["message"].startswith("language: ")


@pytest.mark.parametrize("body", ["", "\u200b", "x" * 141, "nul\x07", None, 3, [], {}])
def test_invalid_body_is_refused_with_the_name_of_the_field(api, body):
    answer = api("POST", "/posts", {"body": body})
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")
    assert answer.json["message"].startswith("body: ")


def test_deleting_another_users_post_is_refused(api, john, write):
    write(john, "his")
    [post] = api("GET", "/posts").json["items"]
    assert api("DELETE", f"/posts/{post['id']}").status_code == 403


def test_administrator_can_delete_any_post(api, susan, make_administrator, token_of, write):
    post = f"/posts/{write(susan, 'spam')}"
    assert api("DELETE", post, token=token_of(make_administrator("mary"))).status_code == 204
    assert api("GET", post).status_code == 404


@pytest.mark.parametrize("path", ["/posts", "/timelines/public", "/timelines/home", "/users/1/posts"])
def test_list_of_posts_is_paged_by_key_in_both_directions(api, susan, write, follow_link, path):
    path = path.replace("/1/", f"/{susan.id}/")
    for number in range(5):
        write(susan, f"post {number}")
    first = api("GET", f"{path}?limit=2")
    second = follow_link(first, "next")
    third = follow_link(second, "next")
    assert [bodies(page) for page in (first, second, third)] == [["post 4", "post 3"], ["post 2", "post 1"], ["post 0"]]
    assert follow_link(third, "next") is follow_link(first, "prev") is None
    assert bodies(follow_link(third, "prev")) == ["post 2", "post 1"]


def test_page_of_a_list_repeats_no_header_but_link(api, susan, write):
    for number in range(3):
        write(susan, f"post {number}")
    newest = api("GET", "/posts").json["items"][0]["id"]
    response = api("GET", f"/posts?limit=1&before={newest}")
    names = [name for name, _value in response.headers]
    assert {name for name in names if names.count(name) > 1} == {"Link"}


def test_home_timeline_has_posts_of_the_user_and_those_they_follow(api, susan, john, make_user, write):
    mary = make_user("mary")
    for user in (susan, john, mary):
        write(user, f"by {user.username}")
    follow(susan.id, john.id)
    db.session.commit()
    assert bodies(api("GET", "/timelines/home")) == ["by john", "by susan"]
    assert bodies(api("GET", "/timelines/public")) == ["by mary", "by john", "by susan"]
    assert bodies(api("GET", f"/users/{mary.id}/posts")) == ["by mary"]


@pytest.mark.parametrize("query", ["before=x", "before=-1", "limit=0", "limit=101", "before=1&after=2", "after="])
def test_invalid_key_is_refused(api, query):
    assert api("GET", f"/timelines/home?{query}").status_code == 400


@pytest.mark.parametrize("query", ["before=99999999999999999999999", "after=0", "before=0"])
def test_key_of_no_post_is_accepted(api, query):
    assert api("GET", f"/timelines/home?{query}").status_code == 200


def test_posts_are_limited_to_thirty_per_minute(api):
    for number in range(30):
        assert api("POST", "/posts", {"body": f"post {number}"}).status_code == 201
    assert api("POST", "/posts", {"body": "one more"}).status_code == 429
