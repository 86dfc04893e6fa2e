from datetime import datetime
from typing import NamedTuple

import pytest
from flask import g
from sqlalchemy import Integer, bindparam, cast, column, func, select, table
from sqlalchemy.exc import DBAPIError

from app.compiled_select import CompiledSelect, _release, statement_sent
from app.database import db
from app.posts.models import Post
from app.posts.services import create_post

posts = Post.__table__


class Row(NamedTuple):
    id: int
    body: str
    created_at: datetime


class Number(NamedTuple):
    number: int


class Id(NamedTuple):
    id: int


class Body(NamedTuple):
    body: str


QUERY = (
    select(posts.c.id, posts.c.body, posts.c.created_at)
    .where(posts.c.author_id.in_(bindparam("authors", expanding=True)))
    .order_by(posts.c.id.desc())
    .limit(bindparam("limit"))
)


@pytest.fixture
def users(app, make_user):
    """The ids of three users, in an application context."""
    with app.app_context():
        yield [make_user(name).id for name in ("susan", "john", "mary")]


@pytest.fixture
def query(users):
    """QUERY, compiled; each user has written two posts."""
    for number, author in enumerate([*users, *users]):
        create_post(author, f"{number}: 🍣 日本語")
    return CompiledSelect(QUERY, Row)


def test_rows_are_those_of_the_session_for_lists_of_any_length(query, users):
    for authors in (users, users[:1], [], users[1:], users):
        for limit in (2, 50):
            rows = query.all(authors=authors, limit=limit)
            expected = db.session.execute(QUERY, {"authors": authors, "limit": limit}).all()
            assert [(row.id, row.body, row.created_at) for row in rows] == [tuple(row) for row in expected]


def test_rows_include_what_the_transaction_wrote_until_it_rolls_back(query, users):
    db.session.commit()
    before = query.all(authors=users, limit=50)
    create_post(users[0], "not committed")
    assert query.all(authors=users, limit=50)[0].body == "not committed"
    db.session.rollback()
    assert query.all(authors=users, limit=50) == before


def test_rows_include_what_others_committed_since_the_last_read(query, users):
    db.session.commit()
    query.all(authors=users, limit=50)
    with db.engine.begin() as other:
        other.execute(posts.update().values(body="changed"))
    assert {row.body for row in query.all(authors=users, limit=50)} == {"changed"}


@pytest.mark.parametrize("held", [True, False], ids=["held", "in the pool"])
def test_connection_closed_by_the_server_is_replaced(query, users, held):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite has no server that could close a connection")
    db.session.commit()
    before = query.all(authors=users, limit=50)
    thread = g.compiled_select_reader.driver_connection.thread_id()
    if not held:
        _release()
    with db.engine.begin() as other:
        other.exec_driver_sql(f"KILL {thread}")
    assert query.all(authors=users, limit=50) == before


def test_parameter_can_occur_twice_and_beside_constants(query, users):
    number = cast(func.coalesce(func.sum(posts.c.id), 0), Integer).label("number")
    twice = CompiledSelect(
        select(number).where(posts.c.author_id == bindparam("one"), bindparam("one") != 0, posts.c.id > 0), Number
    )
    of_susan = [row.id for row in query.all(authors=users[:1], limit=50)]
    assert twice.all(one=users[0])[0].number == sum(of_susan)
    assert twice.all(one=0)[0].number == 0


def test_row_has_the_methods_of_its_class(query, users):
    class Long(Row):
        __slots__ = ()

        def length(self):
            return len(self.body)

    row = CompiledSelect(QUERY, Long).first(authors=users[:1], limit=1)
    assert row.length() == len("3: 🍣 日本語")


def test_row_class_with_other_fields_is_refused():
    with pytest.raises(TypeError, match="the columns"):
        CompiledSelect(QUERY, Id)


def test_values_are_never_part_of_the_sql_text(query, users):
    by_body = CompiledSelect(select(posts.c.id).where(posts.c.body == bindparam("body")), Id)
    assert by_body.all(body="x' OR '1'='1") == []
    assert by_body.all(body="%s %(body)s :body ?") == []


def test_error_is_a_dbapi_error_that_shows_no_values(query, users):
    db.session.commit()
    nowhere = CompiledSelect(
        select(column("body")).select_from(table("nowhere")).where(column("body") == bindparam("body")), Body
    )
    with pytest.raises(DBAPIError, match="nowhere") as raised:
        nowhere.all(body="a secret")
    assert "a secret" not in str(raised.value)
    assert len(query.all(authors=users, limit=50)) == 6


def test_connections_return_to_the_pool_after_each_request(app, client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    for _ in range(20):  # more than the pool has
        assert client.get("/").status_code == 200
    with app.app_context():
        assert [engine.pool.checkedout() for engine in (db.engine, app.extensions["compiled_select"])] == [0, 0]


def test_signal_tells_the_text_parameters_and_time_of_a_statement(query, users):
    sent = []
    with statement_sent.connected_to(lambda text, parameters, seconds: sent.append((text, parameters, seconds))):
        query.all(authors=users, limit=7)
    ((text, parameters, seconds),) = sent
    assert text.startswith("SELECT post.id")
    assert parameters[:4] == (*users, 7)
    assert seconds > 0
