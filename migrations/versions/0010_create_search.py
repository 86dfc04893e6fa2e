"""Create the search tables of posts and users, with their full-text indexes.

The index is FTS5 on SQLite, FULLTEXT on MySQL and MariaDB. The words are separated by spaces and consist of ASCII
letters and digits, which both index as they are. The FTS5 table stores no text, positions or sizes: only phrase queries
and ranking need them. Triggers update it in the transaction that changes the words; a migration that recreates a search
table must recreate its triggers.
"""

import sqlalchemy as sa
from alembic import op

from migrations.operations import TABLE_OPTIONS, create_index, is_sqlite

revision = "0010"
down_revision = "0009"

FTS5 = """
CREATE VIRTUAL TABLE IF NOT EXISTS {table}_index
USING fts5(words, content='{table}', content_rowid='{key}', tokenize='ascii', detail='none', columnsize=0)
"""
ADD = "INSERT INTO {table}_index (rowid, words) VALUES (new.{key}, new.words);"
REMOVE = "INSERT INTO {table}_index ({table}_index, rowid, words) VALUES ('delete', old.{key}, old.words);"
TRIGGERS = (
    f"CREATE TRIGGER IF NOT EXISTS {{table}}_insert AFTER INSERT ON {{table}} BEGIN {ADD} END",
    f"CREATE TRIGGER IF NOT EXISTS {{table}}_update AFTER UPDATE ON {{table}} BEGIN {REMOVE} {ADD} END",
    f"CREATE TRIGGER IF NOT EXISTS {{table}}_delete AFTER DELETE ON {{table}} BEGIN {REMOVE} END",
)


def upgrade():
    op.create_table(
        "post_search",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("post_id", name="pk_post_search"),
        sa.ForeignKeyConstraint(["post_id"], ["post.id"], name="fk_post_search_post_id_post", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_word_index("post_search", "post_id")
    op.create_table(
        "user_search",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("user_id", name="pk_user_search"),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name="fk_user_search_user_id_user", ondelete="CASCADE"),
        if_not_exists=True,
        **TABLE_OPTIONS,
    )
    create_word_index("user_search", "user_id")


def create_word_index(table, key):
    """Create the full-text index of the table's words."""
    if is_sqlite():
        for statement in (FTS5, *TRIGGERS):
            op.execute(statement.format(table=table, key=key))
    else:
        create_index(f"{table}_index", table, ["words"], mysql_prefix="FULLTEXT")


def downgrade():
    for table in ("user_search", "post_search"):
        op.drop_table(table, if_exists=True)  # with its triggers, or its FULLTEXT index
        if is_sqlite():
            op.drop_table(f"{table}_index", if_exists=True)
