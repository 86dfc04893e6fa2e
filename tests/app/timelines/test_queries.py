import re

import pytest

from app.database import LARGEST_ID, db
from app.pagination import Key
from app.relationships.services import unfollow
from app.timelines import queries
from app.users.services import delete_user

SIZE = 25


def bodies(page):
    return [post.body for post in page.items]


def test_home_has_own_and_followed_posts_newest_first(susan, make_user, write, let_follow):
    john, mary = make_user("john"), make_user("mary")
    let_follow(susan, john)
    let_follow(mary, susan)
    write(susan, "one")
    write(john, "two")
    write(mary, "not for susan")
    write(susan, "three")
    assert bodies(queries.home(susan.id, Key(), SIZE)) == ["three", "two", "one"]
    unfollow(susan.id, john.id)
    assert bodies(queries.home(susan.id, Key(), SIZE)) == ["three", "one"]


def test_home_is_the_same_above_the_limit_for_in(susan, make_user, write, let_follow, monkeypatch):
    john, mary, anna = make_user("john"), make_user("mary"), make_user("anna")
    let_follow(susan, john, mary)
    write(john, "one")
    write(anna, "not for susan")
    write(mary, "two")
    write(susan, "three")
    few = queries.home(susan.id, Key(), SIZE)
    monkeypatch.setattr(queries, "IN_LIMIT", 1)
    assert queries.home(susan.id, Key(), SIZE).items == few.items
    assert bodies(few) == ["three", "two", "one"]


@pytest.mark.parametrize("recent", [0, 2, 4000])
def test_home_is_the_same_for_any_number_of_recent_posts(susan, make_user, write, let_follow, monkeypatch, recent):
    monkeypatch.setattr(queries, "RECENT", recent)
    john, mary = make_user("john"), make_user("mary")
    let_follow(susan, john)
    write(susan, "one")
    write(john, "two")
    write(mary, "not for susan", "nor this")
    oldest = write(john, "three")
    write(mary, "nor that")
    newest = queries.home(susan.id, Key(), 2)
    assert bodies(newest) == ["three", "two"]
    assert bodies(queries.home(susan.id, newest.older, 2)) == ["one"]
    assert bodies(queries.home(susan.id, Key(after=oldest - 5), 2)) == ["two", "one"]
    assert bodies(queries.home(susan.id, Key(after=LARGEST_ID), 2)) == ["three", "two"]
    assert bodies(queries.home(susan.id, Key(before=LARGEST_ID), 2)) == ["three", "two"]


def test_server_needs_one_query_for_a_home_of_recent_posts(susan, write, statements, monkeypatch):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite, in the same process, saves no time with a single query")
    write(susan, *"abcd")
    susan_id = susan.id
    with statements() as sent:
        queries.home(susan_id, Key(), 3)
    assert len(sent) == 1
    monkeypatch.setattr(queries, "RECENT", 2)
    with statements() as sent:
        queries.home(susan_id, Key(), 3)
    assert len(sent) == 3


def steps_of(statement, parameters):
    """The steps of SQLite's plan."""
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
    return [row.detail for row in plan]


@pytest.mark.parametrize("side", ["", "before", "after"])
def test_sqlite_sorts_nothing_for_a_home_of_recent_posts(susan, make_user, write, let_follow, statements, side):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("test_plans.py has a server's plans")
    john = make_user("john")
    let_follow(susan, john)
    write(susan, *"abc")
    middle = write(john, *"def")
    write(susan, *"ghi")
    susan_id = susan.id
    with statements() as sent:
        page = queries.home(susan_id, Key(**({side: middle} if side else {})), 2)
    assert len(page.items) == 2
    assert [step for step in steps_of(*sent[-1]) if "TEMP B-TREE" in step] == []


def test_public_has_all_posts_and_profile_those_of_one_user(susan, make_user, write):
    john = make_user("john")
    write(susan, "one")
    write(john, "two")
    write(susan, "three")
    assert bodies(queries.public(Key(), SIZE)) == ["three", "two", "one"]
    assert bodies(queries.profile(susan.id, Key(), SIZE)) == ["three", "one"]
    assert bodies(queries.profile(john.id, Key(), SIZE)) == ["two"]


def test_row_has_post_and_author(susan, write):
    susan.display_name = "Susan 🫠"
    post_id = write(susan, "👩‍👩‍👧‍👦\nمرحبا")
    (row,) = queries.public(Key(), SIZE).items
    assert row[:5] == (post_id, susan.id, "susan", "Susan 🫠", "👩‍👩‍👧‍👦\nمرحبا")
    assert row.created_at.utcoffset().total_seconds() == 0


@pytest.mark.parametrize("in_limit", [-1, 500])
def test_timelines_page_in_both_directions(susan, write, monkeypatch, in_limit):
    monkeypatch.setattr(queries, "IN_LIMIT", in_limit)
    write(susan, *(str(number) for number in range(1, 8)))
    for timeline in (
        queries.public,
        lambda key, size: queries.profile(susan.id, key, size),
        lambda key, size: queries.home(susan.id, key, size),
    ):
        first = timeline(Key(), 3)
        second = timeline(first.older, 3)
        third = timeline(second.older, 3)
        assert [bodies(page) for page in (first, second, third)] == [["7", "6", "5"], ["4", "3", "2"], ["1"]]
        assert third.older is None
        assert bodies(timeline(third.newer, 3)) == ["4", "3", "2"]
        assert bodies(timeline(second.newer, 3)) == ["7", "6", "5"]


def test_posts_of_a_deleted_user_leave_all_timelines(susan, make_user, write, let_follow):
    john = make_user("john")
    let_follow(susan, john)
    write(john, "gone")
    write(susan, "here")
    delete_user(john)
    db.session.commit()
    assert bodies(queries.home(susan.id, Key(), SIZE)) == ["here"]
    assert bodies(queries.public(Key(), SIZE)) == ["here"]


TIMELINES = {
    "home": lambda user_id, key: queries.home(user_id, key, SIZE),
    "home by EXISTS": lambda user_id, key: queries.home(user_id, key, SIZE),
    "public": lambda _user_id, key: queries.public(key, SIZE),
    "profile": lambda user_id, key: queries.profile(user_id, key, SIZE),
}
# Those that go through all posts by id until the page is full; the others read the index on author_id.
READ_BY_ID = {"home by EXISTS", "public"}


@pytest.fixture(params=TIMELINES)
def timeline(request, monkeypatch):
    if request.param == "home by EXISTS":
        monkeypatch.setattr(queries, "IN_LIMIT", -1)
    return TIMELINES[request.param]


@pytest.mark.parametrize("key", [Key(), Key(before=10**6), Key(after=0)])
def test_page_query_has_no_count_group_by_or_offset(timeline, susan, write, statements, key):
    write(susan, *"abc" * 10)
    susan_id = susan.id
    with statements() as sent:
        timeline(susan_id, key)
    for statement, _parameters in sent:
        assert not re.search(r"\b(count|distinct|group by|offset\s+[1-9?%])\b", statement, re.I), statement
        assert len(re.findall(r"\bLIMIT\b", statement)) == 1


def test_authors_are_joined_outside_the_limited_subquery(timeline, susan, write, statements):
    write(susan, "a")
    susan_id = susan.id
    with statements() as sent:
        timeline(susan_id, Key())
    cut = re.search(r"\((SELECT post\.id.*?LIMIT[^)]*)\)", sent[-1][0], re.S)[1]
    assert "user" not in cut.split("WHERE")[0].lower()


@pytest.mark.parametrize("key", [Key(), Key(before=10**6), Key(after=0)])
def test_sqlite_reads_pages_by_indexes_alone(request, timeline, susan, write, statements, key):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("MariaDB's plan depends on how full the tables are; bench/ checks it")
    write(susan, *"abc" * 10)
    susan_id = susan.id
    with statements() as sent:
        timeline(susan_id, key)
    steps = steps_of(*sent[-1])
    by_id = request.node.callspec.params["timeline"] in READ_BY_ID
    assert not any(step.startswith("SCAN user") or "AUTOMATIC" in step for step in steps), steps
    # A scan by id ends with the page, unless the posts must be sorted first.
    assert sum(step.startswith("SCAN post") for step in steps) <= by_id, steps
    assert not any("TEMP B-TREE" in step for step in steps), steps
