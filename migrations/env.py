"""Run the migrations with the application's database engine, one process at a time.

The application has imported every model before Alembic loads this file.
"""

import logging
import os
import signal

from alembic import context
from alembic.util import CommandError
from flask import current_app

from app import logs
from app.database import db
from app.database_limits import patiently
from app.ops.startup import fail, wait_for_database
from app.ops.upgrade import DatabaseUnavailable, migration_lock

log = logging.getLogger("alembic.env")


def run_offline() -> None:
    """Print the SQL instead of running it (`flask db upgrade --sql`)."""
    context.configure(url=db.engine.url, target_metadata=db.metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Run the migrations while holding the lock; a process that waited for it finds nothing left to do.

    SIGTERM takes effect at their end: a stop does not leave half a migration. One that is killed can be run again.
    """
    seconds = current_app.config["DB_WAIT_SECONDS"]
    waiting = f"waiting up to {seconds} s for another process, which migrates the database"
    try:
        with (
            patiently(db.engine),
            db.engine.connect() as connection,
            migration_lock(connection, seconds, lambda: logs.tell(waiting, logging.INFO)),
        ):
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM})
            context.configure(
                connection=connection,
                target_metadata=db.metadata,
                **current_app.extensions["migrate"].configure_args,
            )
            with context.begin_transaction():
                context.run_migrations()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})


def run_or_fail() -> None:
    """Run the migrations; on failure, end the command with a line that gives the cause and what remains."""
    wait_for_database()
    try:
        run_online()
    except DatabaseUnavailable as error:
        fail(os.EX_UNAVAILABLE, str(error))
    except CommandError as error:
        if "not up to date" in str(error):  # `flask db migrate` compares the models with it
            fail(os.EX_SOFTWARE, "the database lacks the newest migrations; run first: flask db upgrade")
        fail(os.EX_SOFTWARE, f"{error}; does this image's code fit the database, or is it an older one?")
    except Exception as error:  # a migration can raise anything
        log.exception("the migration failed here:")
        left = (
            "nothing was changed"
            if db.engine.dialect.name == "sqlite"
            else "the statements before it remain; fix the cause and run it again"
        )
        fail(os.EX_SOFTWARE, f"a migration failed ({_line(error)}); {left}; see the lines above")


def _line(error: Exception) -> str:
    cause = getattr(error, "orig", None) or error
    return " ".join(str(cause.args[-1] if cause.args else type(cause).__name__).split())


if context.is_offline_mode():
    run_offline()
else:
    run_or_fail()
