"""The words of a text, as the index has them: the same of what is written and of what is asked, on every database.

A word goes into the index, and is asked for, as a term: the letter w and its bytes in hexadecimal. The databases' own
readers of text would drop words under three letters, stop-words and emoji, and disagree about what a word is; a term is
one word to each of them.
"""

import functools
import unicodedata
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

import regex

TERM_ROOM = 84  # what MariaDB takes for one word by default; the rest of a longer one doesn't count
MOST_ASKED = 30  # words of one question; more can only narrow what is found

# Scripts that put no spaces between words, and Korean, whose words take endings.
UNSPACED = r"[[\p{L}\p{N}]&&[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]"
JOINERS = r"\u00AD\u200C\u200D"  # a hyphen where a line may break, and what makes letters join or not: unseen in a word
PIECES = regex.compile(
    r"(?P<emoji>(?=[\p{Extended_Pictographic}\p{Regional_Indicator}])\X)"
    rf"|(?P<run>{UNSPACED}[{UNSPACED}\p{{M}}]*)"
    rf"|[[\p{{L}}\p{{N}}]--{UNSPACED}][[\p{{L}}\p{{M}}\p{{N}}{JOINERS}]--{UNSPACED}]*",
    regex.VERSION1,
)
# Accents, points of Hebrew and Arabic, the tones of emoji. Not the vowels of Indian scripts, nor what makes か a が:
# these are letters to those who read them.
UNHEARD = regex.compile(
    rf"[[\p{{M}}&&[\p{{Script=Inherited}}\p{{Hebrew}}]]--[\u3099\u309A]]|[\u0640{JOINERS}\p{{Emoji_Modifier}}]",
    regex.VERSION1,
)


class Word(NamedTuple):
    """A term and where in the text it stands."""

    term: str
    start: int
    end: int


def words(text: str, asked: bool = False) -> Iterator[Word]:
    """The words of `text`.

    Of what is written without spaces each character and each pair of neighbours is one, so that it is found inside of a
    sentence; where it is `asked` for, the pairs alone, if there are any.
    """
    for piece in PIECES.finditer(text):
        characters = _characters(piece) if piece["run"] else [piece.span()]
        if not asked or len(characters) == 1:
            yield from _words(text, characters)
        yield from _words(text, [(first[0], second[1]) for first, second in pairwise(characters)])


def _characters(run):
    return [(run.start() + found.start(), run.start() + found.end()) for found in regex.finditer(r"\X", run[0])]


def _words(text, spans):
    for start, end in spans:
        if found := term(text[start:end]):
            yield Word(found, start, end)


@functools.lru_cache(maxsize=10_000)  # people use the same words again and again
def term(word: str) -> str:
    """What `word` is in the index, whatever its accents and case; "" where nothing of it counts."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    kept = unicodedata.normalize("NFC", UNHEARD.sub("", plain))
    return f"w{kept.encode().hex()}"[:TERM_ROOM] if kept else ""


def indexed(text: str) -> str:
    """What stands in the index for `text`: its terms, each once."""
    return " ".join(dict.fromkeys(word.term for word in words(text)))


def asked(question: str) -> tuple[str, ...]:
    """The terms that something must have to be found."""
    return tuple(dict.fromkeys(word.term for word in words(question, asked=True)))[:MOST_ASKED]


def hits(text: str, terms: tuple[str, ...], beginnings: bool = False) -> list[tuple[int, int]]:
    """Where in `text` words among `terms` stand, or words that begin like one: from where to where, in order.

    What overlaps, as pairs of characters do, is one.
    """
    found = []
    those = (word for word in words(text) if word.term in terms or (beginnings and word.term.startswith(terms)))
    for word in sorted(those, key=lambda word: word.start):
        if found and word.start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], word.end))
        else:
            found.append((word.start, word.end))
    return found
