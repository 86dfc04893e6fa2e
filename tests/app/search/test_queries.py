"""Search on the database of the run; test_words.py tests how text is split."""

import pytest

from app.database import db
from app.pagination import NEWEST, Key
from app.search import mysql_fulltext, queries
from app.search.words import query_terms
from app.users.services import update_profile

NASTY = [
    "don't", "multi-agent", '"', '""', "'", "AND", "OR", "NOT a", "NEAR(a b)", "a AND", "C++", "#tag", "@bob", "*",
    "a*", "(", ")", "+", "-", "~", "+a -b", "<", ">", "a:b", "words:a", "^a", "{a}", "%", "_", "\\", "a\\", ";", "--",
    "/*", "\x1f", "a\0b", "\0", "\ud800", "🫠", "👩‍👩‍👧‍👦", "\u202eabc", "…", "日本",
    "z" * 5000, "a " * 5000, "日" * 5000,
    ":terms", "%(a)s", "?",
]  # fmt: skip


@pytest.mark.parametrize("query", NASTY)
def test_no_query_raises(found, users_found, susan, write, query):
    write(susan, "hello")
    assert found(query) == []
    users_found(query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("was what the of to", "the"),
        ("I am at it", "it"),
        ("today I ate 🫠 and 👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
        ("今日は日本の朝ごはんです", "日本"),
        ("Un Café", "CAFE"),
        ("x" * 130, "x" * 130),
    ],
)
def test_short_words_stop_words_emoji_and_scripts_are_found(found, susan, write, text, query):
    write(susan, text, "something else 🍺")
    assert found(query) == [text]


def test_posts_with_all_terms_are_found_newest_first(found, susan, write):
    write(susan, "tea and rain", "rain", "the rain, then tea", "tea")
    assert found("tea rain") == ["the rain, then tea", "tea and rain"]
    assert found("tea snow") == []


def pages(query, size):
    """The ids on all pages, from the newest on, and from the oldest back."""
    forth, key = [], NEWEST
    while key:
        page = queries.posts(query_terms(query), key, size)
        forth.append([row.id for row in page.items])
        key = page.older
    back, key = [forth[-1]], page.newer
    while key:
        page = queries.posts(query_terms(query), key, size)
        back.insert(0, [row.id for row in page.items])
        key = page.newer
    return forth, back


@pytest.fixture(params=["scan", "index"])
def method(request, monkeypatch):
    """Both ways in which MySQL and MariaDB search."""
    monkeypatch.setattr(mysql_fulltext, "SCAN_LIMIT", 5000 if request.param == "scan" else 1)


def test_pages_have_each_post_once_in_both_directions(susan, write, method):
    for number in range(7):
        write(susan, f"rain {number}", "sun")
    forth, back = pages("rain", 3)
    assert [len(page) for page in forth] == [3, 3, 1]
    assert forth == back


def test_new_match_does_not_shift_older_pages(susan, write):
    write(susan, "rain 1", "rain 2", "rain 3")
    older = queries.posts(query_terms("rain"), NEWEST, 2).older
    write(susan, "rain 4")
    assert [row.body for row in queries.posts(query_terms("rain"), older, 2).items] == ["rain 1"]


@pytest.mark.parametrize("key", [Key(before=0), Key(before=2**63 - 1), Key(after=0), Key(after=2**63 - 1)])
def test_key_of_no_post_gives_the_nearest_page(susan, write, key):
    write(susan, "rain")
    assert len(queries.posts(query_terms("rain"), key, 2).items) == (0 if key.before == 0 else 1)


@pytest.mark.parametrize("query", ["susan", "SUS", "brontë", "BRONTE", "susan b", "b_anthony"])
def test_users_are_found_by_the_beginnings_of_their_names(users_found, make_user, query):
    make_user("john")
    make_user("Susan_B_Anthony").display_name = "-"
    emily = make_user("emily")
    update_profile(emily, username="emily", display_name="Emily Brontë", about_me="", locale=None)
    db.session.commit()
    assert users_found(query) == (["emily"] if "bront" in query.lower() else ["Susan_B_Anthony"])


def test_users_are_paged_in_both_directions(make_user, method):
    for number in range(5):
        make_user(f"anna_{number}")
    terms = query_terms("ann")
    first = queries.users(terms, NEWEST, 3)
    assert [row.username for row in first.items] == ["anna_4", "anna_3", "anna_2"]
    second = queries.users(terms, first.older, 3)
    assert [row.username for row in second.items] == ["anna_1", "anna_0"]
    assert queries.users(terms, second.newer, 3).items == first.items
