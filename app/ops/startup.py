"""Prepare what a role needs, and exit as sysexits(3) if that fails.

boot.sh runs `python -m app.ops.startup [web | worker | migrate]` before it starts the role. In production, gunicorn
itself calls `prepared_app`: loading the packages again would take as long again.

Not a `flask` command, and with a bare application: loading all commands and pages takes longer than the checks of a
start where nothing has changed.
"""

import logging
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType
from typing import NoReturn

from flask import current_app
from sqlalchemy.exc import SQLAlchemyError

from app import Microblog, create_bare_app, load, logs, outages, start
from app.database import db
from app.i18n import catalogues, locales
from app.ops import health, upgrade
from app.ops.upgrade import DatabaseUnavailable
from app.settings import ConfigError
from app.settings.database_url import sqlite_path

UPGRADE = ("flask", "db", "upgrade")


def prepared_app() -> Microblog:
    """Create the application and prepare what it needs, in the process that then forks gunicorn's workers."""
    app = start()
    with app.app_context():
        prepare()
        if app.config["MIGRATE_ON_BOOT"] and not _schema_is_current():
            _upgrade_beside()
        db.engine.dispose()  # a connection must not be shared with forked workers
    return app


def prepare() -> None:
    """Create the secret key, wait for the database, and compile missing catalogues."""
    for warning in current_app.config["SETTING_WARNINGS"]:
        logs.tell(warning, logging.WARNING)
    create_secret_key()
    wait_for_database()
    for path in compile_catalogues(everything=False):
        logs.tell(f"compiled {path}", logging.INFO)


def _upgrade_beside() -> None:
    """Run the migrations in a process of their own, since Alembic would stay loaded; exit with its status if it fails.

    It receives SIGTERM and SIGINT too, and completes a running migration; then this process ends with 0.
    """
    process = None
    stopped = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopped
        stopped = True
        if process:
            process.terminate()

    handlers = {number: signal.signal(number, stop) for number in (signal.SIGTERM, signal.SIGINT)}
    process = subprocess.Popen(UPGRADE, process_group=0)  # noqa: S603  a group that Ctrl-C does not reach
    if stopped:
        process.terminate()
    status = process.wait()
    if stopped:
        sys.exit(0)
    if status:
        sys.exit(status if status > 0 else 128 - status)  # as a shell says that a signal ended it
    for number, handler in handlers.items():
        signal.signal(number, handler)


def _schema_is_current() -> bool:
    try:
        return health.schema_is_current()
    except SQLAlchemyError as error:  # the database answered a moment ago
        fail(os.EX_UNAVAILABLE, f"the database failed: {outages.reason(error)}; start again when it is running")


def fail(code: int, message: str) -> NoReturn:
    """Log one line and exit with `code`, an EX_… of `os`."""
    logs.tell(message)
    sys.exit(code)


def create_secret_key() -> None:
    """Create the secret key unless one is configured; on failure, exit with one line."""
    try:
        current_app.secret_key  # noqa: B018
    except ConfigError as error:
        fail(os.EX_CONFIG, str(error))
    except OSError as error:
        _fail_for_folder(error)


def wait_for_database(seconds: int | None = None) -> None:
    """Wait until the database answers; exit with one line if it doesn't within `seconds` (default: DB_WAIT_SECONDS)."""
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
    except ConfigError as error:
        fail(os.EX_CONFIG, str(error))
    except DatabaseUnavailable as error:
        fail(os.EX_UNAVAILABLE, str(error))


def compile_catalogues(everything: bool) -> list[Path]:
    """Compile the missing and stale catalogues, or all if `everything`; return the files written."""
    try:
        return catalogues.compile_all(locales.CATALOGUES, current_app.config["DATA_DIR"], everything=everything)
    except catalogues.BrokenCatalogue as error:
        fail(os.EX_CONFIG, str(error))
    except OSError as error:
        fail(os.EX_CANTCREAT, f"compiled catalogues can't be written: {error}; set DATA_DIR to a writable folder")


def _fail_for_folder(error: OSError) -> NoReturn:
    path = sqlite_path(current_app.config["SQLALCHEMY_DATABASE_URI"])
    folder = path.parent if path else current_app.config["DATA_DIR"]
    fail(
        os.EX_CANTCREAT,
        f"{folder} can't be written by user {os.getuid()}:{os.getgid()} ({error.strerror}): give it that owner "
        f"recursively, mount another volume there, or set DATA_DIR",
    )


if __name__ == "__main__":
    with load(create_bare_app).app_context():
        prepare()
        migrate = current_app.config["MIGRATE_ON_BOOT"] or "migrate" in sys.argv[1:]
        if migrate and not _schema_is_current():
            os.execvp(UPGRADE[0], UPGRADE)  # noqa: S606  replaces this process, to receive its signals
