"""Settings of every connection that SQLAlchemy opens to SQLite."""

import os

from sqlalchemy import Engine, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.pool import ConnectionPoolEntry

BUSY_TIMEOUT = 5000  # ms that a write waits for SQLite's write lock


@event.listens_for(Engine, "connect")
def configure(connection: DBAPIConnection, record: ConnectionPoolEntry | None = None) -> None:
    """Configure an SQLite connection.

    Wait for locks, read while another process writes (WAL), wait for the disk at each commit (FULL), check foreign
    keys, overwrite what is deleted.
    """
    if type(connection).__module__.startswith("sqlite3"):
        # busy_timeout comes first: the switch to WAL may have to wait for another process that does the same.
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT}",
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "secure_delete=ON",
        ):
            connection.execute(f"PRAGMA {pragma}")
        if record:
            file = connection.execute("PRAGMA database_list").fetchone()[2]
            record.info["is_read_only"] = bool(file) and not os.access(file, os.W_OK)  # "": in memory


@event.listens_for(Engine, "checkin")
def _close_read_only(connection: DBAPIConnection | None, record: ConnectionPoolEntry) -> None:
    """Keep no connection in the pool that SQLite opened while its file could not be written: it never could write."""
    if connection and record.info.get("is_read_only"):
        record.invalidate()
