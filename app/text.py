"""Counting the characters of a text as users see them, and normalizing and checking it before it is stored."""

import unicodedata

import regex
from flask_babel import gettext as _

from app.exceptions import Invalid

# Invisible characters: separators, controls, default ignorables (such as Hangul fillers), the empty Braille cell.
INVISIBLE = regex.compile(r"[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]*")
# Controls but newline and tab, and lone surrogates, which JSON can contain and UTF-8 cannot encode.
UNSTORABLE = regex.compile(r"[\p{Cc}\p{Cs}--[\n\t]]", regex.V1)
# Refused anywhere in a request: databases and C libraries end a string at a NUL, and a lone surrogate has no UTF-8.
FORBIDDEN = regex.compile("[\0\ud800-\udfff]")
# The characters that begin and end a directional isolate.
ISOLATES = regex.compile(r"[\u2066-\u2069]")


def count(text: str) -> int:
    """Return the number of characters as users count them: extended grapheme clusters (Unicode, UAX #29)."""
    return len(regex.findall(r"\X", text))


def is_blank(text: str) -> bool:
    """Return whether the text has no visible character."""
    return INVISIBLE.fullmatch(text) is not None


def is_storable(text: str) -> bool:
    """Return whether every database can store the text: no control characters but newline and tab, no surrogates."""
    return UNSTORABLE.search(text) is None


def tidy(text: str, longest: int) -> str:
    """Return the text composed (as `_composed`), with `\n` as line ending, without white space around it."""
    return _composed(text.replace("\r\n", "\n").replace("\r", "\n").strip(), longest)


def tidy_line(text: str, longest: int) -> str:
    """Return the text composed (as `_composed`) on one line, with single spaces between words."""
    return _composed(" ".join(text.split()), longest)


def _composed(text: str, longest: int) -> str:
    """Return the text in form NFC; if it has more than `longest` code points, return it unchanged, to be refused.

    NFC takes the square of the number of combining marks: 1 MB of them would stop the process for minutes.
    """
    return unicodedata.normalize("NFC", text) if len(text) <= longest else text


def check(text: str, field: str, limit: int, max_code_points: int) -> None:
    """Check that the text can be stored: at most `limit` characters as users count them, and `max_code_points`.

    The second is the size of the column: combining marks and emoji sequences make one character of many code points.
    Raises Invalid, naming `field`.
    """
    if not is_storable(text):
        raise Invalid(field, _("Remove the control characters."))
    # No more than can fit is counted: that takes the square of the number of flags.
    if count(text[: max_code_points + 1]) > limit:
        raise Invalid(field, _("Use at most %(limit)d characters.", limit=limit))
    if len(text) > max_code_points:
        raise Invalid(field, _("Use fewer combined characters and emoji."))


def isolated(text: str) -> str:
    """Return the text in a directional isolate, so that it cannot reorder the text around it (Unicode, UAX #9).

    Isolate characters in the text are removed: an unpaired one could end ours. For names in plain text; HTML has
    `<bdi>`.
    """
    return f"\u2068{ISOLATES.sub('', text)}\u2069"
