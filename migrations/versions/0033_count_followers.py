"""Count the followers that are there already.

Whom people follow and unfollow by an older version of the application meanwhile, `flask user recount` sees.
"""

from alembic import op

revision = "0033"
down_revision = "0032"


def upgrade():
    op.execute(
        "INSERT INTO follower_count (user_id, followers) SELECT followed_id, count(*) FROM follow GROUP BY followed_id"
    )


def downgrade():
    op.execute("DELETE FROM follower_count")
