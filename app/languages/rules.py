"""The languages of posts."""

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
