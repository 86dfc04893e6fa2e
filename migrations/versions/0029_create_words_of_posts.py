"""Create the words of posts, and the index by which they are found: FTS5 on SQLite, FULLTEXT on MySQL and MariaDB.

The terms are ASCII words with spaces between them (app/search/words.py), which both take as they are. FTS5 keeps no
text of its own, no positions and no lengths: nobody asks for phrases or ranks. Triggers keep it as post_search is, in
the same transaction; whoever builds post_search anew makes them anew.
"""

from alembic import context, op

revision = "0029"
down_revision = "0028"

TABLE = """
CREATE TABLE post_search (
    post_id INTEGER NOT NULL,
    words TEXT NOT NULL,
    CONSTRAINT pk_post_search PRIMARY KEY (post_id),
    CONSTRAINT fk_post_search_post_id_post FOREIGN KEY (post_id) REFERENCES post (id) ON DELETE CASCADE
"""
ADD = "INSERT INTO post_search_index (rowid, words) VALUES (new.post_id, new.words);"
REMOVE = "INSERT INTO post_search_index (post_search_index, rowid, words) VALUES ('delete', old.post_id, old.words);"
UP = {
    "sqlite": (
        f"{TABLE})",
        "CREATE VIRTUAL TABLE post_search_index USING fts5(words, content='post_search', content_rowid='post_id', "
        "tokenize='ascii', detail='none', columnsize=0)",
        f"CREATE TRIGGER post_search_insert AFTER INSERT ON post_search BEGIN {ADD} END",
        f"CREATE TRIGGER post_search_update AFTER UPDATE ON post_search BEGIN {REMOVE} {ADD} END",
        f"CREATE TRIGGER post_search_delete AFTER DELETE ON post_search BEGIN {REMOVE} END",
    ),
    "mysql": (
        f"{TABLE}, FULLTEXT INDEX post_search_index (words)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    ),
}
DOWN = {
    "sqlite": ("DROP TABLE post_search_index", "DROP TABLE post_search"),
    "mysql": ("DROP TABLE post_search",),
}


def upgrade():
    for statement in UP[context.get_context().dialect.name]:
        op.execute(statement)


def downgrade():
    for statement in DOWN[context.get_context().dialect.name]:
        op.execute(statement)
