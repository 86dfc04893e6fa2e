"""Create the words of people's names, and the index by which they are found, as those of posts (0029)."""

from alembic import context, op

revision = "0030"
down_revision = "0029"

TABLE = """
CREATE TABLE user_search (
    user_id INTEGER NOT NULL,
    words TEXT NOT NULL,
    CONSTRAINT pk_user_search PRIMARY KEY (user_id),
    CONSTRAINT fk_user_search_user_id_user FOREIGN KEY (user_id) REFERENCES user (id) ON DELETE CASCADE
"""
ADD = "INSERT INTO user_search_index (rowid, words) VALUES (new.user_id, new.words);"
REMOVE = "INSERT INTO user_search_index (user_search_index, rowid, words) VALUES ('delete', old.user_id, old.words);"
UP = {
    "sqlite": (
        f"{TABLE})",
        "CREATE VIRTUAL TABLE user_search_index USING fts5(words, content='user_search', content_rowid='user_id', "
        "tokenize='ascii', detail='none', columnsize=0)",
        f"CREATE TRIGGER user_search_insert AFTER INSERT ON user_search BEGIN {ADD} END",
        f"CREATE TRIGGER user_search_update AFTER UPDATE ON user_search BEGIN {REMOVE} {ADD} END",
        f"CREATE TRIGGER user_search_delete AFTER DELETE ON user_search BEGIN {REMOVE} END",
    ),
    "mysql": (
        f"{TABLE}, FULLTEXT INDEX user_search_index (words)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin",
    ),
}
DOWN = {
    "sqlite": ("DROP TABLE user_search_index", "DROP TABLE user_search"),
    "mysql": ("DROP TABLE user_search",),
}


def upgrade():
    for statement in UP[context.get_context().dialect.name]:
        op.execute(statement)


def downgrade():
    for statement in DOWN[context.get_context().dialect.name]:
        op.execute(statement)
