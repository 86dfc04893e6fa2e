"""The validation of accounts, for pages, the API and commands.

A rule takes what was entered and returns what to store. It raises Invalid, with a message for the user.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app import text
from app.exceptions import Invalid
from app.users.email_addresses import email
from app.users.guessable import is_guessable

USERNAME = re.compile(r"[A-Za-z0-9_]{1,64}")

# Limits in graphemes, which are what users see as characters.
PASSWORD_MIN, PASSWORD_MAX = 8, 200
DISPLAY_NAME_LIMIT = 64
ABOUT_ME_LIMIT = 140

# Sizes of columns in code points: combining marks and emoji sequences make graphemes of many code points.
DISPLAY_NAME_MAX_CODE_POINTS = 400
ABOUT_ME_MAX_CODE_POINTS = 1000
PASSWORD_MAX_CODE_POINTS = 16 * PASSWORD_MAX  # not a column: longer ones would only take time


def username(value: str) -> str:
    """Return the username. ASCII only: no two usernames look the same to a reader or to a database."""
    if not value:
        raise Invalid("username", _("Enter a username."))
    if not USERNAME.fullmatch(value):
        raise Invalid("username", _("Use only letters from a to z, digits and underscores, up to 64 in total."))
    return value


def username_key(value: str) -> str:
    """Return the form of a username that must be unique, the same on every database."""
    return value.lower()


def password(value: str, field: str = "password", personal: Iterable[str | None] = ()) -> str:
    """Return the password as it was entered: spaces count too, at both ends as well.

    `field` is the one that Invalid names, `personal` what is known of the user, such as their address.
    """
    if len(value) > PASSWORD_MAX_CODE_POINTS or text.count(value) > PASSWORD_MAX:
        raise Invalid(field, _("Use at most %(limit)d characters.", limit=PASSWORD_MAX))
    if text.count(value) < PASSWORD_MIN:
        raise Invalid(field, _("Use at least %(limit)d characters.", limit=PASSWORD_MIN))
    if not text.is_storable(value) or "\n" in value:  # a field for passwords drops line breaks
        raise Invalid(field, _("Remove the control characters."))
    if text.is_blank(value):
        raise Invalid(field, _("Use visible characters, not only spaces."))
    if is_guessable(value, personal):
        raise Invalid(
            field,
            _("This password is easy to guess: a common one, a name, a sequence or a repetition. Choose another."),
        )
    return value


def new_password(
    value: str, again: str | None = None, field: str = "password", personal: Iterable[str | None] = ()
) -> str:
    """Return a password that is set; `again` is what was typed in the field that repeats it, or None without one.

    Raises as `check_all` does. The name of the second field is that of the first one with a 2.
    """
    kept, _same = check_all(
        lambda: password(value, field, personal),
        lambda: _check_same(value, again, f"{field}2"),
    )
    return str(kept)


def _check_same(value: str, again: str | None, field: str) -> None:
    if again not in (None, value):
        raise Invalid(field, _("The passwords don't match."))


def display_name(value: str) -> str:
    """Return the name on one line, or "" for a blank one: pages then show the username."""
    name = text.tidy_line(value, DISPLAY_NAME_MAX_CODE_POINTS)
    text.check(name, "display_name", DISPLAY_NAME_LIMIT, DISPLAY_NAME_MAX_CODE_POINTS)
    return "" if text.is_blank(name) else name


def about_me(value: str) -> str:
    """Return the text, on any number of lines, or "" for a blank one."""
    words = text.tidy(value, ABOUT_ME_MAX_CODE_POINTS)
    text.check(words, "about_me", ABOUT_ME_LIMIT, ABOUT_ME_MAX_CODE_POINTS)
    return "" if text.is_blank(words) else words


def locale(value: str) -> str | None:
    """Return the code of a language of the interface, or None for the browser's."""
    if not value:
        return None
    if value not in current_app.config["LANGUAGES"]:
        raise Invalid("locale", _("Choose a language from the list."))
    return value


RULES: dict[str, Callable[[str], str | None]] = {
    "username": username,
    "email": email,
    "display_name": display_name,
    "about_me": about_me,
    "locale": locale,
}


def apply_all(*, again: str | None = None, **values: str | None) -> dict[str, Any]:
    """Return what to store of each value, by the rule of its name. Raises as `check_all` does.

    `again` is the password as it was typed a second time, or None.
    """
    personal = (values.get("username"), values.get("email"))
    rules = RULES | {"password": functools.partial(new_password, again=again, personal=personal)}
    checks = [functools.partial(rules[name], value or "") for name, value in values.items()]
    return dict(zip(values, check_all(*checks), strict=True))


def check_all(*checks: Callable[[], Any]) -> list[Any]:
    """Return the results of the checks.

    Raises Invalid for the first that fails; its `others` are those of the rest, so that a form shows all of them.
    """
    results: list[Any] = []
    errors: list[Invalid] = []
    for check in checks:
        try:
            results.append(check())
        except Invalid as error:
            errors += [error, *error.others]
    if errors:
        errors[0].others = errors[1:]
        raise errors[0]
    return results
