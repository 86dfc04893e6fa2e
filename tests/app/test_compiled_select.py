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
def people(app, make_user):
    with app.app_context():
        yield [make_user(name).id for name in ("susan", "john", "mary")]


@pytest.fixture
def query(people):
    for number, author in enumerate([*people, *people]):
        create_post(author, f"{number}: 🍣 日本語")
    return CompiledSelect(QUERY, Row)


def test_it_gives_what_the_session_gives_for_lists_of_any_length(query, people):
    for authors in (people, people[:1], [], people[1:], people):
        for limit in (2, 50):
            rows = query.all(authors=authors, limit=limit)
            expected = db.session.execute(QUERY, {"authors": authors, "limit": limit}).all()
            assert [(row.id, row.body, row.created_at) for row in rows] == [tuple(row) for row in expected]


def test_it_sees_what_the_transaction_has_written_and_nothing_of_it_once_that_is_undone(query, people):
    db.session.commit()
    before = query.all(authors=people, limit=50)
    create_post(people[0], "not committed")
    assert query.all(authors=people, limit=50)[0].body == "not committed"
    db.session.rollback()
    assert query.all(authors=people, limit=50) == before


def test_it_sees_what_others_have_committed_since_it_last_read(query, people):
    db.session.commit()
    query.all(authors=people, limit=50)
    with db.engine.begin() as other:
        other.execute(posts.update().values(body="changed"))
    assert {row.body for row in query.all(authors=people, limit=50)} == {"changed"}


@pytest.mark.parametrize("held", [True, False])
def test_it_reads_over_a_new_connection_where_the_server_has_closed_the_old_one(query, people, held):
    if db.engine.dialect.name == "sqlite":
        pytest.skip("SQLite is no server that could close a connection")
    db.session.commit()
    before = query.all(authors=people, limit=50)
    thread = g.compiled_select_reader.driver_connection.thread_id()
    if not held:
        _release()
    with db.engine.begin() as other:
        other.exec_driver_sql(f"KILL {thread}")
    assert query.all(authors=people, limit=50) == before


def test_a_parameter_may_stand_in_several_places_and_beside_constants(query, people):
    number = cast(func.coalesce(func.sum(posts.c.id), 0), Integer).label("number")
    twice = CompiledSelect(
        select(number).where(posts.c.author_id == bindparam("one"), bindparam("one") != 0, posts.c.id > 0), Number
    )
    of_susan = [row.id for row in query.all(authors=people[:1], limit=50)]
    assert twice.all(one=people[0])[0].number == sum(of_susan)
    assert twice.all(one=0)[0].number == 0


def test_row_has_the_methods_of_its_class(query, people):
    class Long(Row):
        __slots__ = ()

        def length(self):
            return len(self.body)

    row = CompiledSelect(QUERY, Long).first(authors=people[:1], limit=1)
    assert row.length() == len("3: 🍣 日本語")


def test_row_class_with_other_fields_is_refused():
    with pytest.raises(TypeError, match="the columns"):
        CompiledSelect(QUERY, Id)


def test_values_are_never_part_of_the_text(query, people):
    by_body = CompiledSelect(select(posts.c.id).where(posts.c.body == bindparam("body")), Id)
    assert by_body.all(body="x' OR '1'='1") == []
    assert by_body.all(body="%s %(body)s :body ?") == []


def test_an_error_is_the_one_that_the_session_would_raise_and_shows_no_values(query, people):
    db.session.commit()
    nowhere = CompiledSelect(
        select(column("body")).select_from(table("nowhere")).where(column("body") == bindparam("body")), Body
    )
    with pytest.raises(DBAPIError, match="nowhere") as raised:
        nowhere.all(body="a secret")
    assert "a secret" not in str(raised.value)
    assert len(query.all(authors=people, limit=50)) == 6


def test_the_connection_goes_back_to_the_pool_at_the_end_of_a_request(app, client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    for _ in range(20):  # more than the pool has
        assert client.get("/").status_code == 200
    with app.app_context():
        assert [engine.pool.checkedout() for engine in (db.engine, app.extensions["compiled_select"])] == [0, 0]


def test_what_is_sent_can_be_listened_to(query, people):
    told = []
    with statement_sent.connected_to(lambda text, parameters, seconds: told.append((text, parameters, seconds))):
        query.all(authors=people, limit=7)
    ((text, parameters, seconds),) = told
    assert text.startswith("SELECT post.id")
    assert parameters[:4] == (*people, 7)
    assert seconds > 0
