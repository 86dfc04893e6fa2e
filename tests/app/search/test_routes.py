import re

import pytest

from app.database import db
from app.users.services import update_profile

PAGES = ["/search", "/search/people"]


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


def shown(page) -> list[str]:
    """The bodies of the posts on a page, as HTML."""
    return re.findall(r'<p class="post-body"[^>]*>(.*?)</p>', page, re.DOTALL)


def listed(page) -> list[str]:
    """The usernames that a page lists."""
    rows = page.partition('<ul class="rows')[2].partition("</ul>")[0]
    return re.findall(r'href="/user/([^"]+)"', rows)


def link(page, rel) -> str | None:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return match and match[1].replace("&amp;", "&")


@pytest.mark.parametrize("path", PAGES)
def test_search_redirects_visitors_to_sign_in(client, make_user, path):
    make_user("susan")
    response = client.get(f"{path}?q=hello")
    assert (response.status_code, response.location) == (302, f"/auth/login?next={path}?q%3Dhello")


def test_matches_are_highlighted_and_posts_escaped(client, susan, write):
    write(susan, "other", "<b>Un café</b>")
    page = client.get("/search?q=CAFE").text
    assert shown(page) == ["&lt;b&gt;Un <mark>café</mark>&lt;/b&gt;"]
    assert shown(client.get("/").text)[0] == "&lt;b&gt;Un café&lt;/b&gt;"


def test_people_are_listed_above_the_posts(client, susan, make_user):
    update_profile(make_user("zoe"), username="zoe", display_name="Zoé Sus<i>", about_me="", locale=None)
    db.session.commit()
    page = client.get("/search?q=sus").text
    assert listed(page) == ["zoe", "susan"]
    assert "Zoé <mark>Sus</mark>&lt;i&gt;" in page
    assert "View all people" not in page


def test_more_than_three_people_are_on_another_page(client, susan, make_user):
    for number in range(4):
        make_user(f"anna_{number}")
    page = client.get("/search?q=anna").text
    assert listed(page) == ["anna_3", "anna_2", "anna_1"]
    assert 'href="/search/people?q=anna"' in page
    assert listed(client.get("/search/people?q=anna").text) == ["anna_3", "anna_2", "anna_1", "anna_0"]


def test_pager_keeps_the_query(client, susan, write):
    write(susan, *(f"I & susan {number}" for number in range(30)))
    first = client.get("/search?q=%26+susan").text
    assert (len(shown(first)), listed(first)) == (25, ["susan"])
    second = client.get(link(first, "next")).text
    assert len(shown(second)) == 5
    assert listed(second) == []  # people are on the first page only
    assert 'value="&amp; susan"' in second
    assert shown(client.get(link(second, "prev")).text) == shown(first)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("query", "advice"),
    [("", "Enter"), ("%20", "Enter"), ("%22", "Enter"), ("*", "Enter"), ("%E2%80%A6", "Enter"), ("q", "Try")],
)
def test_empty_result_says_what_to_do(client, susan, path, query, advice):
    page = client.get(f"{path}?q={query}")
    assert page.status_code == 200
    assert re.search(rf'class="empty".*<p>{advice} ', page.text, re.DOTALL)


@pytest.mark.parametrize("path", PAGES)
def test_page_after_the_last_result_links_to_the_first(client, susan, write, path):
    write(susan, "susan")
    page = client.get(f"{path}?q=susan&before=1").text
    assert "No more results" in page
    assert f'href="{path}?q=susan"' in page


@pytest.mark.parametrize("path", PAGES)
def test_any_query_has_a_page(client, susan, path):
    for query in ("don't", '"', "AND", "C++", "(", "a" * 1000, "日" * 1000, "🫠", "<script>", "\u202e", "%"):
        page = client.get(path, query_string={"q": query})
        assert page.status_code == 200, query
        assert "<script>" not in page.text
    assert client.get(f"{path}?q=a%00b").status_code == 400
    assert client.get(f"{path}?q=a&before=x").status_code == 400


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("query", ["x" * 1001, "ねこ" * 501, "🐈 " * 600], ids=["letters", "kana", "emoji"])
def test_query_longer_than_the_box_is_refused_and_kept(client, susan, read_form, path, query):
    page = client.get(path, query_string={"q": query})
    assert page.status_code == 400
    assert "Use at most 1000 characters." in page.text
    box = re.search(r'<input[^>]* id="query"[^>]*>', page.text)[0]
    assert f'value="{query}"' in box
    assert 'maxlength="1000"' in box
    assert "autofocus" in box
    assert "<title>Error: Search " in page.text


def test_text_direction_of_the_query_is_isolated(client, susan):
    assert re.search(r'<input[^>]*value="\u202eevil"[^>]*dir="auto"', client.get("/search?q=\u202eevil").text)


def test_search_box_is_shown_to_signed_in_users_only(client, susan):
    assert 'action="/search"' in client.get("/").text
    client.post(
        "/auth/logout", data={"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)[1]}
    )
    assert 'action="/search"' not in client.get("/auth/login").text


def test_number_of_queries_does_not_grow_with_results(client, susan, write, statements):
    """On SQLite: the viewer, the ids of posts, posts, the ids of users, users."""
    write(susan, *(f"susan {number}" for number in range(30)))
    counts = []
    for query in ("susan", "29"):
        client.get(f"/search?q={query}")
        with statements() as sent:
            client.get(f"/search?q={query}")
        counts.append(len(sent))
    assert counts[0] <= (5 if db.engine.dialect.name == "sqlite" else 8)
    assert counts[1] <= counts[0] + 2
