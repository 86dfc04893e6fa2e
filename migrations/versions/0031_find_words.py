"""Find the words of the posts and people that are there already.

Where it stopped, it goes on. What an older version of the application writes meanwhile, `flask search reindex` finds.
"""

import sqlalchemy as sa
from alembic import op

from app.search.words import indexed

revision = "0031"
down_revision = "0030"

BATCH = 1000  # rows


def table(name, *columns):
    return sa.table(name, *map(sa.column, columns))


post, user = table("post", "id", "body"), table("user", "id", "username", "display_name")
FOUND = (
    (table("post_search", "post_id", "words"), post.c.id, (post.c.body,)),
    (table("user_search", "user_id", "words"), user.c.id, (user.c.username, user.c.display_name)),
)


def upgrade():
    connection = op.get_bind()
    for words, ident, texts in FOUND:
        key = words.c[0]
        done = connection.scalar(sa.select(sa.func.coalesce(sa.func.max(key), 0)))
        rows = sa.select(ident, *texts).order_by(ident).limit(BATCH)
        while batch := connection.execute(rows.where(ident > done)).all():
            connection.execute(
                sa.insert(words), [{key.name: row[0], "words": indexed(" ".join(row[1:]))} for row in batch]
            )
            done = batch[-1][0]


def downgrade():
    for words, _ident, _texts in FOUND:
        op.execute(sa.delete(words))
