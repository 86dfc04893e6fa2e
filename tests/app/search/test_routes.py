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
    """The texts of the posts on a page, as HTML."""
    return re.findall(r'<p class="post-body"[^>]*>(.*?)</p>', page, re.DOTALL)


def listed(page) -> list[str]:
    """The profiles that a page lists."""
    rows = page.partition('<ul class="rows')[2].partition("</ul>")[0]
    return re.findall(r'href="/user/([^"]+)"', rows)


def link(page, rel) -> str | None:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return match and match[1].replace("&amp;", "&")


@pytest.mark.parametrize("path", PAGES)
def test_a_visitor_is_asked_to_log_in_and_led_back(client, make_user, path):
    make_user("susan")
    response = client.get(f"{path}?q=hello")
    assert (response.status_code, response.location) == (302, f"/auth/login?next={path}?q%3Dhello")


def test_posts_are_found_and_what_was_asked_for_is_marked_and_escaped(client, susan, write):
    write(susan, "other", "<b>Un café</b>")
    page = client.get("/search?q=CAFE").text
    assert shown(page) == ["&lt;b&gt;Un <mark>café</mark>&lt;/b&gt;"]
    assert shown(client.get("/").text)[0] == "&lt;b&gt;Un café&lt;/b&gt;"


def test_people_stand_above_the_posts(client, susan, make_user):
    update_profile(make_user("zoe"), username="zoe", display_name="Zoé Sus<i>", about_me="", locale=None)
    db.session.commit()
    page = client.get("/search?q=sus").text
    assert listed(page) == ["zoe", "susan"]
    assert "Zoé <mark>Sus</mark>&lt;i&gt;" in page
    assert "All people of that name" not in page


def test_more_people_are_on_a_page_of_their_own(client, susan, make_user):
    for number in range(4):
        make_user(f"anna_{number}")
    page = client.get("/search?q=anna").text
    assert listed(page) == ["anna_3", "anna_2", "anna_1"]
    assert 'href="/search/people?q=anna"' in page
    assert listed(client.get("/search/people?q=anna").text) == ["anna_3", "anna_2", "anna_1", "anna_0"]


def test_pages_lead_to_one_another_and_keep_the_question(client, susan, write):
    write(susan, *(f"I & susan {number}" for number in range(30)))
    first = client.get("/search?q=%26+susan").text
    assert (len(shown(first)), listed(first)) == (25, ["susan"])
    second = client.get(link(first, "next")).text
    assert len(shown(second)) == 5
    assert listed(second) == []  # people are on the first page alone
    assert 'value="&amp; susan"' in second
    assert shown(client.get(link(second, "prev")).text) == shown(first)


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize(
    ("question", "advice"),
    [("", "Type"), ("%20", "Type"), ("%22", "Type"), ("*", "Type"), ("%E2%80%A6", "Type"), ("q", "Try")],
)
def test_where_nothing_is_found_the_page_says_what_to_do(client, susan, path, question, advice):
    page = client.get(f"{path}?q={question}")
    assert page.status_code == 200
    assert re.search(rf'class="empty".*<p>{advice} ', page.text, re.DOTALL)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_before_everything_leads_back_to_the_newest(client, susan, write, path):
    write(susan, "susan")
    page = client.get(f"{path}?q=susan&before=1").text
    assert "That is all" in page
    assert f'href="{path}?q=susan"' in page


@pytest.mark.parametrize("path", PAGES)
def test_no_question_raises(client, susan, path):
    for question in ("don't", '"', "AND", "C++", "(", "a" * 3000, "日" * 300, "🫠", "<script>", "\u202e", "%"):
        page = client.get(path, query_string={"q": question})
        assert page.status_code == 200, question
        assert "<script>" not in page.text
    assert client.get(f"{path}?q=a%00b").status_code == 400
    assert client.get(f"{path}?q=a&before=x").status_code == 400


def test_what_was_asked_is_isolated_from_the_page(client, susan):
    assert re.search(r'<input[^>]*value="\u202eevil"[^>]*dir="auto"', client.get("/search?q=\u202eevil").text)


def test_every_page_of_a_person_has_the_search_box_and_no_other(client, susan):
    assert 'action="/search"' in client.get("/").text
    client.post(
        "/auth/logout", data={"csrf_token": re.search(r'name="csrf_token" value="([^"]+)"', client.get("/").text)[1]}
    )
    assert 'action="/search"' not in client.get("/auth/login").text


def test_a_page_takes_a_fixed_number_of_statements(client, susan, write, statements):
    """On SQLite: who asks, posts found, their rows, people found, their rows."""
    write(susan, *(f"susan {number}" for number in range(30)))
    counts = []
    for question in ("susan", "29"):
        client.get(f"/search?q={question}")
        with statements() as sent:
            client.get(f"/search?q={question}")
        counts.append(len(sent))
    assert counts[0] <= (5 if db.engine.dialect.name == "sqlite" else 8)
    assert counts[1] <= counts[0] + 2
