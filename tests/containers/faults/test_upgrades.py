"""A migration that fails beside replicas that serve."""

from engine import wait_until
from load import slowest, statuses

BROKEN = """
import sqlalchemy as sa
from alembic import op
revision, down_revision = "broken", "{head}"
def upgrade():
    op.add_column("post", sa.Column("mood", sa.String(8)))
    op.execute("SELECT x FROM nowhere")
def downgrade():
    pass
"""


def test_replicas_serve_on_beside_a_failing_migration(image, database, start, serve, add_migration, load, counted):
    """A new version whose migration fails half-way is started beside a replica, under the load of 8 clients."""
    site = serve(*database)
    with load(site) as under_load:
        under_load.wait_for(100)
        new = start(image, options=[*database, *add_migration(BROKEN)])
        assert new.wait() == 70
        sent = len(under_load.exchanges)
        wait_until(lambda: len(under_load.exchanges) > sent + 100)
    line = new.logs.splitlines()[-1]
    assert line.startswith("microblog: a migration failed (")
    assert set(statuses(under_load.exchanges)) == {200, 201}
    counted(answers=statuses(under_load.exchanges), slowest_s=slowest(under_load.exchanges), line=line)
