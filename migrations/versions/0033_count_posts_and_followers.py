"""Count the posts and followers that are there already.

What an older version of the application adds and takes away meanwhile, `flask user recount` sees.
"""

from alembic import op

revision = "0033"
down_revision = "0032"

COUNT = """
INSERT INTO user_counts (user_id, posts, followers)
SELECT
    id,
    (SELECT count(*) FROM post WHERE author_id = user.id),
    (SELECT count(*) FROM follow WHERE followed_id = user.id)
FROM user
"""


def upgrade():
    op.execute(COUNT)


def downgrade():
    op.execute("DELETE FROM user_counts")
