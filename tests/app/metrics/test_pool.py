from prometheus_client import REGISTRY

from app.database import db
from app.metrics import pool


def test_connections_in_use_and_their_limit_are_measured(context):
    db.session.remove()
    pool.sample(context)
    before = REGISTRY.get_sample_value("microblog_database_pool_checked_out")
    with db.engine.connect(), db.engine.connect():
        pool.sample(context)
        assert REGISTRY.get_sample_value("microblog_database_pool_checked_out") == before + 2
    pool.sample(context)
    assert REGISTRY.get_sample_value("microblog_database_pool_checked_out") == before
    assert REGISTRY.get_sample_value("microblog_database_pool_size") == 16
