"""Find the catalogue nearest to the languages that a reader asks for.

Uses CLDR's data, from Babel: what a tag leaves out (likely subtags), deprecated codes, and whose usage a territory
follows (parent locales). The same language in another script (Simplified for Traditional Chinese) is a last resort.
"""

import functools
import itertools
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from babel import parse_locale
from babel.core import get_global

# Clients choose the tags, and caches keep them.
LIMIT = 20  # languages of one request; more are no person's choice
LONGEST = 35  # characters of a tag, by RFC 5646, section 4.4.1


class Tag(NamedTuple):
    """A language with the script and the territory in which it is most likely written."""

    language: str
    script: str
    territory: str
    written: str  # the language as it was asked for: "nb", where `language` is "no"


def nearest(asked: Iterable[str], codes: Iterable[str]) -> str | None:
    """Return the code nearest to the first of the tags `asked` that has one, or None.

    Both are BCP 47 tags or codes of catalogues: "pt-BR", "zh_Hant". A code in the script asked for comes first.
    """
    valid = (tag for tag in asked if len(tag) <= LONGEST)
    return _nearest(tuple(itertools.islice(valid, LIMIT)), tuple(codes))


@functools.lru_cache(maxsize=256)
def _nearest(asked: tuple[str, ...], codes: tuple[str, ...]) -> str | None:
    wanted = [tag for tag in map(_tag, asked) if tag]
    known = {code: tag for code in codes if (tag := _tag(code))}
    for same in (_same_script, _same_language):
        for tag in wanted:
            found = [code for code in known if same(tag, known[code])]
            if found:
                return min(found, key=lambda code: _distance(tag, known[code]))
    return None


def _same_script(one: Tag, other: Tag) -> bool:
    return one.language == other.language and one.script == other.script


def _same_language(one: Tag, other: Tag) -> bool:
    return one.language == other.language


def _distance(tag: Tag, other: Tag) -> tuple[bool, int]:
    territories = list(_territories(tag))
    place = territories.index(other.territory) if other.territory in territories else len(territories)
    return tag.written != other.written, place


@functools.lru_cache(maxsize=1024)
def _tag(text: str) -> Tag | None:
    """Return the tag with what it leaves out: zh-TW is Traditional Chinese of Taiwan. None if it names no language."""
    text = text.replace("-", "_")
    if not text:
        return None
    try:
        written, territory, script, *_variant = parse_locale(text)
    except ValueError:  # an extension or an error: what stands before it may do (RFC 4647, section 3.4)
        return _tag(text.rpartition("_")[0])
    # A code can be deprecated (iw: he), name a script too (sh: sr_Latn), or a part of a language (nb, nn: no).
    language, _territory, its_script, *_variant = parse_locale(get_global("language_aliases").get(written, written))
    language, script = get_global("parent_exceptions").get(language, language), script or its_script
    likely = get_global("likely_subtags")
    for parts in ((language, script, territory), (language, territory), (language, script), (language,)):
        if all(parts) and (found := likely.get("_".join(filter(None, parts)))):
            _language, its_territory, its_script, *_variant = parse_locale(found)
            return Tag(language, script or its_script or "", territory or its_territory or "", written)
    return Tag(language, script or "", territory or "", written)


def _territories(tag: Tag) -> Iterator[str]:
    """Yield the territories whose usage is nearest, nearest first: Angola, Portugal, then the likeliest, Brazil."""
    parents = get_global("parent_exceptions")
    territory = tag.territory
    while territory:
        yield territory
        parent = parents.get(f"{tag.language}_{tag.script}_{territory}") or parents.get(f"{tag.language}_{territory}")
        territory = parse_locale(parent)[1] or "" if parent else ""
    likeliest = _tag(f"{tag.language}_{tag.script}" if tag.script else tag.language)
    if likeliest:
        yield likeliest.territory
