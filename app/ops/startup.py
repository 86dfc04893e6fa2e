"""`python -m app.ops.startup [--no-migrate]`: what boot.sh has done before it serves; exit codes of sysexits(3).

It is no command of `flask`, which imports what each command of each extension needs, and makes no pages: either takes
longer than all that there is to do where nothing has changed.
"""

import logging
import os
import sys

from flask import current_app

from app import create_bare_app, logs, start
from app.database import db
from app.i18n import catalogues, locales
from app.ops import health, upgrade
from app.ops.upgrade import DatabaseAway
from config import ConfigError, sqlite_path

EX_USAGE, EX_UNAVAILABLE, EX_SOFTWARE, EX_CANTCREAT, EX_CONFIG = 64, 69, 70, 73, 78


def prepare(migrate: bool) -> None:
    """Wait for the database, compile the catalogues that are missing, and have the schema upgraded if it must be."""
    make_secret_key()
    wait_for_database()
    for path in compile_catalogues(everything=False):
        logs.tell(f"compiled {path}", logging.INFO)
    if migrate and not health.schema_is_current():
        os.execlp("flask", "flask", "db", "upgrade")  # noqa: S606, S607  in this process' place, to hear its signals


def fail(code: int, message: str):
    """End the process with one line and a code that tells the kind of fault."""
    logs.tell(message)
    sys.exit(code)


def make_secret_key() -> None:
    """Make the secret key where none is given; end the process with one line where none can be made."""
    try:
        current_app.secret_key  # noqa: B018
    except ConfigError as error:
        fail(EX_CONFIG, str(error))
    except OSError as error:
        _fail_for_folder(error)


def wait_for_database(seconds: int | None = None) -> None:
    """Return once the database can be used; end the process with one line when it can't within `seconds`."""
    try:
        upgrade.prepare_directory(current_app.config["SQLALCHEMY_DATABASE_URI"])
    except OSError as error:
        _fail_for_folder(error)
    if seconds is None:
        seconds = current_app.config["DB_WAIT_SECONDS"]
    try:
        upgrade.wait_until_ready(
            db.engine, seconds, lambda where: logs.tell(f"waiting up to {seconds} s for {where}", logging.INFO)
        )
    except DatabaseAway as error:
        fail(EX_UNAVAILABLE, str(error))


def compile_catalogues(everything: bool) -> list:
    """Compile all catalogues, or those without a current compiled one; return the files that were written."""
    try:
        return catalogues.compile_all(locales.CATALOGUES, current_app.config["DATA_DIR"], everything=everything)
    except OSError as error:
        fail(EX_CANTCREAT, f"no compiled catalogue can be written: {error}; set DATA_DIR to a folder that can")


def _fail_for_folder(error: OSError):
    folder = sqlite_path(current_app.config["SQLALCHEMY_DATABASE_URI"]).parent
    fail(
        EX_CANTCREAT,
        f"{folder} can't be written by user {os.getuid()}:{os.getgid()} ({error.strerror}): give it that owner "
        f"with all that is in it, or mount another volume there, or set DATA_DIR",
    )


if __name__ == "__main__":
    with start(create_bare_app).app_context():
        prepare(migrate="--no-migrate" not in sys.argv)
