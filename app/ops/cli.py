"""The commands of `flask`, which operators type.

Only the command line imports this module, so what it needs costs a server nothing.
"""

import contextlib
import re
from pathlib import Path

import click
import flask_migrate
import sqlalchemy.orm
from babel import localedata
from flask import current_app
from flask.cli import with_appcontext

from app.database import Model, db
from app.i18n import catalogues, locales
from app.ops import backup, health, upgrade
from app.ops.seed import seed
from app.ops.startup import EX_CANTCREAT, EX_USAGE, compile_catalogues, fail, make_secret_key, wait_for_database
from app.ops.user_commands import user
from app.search.commands import search
from app.users.models import User
from config import ROOT, sqlite_path

LANGUAGE = re.compile(r"[a-z]{2,3}(_[A-Z][a-z]{3})?(_[A-Z]{2})?")  # as catalogues' folders are named


def init_app(app):
    """Give the `flask` command what is ours beside `db`, which Flask-Migrate brings."""
    flask_migrate.Migrate(
        app, db, directory=str(Path(app.root_path).parent / "migrations"), include_name=upgrade.is_modelled
    )
    app.cli.add_command(wait_db)
    app.cli.add_command(translate)
    app.cli.add_command(seed)
    app.cli.add_command(user)
    app.cli.add_command(search)
    app.cli.add_command(backup_)
    app.cli.add_command(restore_)
    app.shell_context_processor(shell_names)


def shell_names() -> dict:
    """What `flask shell` knows beside `app`: the database, every model, and SQLAlchemy by its customary short names."""
    names = {"db": db, "sa": sqlalchemy, "so": sqlalchemy.orm}
    return names | {mapper.class_.__name__: mapper.class_ for mapper in Model.registry.mappers}


@click.command("wait-db")
@click.option("--seconds", type=int, help="How long to wait [DB_WAIT_SECONDS].")
@with_appcontext
def wait_db(seconds):
    """Wait until the database answers and what serving needs is there."""
    make_secret_key()
    wait_for_database(seconds)


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--force", is_flag=True, help="Replace FILE if it exists.")
@with_appcontext
def backup_(file, force):
    """Copy the SQLite database to FILE, also while it is in use."""
    with _copying(file, "mariadb-dump --single-transaction -h HOST -u USER -p NAME > FILE"):
        backup.backup(_sqlite_file(), file, force)
    click.echo(f"{file}: {file.stat().st_size} bytes")


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@with_appcontext
def restore_(file):
    """Replace what the SQLite database holds by what FILE, made by `flask backup`, does."""
    with _copying(_sqlite_file(), "mariadb -h HOST -u USER -p NAME < FILE"):
        upgrade.prepare_directory(current_app.config["SQLALCHEMY_DATABASE_URI"])
        backup.restore(_sqlite_file(), file, Path(current_app.root_path).parent / "migrations")
    click.echo(f"restored {file}")
    if not health.schema_is_current():
        click.echo("it is of an earlier version; now run: flask db upgrade")


def _sqlite_file() -> Path:
    return sqlite_path(current_app.config["SQLALCHEMY_DATABASE_URI"])


@contextlib.contextmanager
def _copying(target, instead):
    if _sqlite_file() is None:
        fail(EX_USAGE, f"the database is no SQLite file; on a server use: {instead}")
    try:
        yield
    except backup.BackupError as error:
        fail(EX_USAGE, str(error))
    except OSError as error:
        # Not the error's own name: that may be of a temporary file, which nobody gave.
        fail(EX_CANTCREAT, f"{target} can't be written ({error.strerror}); is its folder there, and yours to write in?")


@click.group()
def translate():
    """The catalogues of the user interface's languages."""


@translate.command("init")
@click.argument("language")
@with_appcontext
def init(language):
    """Start the catalogue of a new LANGUAGE, such as de or pt_BR."""
    if not LANGUAGE.fullmatch(language) or not localedata.exists(language):
        fail(EX_USAGE, f"{language!r} is no language code; give one such as de or pt_BR")
    if len(language) > User.locale.type.length:  # MariaDB would refuse whoever chooses it
        shorter = language.rpartition("_")[0]
        fail(EX_USAGE, f"{language} is longer than what an account keeps of its language; use {shorter}")
    source = catalogues.source_of(locales.CATALOGUES, language)
    if language == locales.ENGLISH or source.exists():
        fail(EX_USAGE, f"{language} is there already; `flask translate update` adds new texts to it")
    texts = _texts()
    with _writable(locales.CATALOGUES):
        count = catalogues.create(source, texts)
    click.echo(f"{source.relative_to(ROOT)}: {_to_translate(count)}, then: flask translate compile")


@translate.command("update")
@with_appcontext
def update():
    """Take new texts of the code into each catalogue, and drop those that are gone."""
    texts = _texts()
    for language in catalogues.languages(locales.CATALOGUES):
        source = catalogues.source_of(locales.CATALOGUES, language)
        with _writable(source):
            count = catalogues.update(source, texts)
        click.echo(f"{source.relative_to(ROOT)}: {_to_translate(count) if count else 'complete'}")


@translate.command("compile")
@click.option("--missing", is_flag=True, help="Only those without a current compiled catalogue.")
@with_appcontext
def compile_(missing):
    """Compile the catalogues; where their folder is read-only, into DATA_DIR."""
    for path in compile_catalogues(everything=not missing):
        click.echo(f"compiled {path}")


def _texts():
    """Every text of the code; ends the command where nothing says where they are."""
    if not (ROOT / "babel.cfg").exists():
        fail(EX_USAGE, "babel.cfg is not here, as in an image: catalogues are edited in a checkout")
    return catalogues.extract(ROOT)


def _to_translate(count):
    return f"{count} {'text' if count == 1 else 'texts'} to translate"


@contextlib.contextmanager
def _writable(path):
    try:
        yield
    except OSError as error:
        fail(EX_CANTCREAT, f"{path} can't be written ({error.strerror}); run this where the source is yours")
