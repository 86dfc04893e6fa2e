import re

import pytest

from app.database import db
from app.users.services import update_profile

LINK = re.compile(r'<http://localhost/api(?P<path>[^>]+)>; rel="(?P<relation>\w+)"')


def bodies(answer):
    return [post["body"] for post in answer.json["items"]]


def test_search_finds_posts_by_their_words(api, susan, write):
    write(susan, "Un café à Paris")
    written = write(susan, "今日は日本の朝です CAFE")
    write(susan, "other")
    answer = api("GET", "/search?q=cafe")
    assert bodies(answer) == ["今日は日本の朝です CAFE", "Un café à Paris"]
    assert answer.json["items"][0] == api("GET", f"/posts/{written}").json
    assert bodies(api("GET", "/search?q=日本")) == ["今日は日本の朝です CAFE"]


def test_search_finds_users_by_the_start_of_their_names(api, susan, john):
    update_profile(john, username="john", display_name="Ján Suchý", about_me="", locale=None)
    db.session.commit()
    answer = api("GET", "/search/people?q=SU")
    assert answer.json["items"] == [
        {"id": john.id, "username": "john", "display_name": "Ján Suchý"},
        {"id": susan.id, "username": "susan", "display_name": ""},
    ]


def test_links_of_a_search_lead_through_all_its_pages(api, susan, write):
    for number in range(5):
        write(susan, f"rain & 日本 {number}")
    answer, seen = api("GET", "/search?q=rain+%26+日本&limit=2"), []
    while True:
        seen += bodies(answer)
        links = dict(LINK.fullmatch(link).group("relation", "path") for link in answer.headers.getlist("Link"))
        if "next" not in links:
            break
        answer = api("GET", links["next"])
    assert seen == [f"rain & 日本 {number}" for number in range(4, -1, -1)]
    assert bodies(api("GET", links["prev"])) == seen[2:4]


@pytest.mark.parametrize("path", ["/search", "/search/people"])
def test_query_without_words_finds_nothing_and_a_missing_one_is_refused(api, path):
    for query in ("", "*", '"', "don't (", "x" * 1000):
        assert api("GET", path, query_string={"q": query}).json["items"] == []
    too_long = api("GET", path, query_string={"q": "x" * 1001})
    assert (too_long.status_code, too_long.json["message"]) == (400, "q: Use at most 1000 characters.")
    missing = api("GET", path)
    assert (missing.status_code, "q" in missing.json["message"]) == (400, True)
    assert api("GET", f"{path}?q=a%00b").status_code == 400
    assert api("GET", f"{path}?q=a&before=-1").status_code == 400
    assert api("GET", f"{path}?q=a&before=1&after=1").status_code == 400
    assert api("GET", f"{path}?q=a", token="wrong").status_code == 401
