"""What languages are called."""

from flask_babel import get_locale

from app.languages import rules


def language_name(tag: str) -> str:
    """What the language of the page calls another, as a menu writes it: "Allemand" for "de"."""
    name = get_locale().languages.get(tag, tag)
    return name[:1].upper() + name[1:]


def language_choices() -> list[tuple[str, str]]:
    """Every language that a post can be in, as (tag, name), by name."""
    return sorted(((tag, language_name(tag)) for tag in rules.LANGUAGES), key=lambda choice: choice[1].casefold())
