"""Splits text into search terms, the same way for what is indexed and for queries, on every database.

A term is the letter w and the bytes of a word in hexadecimal, which every database takes for one word. Their own
tokenizers drop short words, stop words and emoji, and disagree about what a word is.
"""

import functools
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import NamedTuple

import regex

MAX_TERM_LENGTH = 84  # MariaDB's default limit for a word (innodb_ft_max_token_size); longer terms are cut
LONGEST_CACHED = 40  # characters of a word; its cache takes at most 5 MB
MAX_QUERY_TERMS = 30

Span = tuple[int, int]

# Scripts without spaces between words, and Korean, whose words take endings.
UNSPACED = r"[[\p{L}\p{N}]&&[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{Hangul}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]]"
JOINERS = r"\u00AD\u200C\u200D"  # soft hyphen, zero-width non-joiner and joiner: invisible inside a word
PIECES = regex.compile(
    r"(?P<emoji>(?=[\p{Extended_Pictographic}\p{Regional_Indicator}])\X)"
    rf"|(?P<run>{UNSPACED}[{UNSPACED}\p{{M}}]*)"
    rf"|[[\p{{L}}\p{{N}}]--{UNSPACED}][[\p{{L}}\p{{M}}\p{{N}}{JOINERS}]--{UNSPACED}]*",
    regex.VERSION1,
)
# Accents, Hebrew and Arabic points, skin tones of emoji. The vowel signs of Indian scripts, and the mark that makes か
# into が, are not ignored: they make other letters.
IGNORED = regex.compile(
    rf"[[\p{{M}}&&[\p{{Script=Inherited}}\p{{Hebrew}}]]--[\u3099\u309A]]|[\u0640{JOINERS}\p{{Emoji_Modifier}}]",
    regex.VERSION1,
)


class Word(NamedTuple):
    """A term and its position in the text."""

    term: str
    start: int
    end: int


def words(text: str, query: bool = False) -> Iterator[Word]:
    """The words of `text`.

    Of text without spaces, each character and each pair of neighbours is a word, so that it is found inside a sentence.
    For a `query` the pairs suffice, if there are any.
    """
    for piece in PIECES.finditer(text):
        characters = _characters(piece) if piece["run"] else [piece.span()]
        if not query or len(characters) == 1:
            yield from _words_at(text, characters)
        yield from _words_at(text, [(first[0], second[1]) for first, second in pairwise(characters)])


def _characters(run: regex.Match[str]) -> list[Span]:
    return [(run.start() + match.start(), run.start() + match.end()) for match in regex.finditer(r"\X", run[0])]


def _words_at(text: str, spans: Iterable[Span]) -> Iterator[Word]:
    for start, end in spans:
        if found := term(text[start:end]):
            yield Word(found, start, end)


def term(word: str) -> str:
    """The term of a word, whatever its accents and case; "" if nothing of the word is significant."""
    return _cached_term(word) if len(word) <= LONGEST_CACHED else _term(word)


def _term(word: str) -> str:
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", word).casefold())
    significant = unicodedata.normalize("NFC", IGNORED.sub("", plain))
    return f"w{significant.encode().hex()}"[:MAX_TERM_LENGTH] if significant else ""


_cached_term = functools.lru_cache(maxsize=10_000)(_term)  # the same words come again and again


def index_text(text: str) -> str:
    """The text that the database indexes for `text`: its terms, each once."""
    return " ".join(dict.fromkeys(word.term for word in words(text)))


def query_terms(query: str) -> tuple[str, ...]:
    """The terms of a search query, each once; at most MAX_QUERY_TERMS, since more would only narrow the result."""
    return tuple(dict.fromkeys(word.term for word in words(query, query=True)))[:MAX_QUERY_TERMS]


def matches(text: str, terms: tuple[str, ...], prefix: bool = False) -> list[Span]:
    """The spans of `text` that match one of the terms, in order; with `prefix`, also words that begin with one.

    Overlapping spans, such as pairs of characters, are joined.
    """
    spans: list[Span] = []
    matching = (word for word in words(text) if word.term in terms or (prefix and word.term.startswith(terms)))
    for word in sorted(matching, key=lambda word: word.start):
        if spans and word.start < spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], word.end))
        else:
            spans.append((word.start, word.end))
    return spans
