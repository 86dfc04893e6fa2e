from app.database import db
from app.relationships import queries


def test_followed_ids_are_limited(make_user, let_follow):
    susan, john, mary = make_user("susan"), make_user("john"), make_user("mary")
    let_follow(susan, john, mary)
    assert sorted(queries.followed_ids(susan.id, limit=10)) == [john.id, mary.id]
    assert len(queries.followed_ids(susan.id, limit=1)) == 1
    assert queries.followed_ids(john.id, limit=10) == []


def test_standing_counts_follows_and_knows_viewer(make_user, let_follow):
    susan, john, mary = make_user("susan"), make_user("john"), make_user("mary")
    let_follow(susan, john)
    let_follow(mary, john, susan)
    assert queries.standing(john.id, viewer_id=susan.id) == (2, 0, True)
    assert queries.standing(susan.id, viewer_id=john.id) == (1, 1, False)
    assert queries.standing(mary.id) == (0, 2, False)


def test_standing_is_one_statement_read_from_indexes(make_user, let_follow, statements):
    susan, john = make_user("susan"), make_user("john")
    let_follow(susan, john)
    let_follow(john, susan)
    susan_id, john_id = susan.id, john.id
    with statements() as sent:
        queries.standing(susan_id, john_id)
    ((statement, parameters),) = sent
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        reads = [row.detail for row in plan if "follow" in row.detail or "counts" in row.detail]
        indexes = ("USING COVERING INDEX", "USING PRIMARY KEY", "USING INTEGER PRIMARY KEY")
        from_index = [any(index in read for index in indexes) for read in reads]
    else:
        plan = connection.exec_driver_sql(f"EXPLAIN FORMAT=TRADITIONAL {statement}", parameters).mappings().all()
        reads = [row for row in plan if row["table"] in ("follow", "user_counts")]
        # The primary key is the table itself: reading it needs no other index.
        from_index = [row["key"] == "PRIMARY" or "Using index" in row["Extra"] for row in reads]
    assert from_index == [True] * 3, plan
