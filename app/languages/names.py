"""The names of languages."""

from flask import current_app
from flask_babel import get_locale

from app.i18n.locales import own_name
from app.languages import rules


def language_name(tag: str) -> str:
    """The name of a language in that of the page, capitalised: "Allemand" for "de"."""
    name: str = get_locale().languages.get(tag, tag)
    return name[:1].upper() + name[1:]


def language_choices() -> list[tuple[str, str]]:
    """Every language of posts as (tag, name), sorted by name."""
    return sorted(((tag, language_name(tag)) for tag in rules.LANGUAGES), key=lambda choice: choice[1].casefold())


def languages_of_site() -> list[tuple[str, str]]:
    """The languages of posts that the site itself has, as (tag, own name): Portuguese for the catalogue "pt_BR"."""
    tags = dict.fromkeys(map(rules.primary, current_app.config["LANGUAGES"]))
    return [(tag, own_name(tag)) for tag in tags if tag]
