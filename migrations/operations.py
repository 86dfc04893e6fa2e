"""What the migrations share: operations that can be repeated, and the options and types of columns and tables.

On MySQL and MariaDB each DDL statement commits by itself. A migration that is killed leaves the statements before the
kill and no new revision, so it runs again from its beginning: each of its statements must be safe to repeat. Alembic
does this for tables (`if_not_exists`, `if_exists`).

The migrations import nothing of the application, whose models describe the newest schema only.
"""

import contextlib

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


def has_column(table, column, offline):
    """Whether the table has a column of that name; `offline` with `--sql`."""
    context = op.get_context()
    if context.as_sql:
        return offline
    return column in {found["name"] for found in sa.inspect(context.connection).get_columns(table)}


def has_unique_constraint(table, name):
    """Whether the table has a unique constraint of that name; False with `--sql`."""
    context = op.get_context()
    found = [] if context.as_sql else sa.inspect(context.connection).get_unique_constraints(table)
    return name in {constraint["name"] for constraint in found}


@contextlib.contextmanager
def changed_table(table):
    """Change the columns and constraints of a table whose ids are never reused; yields Alembic's operations.

    SQLite copies the table, which would forget the highest id if its row was deleted, and can't with `--sql`.
    """
    sequence = sa.table("sqlite_sequence", sa.column("name"), sa.column("seq"))
    of_table = sequence.c.name == table
    last_id = op.get_bind().scalar(sa.select(sequence.c.seq).where(of_table)) if is_sqlite() else None
    with op.batch_alter_table(table, table_kwargs={"sqlite_autoincrement": True}) as batch:
        yield batch
    if last_id is not None:
        op.execute(sequence.delete().where(of_table))
        op.execute(sequence.insert().values(name=table, seq=last_id))


def is_sqlite():
    """Whether the database is SQLite, rather than MySQL or MariaDB."""
    return op.get_context().dialect.name == "sqlite"
