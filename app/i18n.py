"""Which language a page speaks, and the catalogues it speaks from."""

import contextlib
import hashlib
import os
from pathlib import Path

from flask import current_app, has_request_context, request, session
from flask_babel import get_locale
from flask_login import current_user

from app.extensions import babel

CATALOGUES = Path(__file__).parent / "translations"


def init_app(app):
    """Give `app` its languages. Raises OSError where DEV can't write a compiled catalogue anywhere."""
    if app.config["DEV"]:
        compile_catalogues(CATALOGUES, app.config["DATA_DIR"])  # the reloader starts anew when one was edited
    spare = compiled_elsewhere(CATALOGUES, app.config["DATA_DIR"])
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = f"{CATALOGUES};{spare}"
    babel.init_app(app, default_locale="en", default_timezone="UTC", locale_selector=select_locale)
    app.before_request(remember_choice)
    app.jinja_env.globals["get_locale"] = get_locale


def remember_choice():
    """Keep `?lang=` in the session; a language that is not there is no choice."""
    choice = request.args.get("lang")
    if choice in _languages():
        session["lang"] = choice


def select_locale() -> str:
    """The person's own setting, else the choice kept in the session, else what the browser asks for."""
    if not has_request_context():  # a command
        return "en"
    if current_user.is_authenticated and current_user.locale in _languages():
        return current_user.locale
    if session.get("lang") in _languages():
        return session["lang"]
    return request.accept_languages.best_match(_languages()) or "en"


def _languages() -> tuple[str, ...]:
    return current_app.config["LANGUAGES"]


def compiled_elsewhere(catalogues: Path, data_dir: Path) -> Path:
    """Where compiled catalogues go when their own folder is read-only (a read-only root, a mounted source).

    The name is a digest of the sources, so a folder that outlives them (a volume) is never taken for theirs.
    """
    digest = hashlib.sha256()
    for source in sorted(catalogues.glob("*/LC_MESSAGES/*.po")):
        digest.update(source.read_bytes())
    return Path(data_dir) / "translations" / digest.hexdigest()[:12]


def compile_catalogues(catalogues: Path, data_dir: Path, everything: bool = False) -> list[Path]:
    """Compile each `.po` that has no current `.mo`, or all; return the files written.

    Raises OSError where neither the catalogues' folder nor `data_dir` can be written.
    """
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    written = []
    elsewhere = compiled_elsewhere(catalogues, data_dir)
    for source in sorted(catalogues.glob("*/LC_MESSAGES/*.po")):
        target = source.with_suffix(".mo")
        spare = elsewhere / target.relative_to(catalogues)
        if not everything and (_is_current(target, source) or spare.exists()):
            continue
        if not os.access(source.parent, os.W_OK):
            target = spare
            target.parent.mkdir(parents=True, exist_ok=True)
        with open(source, "rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        temporary = target.with_suffix(f".{os.getpid()}")
        with open(temporary, "wb") as file:
            write_mo(file, catalogue)
        with contextlib.suppress(FileNotFoundError):
            os.replace(temporary, target)  # whole, for whoever reads it at this moment
        written.append(target)
    return written


def _is_current(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime
