"""Passwords that are guessed first (NIST SP 800-63B-4, section 3.1.1.2): common ones, names, sequences, repetitions.

The whole password is compared, without regard to case, to digits or symbols at its end, and to those that stand for
letters. What a password must be made of is not prescribed.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from flask import current_app

from app import text
from app.users.email_addresses import EMAIL_MAX_TYPED

COMMON = Path(__file__).with_name("common_passwords.txt")
SITE = "Microblog"
SHORTEST = 8  # characters of a repeated part that is not too short itself
ROWS = ("qwertyuiop", "qwertzuiop", "azertyuiop", "asdfghjkl", "qsdfghjklm", "zxcvbnm", "yxcvbnm", "1234567890")
TAIL = re.compile(r"(?<=[^\W\d_])[\W\d_]{1,5}$")  # after a word: "bonjour123!"
STAND_INS = str.maketrans("013457@$!", "oleastasi")  # for letters: "p@ssw0rd"
BETWEEN = re.compile(r"[\W\d_]+")  # what can stand between words, or after one: "susan2026!"


def is_guessable(password: str, personal: Iterable[str | None] = ()) -> bool:
    """Return whether the password is guessed first. `personal` is what is known of the user, such as their address."""
    plain = _plain(password)
    names = {name for value in (*personal, SITE, _host()) for name in _names(value or "")}
    return _is_first(plain, names) or _is_first(_repeated(plain), names, shortest=SHORTEST)


def _is_first(plain: str, names: set[str], shortest: int = 0) -> bool:
    return (
        text.count(plain) < shortest
        or not _common().isdisjoint(_variants(_unaccented(plain)))
        or _is_sequence(plain)
        or plain in names
        or plain[::-1] in names
        or set() < _words(plain) <= names
    )


@functools.cache
def _common() -> frozenset[str]:
    """Read the list on first use, also without the tails of its passwords: it takes 20 ms and 1.3 MB."""
    lines = COMMON.read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in (line, TAIL.sub("", line)))


def _variants(plain: str) -> set[str]:
    """Return the text, also without its tail, and both with letters instead of their stand-ins."""
    texts = {plain, TAIL.sub("", plain)}
    return texts | {found.translate(STAND_INS) for found in texts}


def _plain(value: str) -> str:
    return unicodedata.normalize("NFKC", value).casefold()


def _unaccented(plain: str) -> str:
    """Return the text without accents: the list has "contrasena", for example."""
    return "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))


def _names(value: str) -> set[str]:
    """Return a name or an address, and its words. What is longer than any of them is cut: it may be of any length."""
    plain = _plain(value.strip()[:EMAIL_MAX_TYPED])
    return {plain, *plain.split("@"), *_words(plain)} - {""}


def _words(plain: str) -> set[str]:
    return set(BETWEEN.split(plain)) - {""}


def _host() -> str:
    return urlsplit(current_app.config["SITE_URL"]).hostname or ""


def _repeated(plain: str) -> str:
    """Return the shortest part of which the text is a repetition, the last one perhaps cut off, or else the text."""
    half = len(plain) // 2
    return next((plain[:size] for size in range(1, half + 1) if plain[size:] == plain[:-size]), plain)


def _is_sequence(plain: str) -> bool:
    """Return whether the characters follow each other, in either direction: in Unicode, or on a keyboard."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    return steps <= {1} or steps <= {-1} or any(plain in row or plain[::-1] in row for row in ROWS)
