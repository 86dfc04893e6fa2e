"""The databases' plans for the timelines: a page is read by indexes, and never by a scan of all posts."""

import pytest
from sqlalchemy import func, insert, select

from app.database import db
from app.pagination import Key
from app.posts.models import Post
from app.timelines import queries
from app.users.models import User

SIZE = 25
TIMELINES = {
    "home": queries.home,
    "home of a user who follows many": queries.home,
    "public": lambda _user_id, key, size: queries.public(key, size),
    "profile": queries.profile,
}
# Their first page is the newest posts, which are read in the order of the primary key until the page is full.
NEWEST = {"home of a user who follows many", "public"}


@pytest.fixture(params=TIMELINES)
def name(request, monkeypatch):
    """The name of a timeline. With few recent posts, a server needs all of the queries of `home`."""
    monkeypatch.setattr(queries, "RECENT", 100)
    if request.param == "home of a user who follows many":
        monkeypatch.setattr(queries, "followed_ids", lambda _user_id, limit: list(range(limit)))
    return request.param


@pytest.fixture
def middle(susan, john, david, let_follow):
    """The id of a post in the middle of many, beside many users; a server's optimizer scans a small table."""
    let_follow(susan, john)
    authors = (susan.id, john.id, david.id)
    db.session.execute(insert(Post), [{"author_id": author, "body": "x"} for author in authors * 700])
    keys = ("username", "username_key", "email", "email_key", "password_hash")
    db.session.execute(insert(User), [dict.fromkeys(keys, f"user{number}") for number in range(300)])
    db.session.commit()
    if db.engine.dialect.name != "sqlite":
        for table in ("follow", "post", "user"):
            db.session.connection().exec_driver_sql(f"ANALYZE TABLE `{table}`").all()
    return db.session.scalar(select(func.min(Post.id) + func.max(Post.id))) // 2


def scans_of_sqlite(plan):
    """The steps of EXPLAIN QUERY PLAN that read a table whole, or build an index for this query."""
    steps = [row.detail for row in plan]
    sort = " and sort" if any("TEMP B-TREE" in step for step in steps) else ""
    tables = ("SCAN post", "SCAN user", "SCAN follow")
    return [step + sort for step in steps if step.startswith(tables) or "AUTOMATIC" in step]


def scans_of_mariadb(plan):
    """The steps of EXPLAIN that read a table or an index whole."""
    tables = [row for row in plan if row.table in {"post", "user", "follow"}]
    return [f"{row.type} of {row.table} by {row.key} {row.Extra}" for row in tables if row.type in {"ALL", "index"}]


def scans(statement, parameters):
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        return scans_of_sqlite(connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all())
    return scans_of_mariadb(connection.exec_driver_sql(f"EXPLAIN FORMAT=TRADITIONAL {statement}", parameters).all())


def is_read_in_order(scan):
    """Whether a scan of posts follows the primary key, without sorting, so that it ends with the page."""
    return scan == "SCAN post" or (scan.startswith("index of post by PRIMARY") and "filesort" not in scan)


@pytest.mark.parametrize("side", ["before", "after"])
def test_pages_next_to_a_key_scan_no_table(name, susan, middle, statements, side):
    susan_id = susan.id
    with statements() as sent:
        page = TIMELINES[name](susan_id, Key(**{side: middle}), SIZE)
    assert len(page.items) == SIZE
    assert [scan for query in sent for scan in scans(*query)] == []


def test_first_pages_scan_no_table_beyond_the_page(name, susan, middle, statements):
    susan_id = susan.id
    with statements() as sent:
        page = TIMELINES[name](susan_id, Key(), SIZE)
    assert len(page.items) == SIZE
    found = [scan for query in sent for scan in scans(*query)]
    assert [scan for scan in found if not (name in NEWEST and is_read_in_order(scan))] == []
    assert len(found) <= 1
