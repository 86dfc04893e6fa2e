from app.database import db
from app.relationships import queries


def test_whom_one_follows_is_known_up_to_a_limit(make_user, let_follow):
    susan, john, mary = make_user("susan"), make_user("john"), make_user("mary")
    let_follow(susan, john, mary)
    assert sorted(queries.followed_ids(susan.id, limit=10)) == [john.id, mary.id]
    assert len(queries.followed_ids(susan.id, limit=1)) == 1
    assert queries.followed_ids(john.id, limit=10) == []


def test_a_persons_standing_counts_both_ways_and_says_whether_the_viewer_follows(make_user, let_follow):
    susan, john, mary = make_user("susan"), make_user("john"), make_user("mary")
    let_follow(susan, john)
    let_follow(mary, john, susan)
    assert queries.standing(john.id, viewer_id=susan.id) == (2, 0, True)
    assert queries.standing(susan.id, viewer_id=john.id) == (1, 1, False)
    assert queries.standing(mary.id) == (0, 2, False)


def test_a_persons_standing_is_one_statement_answered_from_indexes(make_user, let_follow, statements):
    susan, john = make_user("susan"), make_user("john")
    let_follow(susan, john)
    let_follow(john, susan)
    people = susan.id, john.id
    with statements() as sent:
        queries.standing(*people)
    ((statement, parameters),) = sent
    connection = db.session.connection()
    if db.engine.dialect.name == "sqlite":
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
        reads = [row.detail for row in plan if "follow" in row.detail or "counts" in row.detail]
        indexes = ("USING COVERING INDEX", "USING PRIMARY KEY", "USING INTEGER PRIMARY KEY")
        from_index = [any(index in read for index in indexes) for read in reads]
    else:
        plan = connection.exec_driver_sql(f"EXPLAIN FORMAT=TRADITIONAL {statement}", parameters).mappings().all()
        reads = [row for row in plan if row["table"] in ("follow", "counts")]
        # The primary key is the table itself, so its order is read without another index.
        from_index = [row["key"] == "PRIMARY" or "Using index" in row["Extra"] for row in reads]
    assert from_index == [True] * 3, plan
