"""What the migrations share: operations that can be repeated, and the options and types of columns and tables.

On MySQL and MariaDB each DDL statement commits by itself. A migration that is killed leaves the statements before the
kill and no new revision, so it runs again from its beginning: each of its statements must be safe to repeat. Alembic
does this for tables (`if_not_exists`, `if_exists`).

The migrations import nothing of the application, whose models describe the newest schema only.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import mysql

TABLE_OPTIONS = {"mysql_charset": "utf8mb4", "mysql_collate": "utf8mb4_bin", "mysql_engine": "InnoDB"}
UTC_DATETIME = sa.DateTime().with_variant(mysql.DATETIME(fsp=6), "mysql")  # with microseconds everywhere


def create_index(name, table, columns, **options):
    """Create an index unless the table has one of that name. (MySQL knows no CREATE INDEX IF NOT EXISTS.)"""
    context = op.get_context()
    # With `--sql` there is no database to ask.
    found = [] if context.as_sql else sa.inspect(context.connection).get_indexes(table)
    if name not in {index["name"] for index in found}:
        op.create_index(name, table, columns, **options)


def is_sqlite():
    """Whether the database is SQLite, rather than MySQL or MariaDB."""
    return op.get_context().dialect.name == "sqlite"
