"""Which language a page speaks, and where its catalogue is.

A language is there when it has a folder in `translations/`, English (the language of the code itself) always.
"""

import contextlib
import functools
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from babel import Locale, dates, negotiate_locale
from flask import Flask, current_app, has_request_context, request, session
from flask_babel import force_locale, get_locale, to_user_timezone
from flask_login import current_user

from app.extensions import babel
from app.i18n import catalogues

CATALOGUES = Path(__file__).parents[1] / "translations"
ENGLISH = "en"


def init_app(app: Flask) -> None:
    """Give `app` its languages; `LANGUAGES` in its configuration maps their codes to their own names."""
    data_dir = app.config["DATA_DIR"]
    if app.config["DEV"]:
        # The reloader, not boot.sh, starts the server anew when a catalogue was edited. Where nothing can be written
        # boot.sh has said so already, and pages in English are better than none.
        with contextlib.suppress(OSError):
            catalogues.compile_all(CATALOGUES, data_dir)
    directories, elsewhere = [CATALOGUES], catalogues.compiled_elsewhere(CATALOGUES, data_dir)
    if elsewhere.exists():  # Flask-Babel would take even its rule of plurals from the last one, though it held nothing
        directories.append(elsewhere)
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(map(str, directories))
    app.config["LANGUAGES"] = {code: own_name(code) for code in (ENGLISH, *catalogues.languages(CATALOGUES))}
    babel.init_app(app, default_locale=ENGLISH, default_timezone="UTC", locale_selector=select_locale)
    app.before_request(remember_choice)
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.globals["text_direction"] = text_direction
    app.jinja_env.filters["moment"] = format_moment


def own_name(code: str) -> str:
    """What speakers call their language, as a menu writes it: "Français" for "fr"."""
    name = Locale.parse(code).get_display_name()
    return name[:1].upper() + name[1:]


def format_moment(moment: datetime) -> str:
    """The day and the time without its seconds, as the language writes them: "Aug 31, 2026, 2:19 PM"."""
    locale, moment = get_locale(), to_user_timezone(moment)
    day = dates.format_date(moment, "medium", locale)
    time = dates.format_time(moment, "short", locale=locale)
    return dates.get_datetime_format("medium", locale).replace("'", "").format(time, day)


def remember_choice() -> None:
    """Keep `?lang=` in the session; a language that is not there is no choice."""
    choice = request.args.get("lang")
    if choice in current_app.config["LANGUAGES"]:
        session["lang"] = choice


def select_locale() -> Locale:
    """The locale of the user's setting, else of this browser; English outside of a request (a command, a job)."""
    return _locale(_select_code())


def _select_code() -> str:
    if not has_request_context():
        return ENGLISH
    if current_user.is_authenticated and current_user.locale in current_app.config["LANGUAGES"]:
        code: str = current_user.locale
        return code
    return locale_of_browser()


def locale_of_browser() -> str:
    """The choice kept in the session, else the best of Accept-Language (`fr-CA` is served `fr`), else English."""
    languages = current_app.config["LANGUAGES"]
    if session.get("lang") in languages:
        code: str = session["lang"]
        return code
    accepted = request.headers.get("Accept-Language")
    if not accepted:
        return ENGLISH
    asked = [tag.replace("-", "_") for tag, quality in request.accept_languages if quality]
    return negotiate_locale(asked, languages) or ENGLISH


@functools.cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@functools.cache
def text_direction(locale: Locale) -> str:
    """ "ltr" or "rtl". Babel finds it again for each page."""
    return locale.text_direction


def without_person() -> AbstractContextManager[None]:
    """A context whose texts don't ask the database who is signed in: for the page that says that it is away."""
    return force_locale(locale_of_browser())
