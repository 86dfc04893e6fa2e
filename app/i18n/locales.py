"""Choose the language of a page and load its catalogue.

Available are the languages with a folder in `translations/`, and English, the language of the code.
"""

import contextlib
import functools
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path

from babel import Locale, dates
from flask import Flask, current_app, has_request_context, request, session
from flask_babel import force_locale, get_locale, to_user_timezone
from flask_login import current_user

from app.extensions import babel
from app.i18n import catalogues, matching

CATALOGUES = Path(__file__).parents[1] / "translations"
ENGLISH = "en"


def init_app(app: Flask) -> None:
    """Set up Flask-Babel; `app.config["LANGUAGES"]` maps the available codes to the languages' own names."""
    data_dir = app.config["DATA_DIR"]
    if app.config["DEV"]:
        # After an edit the reloader restarts the server without boot.sh. If nothing is writable, boot.sh has already
        # logged it; English pages are better than none.
        with contextlib.suppress(OSError):
            catalogues.compile_all(CATALOGUES, data_dir)
    directories = [CATALOGUES, catalogues.fallback_folder(CATALOGUES, data_dir)]
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = ";".join(map(str, directories))
    app.config["LANGUAGES"] = {code: own_name(code) for code in (ENGLISH, *catalogues.languages(CATALOGUES))}
    babel.init_app(app, default_locale=ENGLISH, default_timezone="UTC", locale_selector=select_locale)
    app.before_request(remember_choice)
    app.jinja_env.globals["get_locale"] = get_locale
    app.jinja_env.globals["text_direction"] = text_direction
    app.jinja_env.filters["moment"] = format_moment


def own_name(code: str) -> str:
    """Return the language's name in that language, capitalised: "Français" for "fr"."""
    name = Locale.parse(code).get_display_name() or code
    return name[:1].upper() + name[1:]


def format_moment(moment: datetime) -> str:
    """Return the date and the time without seconds in the format of the locale: "Aug 31, 2026, 2:19 PM UTC"."""
    locale, moment = get_locale(), to_user_timezone(moment)
    day = dates.format_date(moment, "medium", locale)
    time = dates.format_time(moment, "short", locale=locale)
    pattern = str(dates.get_datetime_format("medium", locale)).replace("'", "")
    return f"{pattern.format(time, day)}\N{NO-BREAK SPACE}UTC"


def remember_choice() -> None:
    """Store the language nearest to `?lang=` in the session; ignore unavailable languages."""
    if found := available(request.args.get("lang")):
        session["lang"] = found


def available(choice: str | None) -> str | None:
    """Return the code of the catalogue for a chosen language, or of the nearest one, or None.

    A stored choice outlives its catalogue: "pt" may have become "pt_BR".
    """
    if not choice:
        return None
    languages = current_app.config["LANGUAGES"]
    return choice if choice in languages else matching.nearest((choice,), languages)


def select_locale() -> Locale:
    """Return the locale of the user's setting, else of the browser; English outside a request (commands, jobs)."""
    return _locale(_select_code())


def _select_code() -> str:
    if not has_request_context():
        return ENGLISH
    return available(getattr(current_user, "locale", None)) or locale_of_browser()  # anonymous users have no locale


def locale_of_browser() -> str:
    """Return the code in the session, else the nearest to Accept-Language (`fr` for `fr-CA`), else English."""
    if code := available(session.get("lang")):
        return code
    if not request.headers.get("Accept-Language"):
        return ENGLISH
    asked = (tag for tag, quality in request.accept_languages if quality)
    return matching.nearest(asked, current_app.config["LANGUAGES"]) or ENGLISH


@functools.cache
def _locale(code: str) -> Locale:
    return Locale.parse(code)


@functools.cache
def text_direction(locale: Locale) -> str:
    """Return "ltr" or "rtl". Cached: Babel computes it on each access."""
    return locale.text_direction


def force_browser_locale() -> AbstractContextManager[None]:
    """Return a context that ignores the user's setting, and so needs no query: for pages about a failed database."""
    context: AbstractContextManager[None] = force_locale(locale_of_browser())
    return context
