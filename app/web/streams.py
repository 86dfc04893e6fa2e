"""Responses whose body is read from the database while it is sent."""

import errno
from collections.abc import Iterator
from itertools import chain

from flask import stream_with_context

from app.database import db
from app.outages import DATABASE_ERRORS, report_database


def streamed(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """Return the chunks as the body of a response. The first is read now, while an error can still be answered.

    No transaction lasts, and no connection is held, while a slow client takes a chunk. If the database fails later, the
    connection to the client is closed: it sees that the body is not complete.
    """
    first = next(chunks, b"")
    return stream_with_context(_to_the_end(first, chunks))


def _to_the_end(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    try:
        for chunk in chain([first], rest):
            db.session.rollback()
            yield chunk
    except DATABASE_ERRORS as error:
        report_database(error)
        # Servers treat this error as a client that has gone: they close the connection, and log no traceback.
        raise ConnectionResetError(errno.ECONNRESET, "the database failed") from error
