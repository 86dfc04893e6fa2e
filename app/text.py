"""Text as people see it: counted by what they call a character, and cleaned of what no one can see or store."""

import unicodedata

import regex

# Nothing to see: separators, controls, what Unicode says to ignore by default (Hangul fillers), the empty Braille cell.
UNSEEN = regex.compile(r"[\p{Z}\p{C}\p{Default_Ignorable_Code_Point}\u2800]*")
# A newline and a tab are text; other controls are not. Half of a surrogate pair, which JSON can bring, has no UTF-8.
UNFIT = regex.compile(r"[\p{Cc}\p{Cs}--[\n\t]]", regex.V1)
# What sets a part of a line apart in its direction, and what ends that part.
ISOLATES = regex.compile(r"[\u2066-\u2069]")


def count(text: str) -> int:
    """The number of characters as a person counts them: extended grapheme clusters (Unicode, UAX #29)."""
    return len(regex.findall(r"\X", text))


def is_blank(text: str) -> bool:
    """Whether there is nothing to see."""
    return UNSEEN.fullmatch(text) is not None


def is_storable(text: str) -> bool:
    """Whether every database takes the text as it is: no control characters but newline and tab."""
    return UNFIT.search(text) is None


def tidy(text: str) -> str:
    """The text in composed form (NFC), its lines ended by a single newline, without white space around it."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def tidy_line(text: str) -> str:
    """The text in composed form (NFC) on one line, white space between words made a single space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def isolated(text: str) -> str:
    """The text between marks that keep its direction, and overrides in it, from what stands around it (UAX #9).

    Such marks of its own are left out: one without a partner would take ours for it. For names in plain sentences and
    in titles; pages have `<bdi>` for that.
    """
    return f"\u2068{ISOLATES.sub('', text)}\u2069"
