"""Finding, on the database of the run; what makes a word is in test_words.py."""

import pytest

from app.database import db
from app.pagination import NEWEST, Key
from app.search import mysql_fulltext, queries
from app.search.words import asked

NASTY = [
    "don't", "multi-agent", '"', '""', "'", "AND", "OR", "NOT a", "NEAR(a b)", "a AND", "C++", "#tag", "@bob", "*",
    "a*", "(", ")", "+", "-", "~", "+a -b", "<", ">", "a:b", "words:a", "^a", "{a}", "%", "_", "\\", "a\\", ";", "--",
    "/*", "\x1f", "a\0b", "\0", "\ud800", "🫠", "👩‍👩‍👧‍👦", "\u202eabc", "…", "日本",
    "z" * 5000, "a " * 5000, "日" * 5000,
    ":terms", "%(a)s", "?",
]  # fmt: skip


@pytest.mark.parametrize("question", NASTY)
def test_no_question_raises(found, people_found, susan, write, question):
    write(susan, "hello")
    assert found(question) == []
    people_found(question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("was what the of to", "the"),
        ("I am at it", "it"),
        ("today I ate 🫠 and 👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦"),
        ("今日は日本の朝ごはんです", "日本"),
        ("Un Café", "CAFE"),
        ("x" * 130, "x" * 130),
    ],
)
def test_short_words_stop_words_emoji_and_other_scripts_are_found(found, susan, write, text, question):
    write(susan, text, "something else 🍺")
    assert found(question) == [text]


def test_posts_with_all_the_words_are_found_newest_first(found, susan, write):
    write(susan, "tea and rain", "rain", "the rain, then tea", "tea")
    assert found("tea rain") == ["the rain, then tea", "tea and rain"]
    assert found("tea snow") == []


def pages(question, size):
    """All pages from the newest on, and from the oldest back."""
    forth, key = [], NEWEST
    while key:
        page = queries.posts(asked(question), key, size)
        forth.append([row.id for row in page.items])
        key = page.older
    back, key = [forth[-1]], page.newer
    while key:
        page = queries.posts(asked(question), key, size)
        back.insert(0, [row.id for row in page.items])
        key = page.newer
    return forth, back


@pytest.fixture(params=["looked at", "index"])
def way(request, monkeypatch):
    """Both ways by which MySQL and MariaDB find."""
    monkeypatch.setattr(mysql_fulltext, "NEAREST", 5000 if request.param == "looked at" else 1)


def test_pages_by_key_have_each_post_once_both_ways(susan, write, way):
    for number in range(7):
        write(susan, f"rain {number}", "sun")
    forth, back = pages("rain", 3)
    assert [len(page) for page in forth] == [3, 3, 1]
    assert forth == back


def test_a_post_found_meanwhile_moves_no_page(susan, write):
    write(susan, "rain 1", "rain 2", "rain 3")
    older = queries.posts(asked("rain"), NEWEST, 2).older
    write(susan, "rain 4")
    assert [row.body for row in queries.posts(asked("rain"), older, 2).items] == ["rain 1"]


@pytest.mark.parametrize("key", [Key(before=0), Key(before=2**63 - 1), Key(after=0), Key(after=2**63 - 1)])
def test_any_key_is_a_place(susan, write, key):
    write(susan, "rain")
    assert len(queries.posts(asked("rain"), key, 2).items) == (0 if key.before == 0 else 1)


@pytest.mark.parametrize("question", ["susan", "SUS", "brontë", "BRONTE", "susan b", "b_anthony"])
def test_people_are_found_by_how_their_names_begin(people_found, make_user, question):
    make_user("john")
    make_user("Susan_B_Anthony").display_name = "-"
    person = make_user("emily")
    from app.users.services import update_profile

    update_profile(person, username="emily", display_name="Emily Brontë", about_me="", locale=None)
    db.session.commit()
    assert people_found(question) == (["emily"] if "bront" in question.lower() else ["Susan_B_Anthony"])


def test_people_are_paged_by_key(make_user, way):
    for number in range(5):
        make_user(f"anna_{number}")
    page = queries.people(asked("ann"), NEWEST, 3)
    assert [row.username for row in page.items] == ["anna_4", "anna_3", "anna_2"]
    page = queries.people(asked("ann"), page.older, 3)
    assert [row.username for row in page.items] == ["anna_1", "anna_0"]
    assert [row.username for row in queries.people(asked("ann"), page.newer, 3).items] == ["anna_4", "anna_3", "anna_2"]
