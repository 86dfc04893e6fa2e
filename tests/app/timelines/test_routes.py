import re

import pytest

from app.database import db
from app.posts.services import create_post

SIZE = 25
TIMELINES = ["/", "/explore", "/user/susan"]


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


def shown(page) -> list[int]:
    """The ids of the posts on a page, in order."""
    return [int(number) for number in re.findall(r'<article class="post" id="post-(\d+)"', page)]


def link(page, rel) -> str | None:
    match = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    return match and match[1].replace("&amp;", "&")


@pytest.mark.parametrize("path", TIMELINES)
def test_timeline_redirects_visitors_to_sign_in(client, make_user, path):
    make_user("susan")
    response = client.get(path)
    assert response.status_code == 302
    assert response.location.startswith("/auth/login?next=")


def test_index_redirects_home_with_its_query(client):
    response = client.get("/index?before=7")
    assert (response.status_code, response.location) == (301, "/?before=7")
    assert client.get("/index?_external=1&_scheme=ftp").location == "/?_external=1&_scheme=ftp"


@pytest.mark.parametrize("path", TIMELINES)
def test_empty_timeline_has_no_posts_and_no_pager(client, susan, path):
    page = client.get(path)
    assert page.status_code == 200
    assert "No posts yet" in page.text
    assert link(page.text, "next") is None


@pytest.mark.parametrize("path", TIMELINES)
def test_page_before_all_posts_links_to_the_newest(client, susan, write, path):
    page = client.get(f"{path}?before={write(susan, 'one')}").text
    assert shown(page) == []
    assert f'href="{path}"' in page


def test_composer_is_on_home_only(client, susan):
    assert "data-graphemes-max" in client.get("/").text
    assert "data-graphemes-max" not in client.get("/explore").text


@pytest.mark.parametrize("path", TIMELINES)
def test_older_pages_show_each_post_once_while_new_ones_arrive(client, susan, write, path):
    first = write(susan, "0")
    last = write(susan, *(str(number) for number in range(1, 60)))
    address, seen = path, []
    while address:
        page = client.get(address).text
        seen += shown(page)
        address = link(page, "next")
        write(susan, "meanwhile", "and again")
    assert seen == list(range(last, first - 1, -1))


@pytest.mark.parametrize("path", TIMELINES)
def test_newer_links_lead_back_to_the_newest_page(client, susan, write, path):
    write(susan, *(str(number) for number in range(60)))
    newest = client.get(path).text
    older = client.get(link(newest, "next")).text
    oldest = client.get(link(older, "next")).text
    assert link(newest, "prev") is None
    assert shown(client.get(link(oldest, "prev")).text) == shown(older)
    assert shown(client.get(link(older, "prev")).text) == shown(newest)


@pytest.mark.parametrize("path", TIMELINES)
@pytest.mark.parametrize(
    "query",
    [
        "before=99999999999999999999",
        "after=99999999999999999999",
        "before=0",
        "after=0",
        "page=-1",
        "before=" + "9" * 4000,
    ],
)
def test_id_of_no_post_shows_the_nearest_page(client, susan, write, path, query):
    write(susan, "one")
    assert client.get(f"{path}?{query}").status_code == 200


@pytest.mark.parametrize("path", TIMELINES)
@pytest.mark.parametrize(
    "query",
    [
        "before=-1",
        "before=abc",
        "after=",
        "before=1e9",
        "before=%F0%9F%AB%A0",
        "before=%00",
        "before=2&after=1",
        "after=1&after=1",
    ],
)
def test_malformed_key_is_a_bad_request(client, susan, path, query):
    assert client.get(f"{path}?{query}").status_code == 400


@pytest.mark.parametrize("path", TIMELINES)
def test_post_shows_and_links_its_author(client, susan, write, path):
    post_id = write(susan, "Hello")
    post = re.search(rf'<article class="post" id="post-{post_id}".*?</article>', client.get(path).text, re.S)[0]
    assert f'src="/avatar/{susan.id}.svg"' in post
    assert '<a class="post-author" href="/user/susan">' in post
    assert re.search(r"<p[^>]*>Hello</p>", post)


def test_text_direction_is_isolated(client, susan, write):
    susan.display_name = "\u202esusan"
    write(susan, "\u202eآخر")
    page = client.get("/explore").text
    assert "<bdi>\u202esusan</bdi>" in page
    assert '<p class="post-body" dir="auto">\u202eآخر</p>' in page


def test_names_and_bodies_are_escaped(client, susan, write):
    susan.display_name = "<i>susan</i>"
    write(susan, "<script>alert(1)</script>\"'&amp;")
    page = client.get("/explore").text
    assert "<script>alert" not in page
    assert "<i>susan" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&#34;&#39;&amp;amp;" in page


@pytest.mark.parametrize("path", TIMELINES)
def test_number_of_queries_does_not_grow_with_posts(app, client, susan, make_user, let_follow, write, statements, path):
    limit = 5
    followed = [make_user(f"user_{number}") for number in range(24)]
    let_follow(susan, *followed)
    create_post(susan.id, "one")
    db.session.commit()
    client.get(path)  # fills the caches
    with statements() as for_one:
        assert len(shown(client.get(path).text)) == 1
    for author in [susan, *followed]:
        create_post(author.id, "Hello")
    db.session.commit()
    for _ in range(SIZE):
        create_post(susan.id, "again")
    db.session.commit()
    with statements() as for_many:
        assert len(shown(client.get(path).text)) == SIZE
    assert len(for_many) <= len(for_one) <= limit, for_many
