"""The `flask` commands for operators.

Only the command line imports this module: a server does without its dependencies.
"""

import atexit
import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import flask_migrate
import sqlalchemy.orm
from babel import localedata
from babel.messages.catalog import Catalog
from flask import Flask, current_app
from flask.cli import with_appcontext

from app import database
from app.commands import Command, Group
from app.database import Model, db
from app.i18n import catalogues, locales
from app.mail.commands import mail
from app.ops import autogenerate, backup, health, upgrade
from app.ops.seed import seed
from app.ops.startup import (
    compile_catalogues,
    create_secret_key,
    fail,
    wait_for_database,
)
from app.ops.user_commands import user
from app.search.commands import search
from app.settings.database_url import sqlite_path
from app.users.models import User
from config import ROOT

LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")  # names of folders in translations/


def init_app(app: Flask) -> None:
    """Register our commands, and `flask db` of Flask-Migrate."""
    flask_migrate.Migrate(
        app,
        db,
        directory=str(Path(app.root_path).parent / "migrations"),
        include_name=autogenerate.is_modelled,
        render_item=autogenerate.render,
        process_revision_directives=autogenerate.check,
    )
    app.cli.add_command(wait_db)
    app.cli.add_command(translate)
    app.cli.add_command(seed)
    app.cli.add_command(user)
    app.cli.add_command(search)
    app.cli.add_command(mail)
    app.cli.add_command(backup_)
    app.cli.add_command(restore_)
    app.shell_context_processor(shell_names)
    command = click.get_current_context(silent=True)
    if command and command.info_name == "run":
        atexit.register(_close_database, app)


def _close_database(app: Flask) -> None:
    """At the end of the development server: its reloader kills the process that serves, which can't do it."""
    with app.app_context():
        database.close()


def shell_names() -> dict[str, Any]:
    """Return the names in `flask shell`: the database, the models, and SQLAlchemy as `sa` and `so`."""
    names: dict[str, Any] = {"db": db, "sa": sqlalchemy, "so": sqlalchemy.orm}
    return names | {mapper.class_.__name__: mapper.class_ for mapper in Model.registry.mappers}


@click.command("wait-db", cls=Command)
@click.option("--seconds", type=int, help="How long to wait [DB_WAIT_SECONDS].")
@with_appcontext
def wait_db(seconds: int | None) -> None:
    """Create the secret key if needed, and wait until the database answers."""
    create_secret_key()
    wait_for_database(seconds)


@click.command("backup", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@with_appcontext
def backup_(file: Path, force: bool) -> None:
    """Back up the SQLite database to FILE, even while it is in use."""
    database = _sqlite_file("mariadb-dump --single-transaction -h HOST -u USER -p NAME > FILE")
    with _errors_in_one_line(file):
        backup.backup(database, file, force)
    click.echo(f"{file}: {file.stat().st_size} bytes")


@click.command("restore", cls=Command)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def restore_(file: Path) -> None:
    """Replace the content of the SQLite database by FILE, made by `flask backup`."""
    database = _sqlite_file("mariadb -h HOST -u USER -p NAME < FILE")
    with _errors_in_one_line(database):
        upgrade.prepare_directory(current_app.config["SQLALCHEMY_DATABASE_URI"])
        backup.restore(database, file, Path(current_app.root_path).parent / "migrations")
    click.echo(f"restored {file}")
    if not health.schema_is_current():
        click.echo("The backup is from an earlier version. Run: flask db upgrade")


def _sqlite_file(server_command: str) -> Path:
    """Return the path of the SQLite database; for a database server, exit and name the command to use instead."""
    path = sqlite_path(current_app.config["SQLALCHEMY_DATABASE_URI"])
    if path is None:
        fail(os.EX_USAGE, f"the database is not an SQLite file; for a database server, run: {server_command}")
    return path


@contextlib.contextmanager
def _errors_in_one_line(target: Path) -> Iterator[None]:
    try:
        yield
    except backup.BackupError as error:
        fail(os.EX_USAGE, str(error))
    except OSError as error:
        # Not the error's file name: it may be a temporary file.
        fail(
            os.EX_CANTCREAT,
            f"{target} can't be written ({error.strerror}); check that its folder exists and is writable",
        )


@click.group(cls=Group)
def translate() -> None:
    """Manage the translations of the UI."""


@translate.command("init")
@click.argument("language")
@with_appcontext
def init(language: str) -> None:
    """Create the catalogue of a new LANGUAGE, such as de or pt_BR."""
    if not LANGUAGE.fullmatch(language) or not localedata.exists(language):
        fail(os.EX_USAGE, f"{language!r} is not a language code; use one such as de or pt_BR")
    if len(language) > (limit := User.locale.type.length):  # MariaDB would reject it in a user's settings
        shorter = language.rpartition("_")[0]
        fail(os.EX_USAGE, f"{language} is too long: the limit is {limit} characters; use {shorter}")
    source = catalogues.source_of(locales.CATALOGUES, language)
    if language == locales.ENGLISH or source.exists():
        fail(os.EX_USAGE, f"{language} already exists; to add new texts, run: flask translate update")
    texts = _texts()
    with _writable(locales.CATALOGUES):
        count = catalogues.create(source, texts)
    click.echo(f"{source.relative_to(ROOT)}: {_format_count(count)}; then run: flask translate compile")


@translate.command("update")
@with_appcontext
def update() -> None:
    """Add new texts of the code to each catalogue, and remove obsolete ones."""
    texts = _texts()
    for language in catalogues.languages(locales.CATALOGUES):
        source = catalogues.source_of(locales.CATALOGUES, language)
        with _writable(source):
            count = catalogues.update(source, texts)
        click.echo(f"{source.relative_to(ROOT)}: {_format_count(count) if count else 'complete'}")


@translate.command("compile")
@click.option("--missing", is_flag=True, help="Only missing and stale ones.")
@with_appcontext
def compile_(missing: bool) -> None:
    """Compile the catalogues; into DATA_DIR if their folder is read-only."""
    for path in compile_catalogues(everything=not missing):
        click.echo(f"compiled {path}")


def _texts() -> Catalog:
    """Return all texts of the code; without babel.cfg, exit with one line."""
    if not (ROOT / "babel.cfg").exists():
        fail(os.EX_USAGE, "babel.cfg is missing, as in an image; run this in a checkout of the source")
    return catalogues.extract(ROOT)


def _format_count(count: int) -> str:
    return f"{count} {'text' if count == 1 else 'texts'} to translate"


@contextlib.contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        yield
    except catalogues.BrokenCatalogue as error:
        fail(os.EX_CONFIG, str(error))
    except OSError as error:
        fail(os.EX_CANTCREAT, f"{path} can't be written ({error.strerror}); run this in a checkout that you own")
