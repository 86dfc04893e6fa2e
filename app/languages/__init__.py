"""The languages that a post can be in: their tags, their names, and how one is detected."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Let templates name languages and offer a choice of them."""
    from app.languages import names

    app.jinja_env.filters["language_name"] = names.language_name
    app.jinja_env.globals["language_choices"] = names.language_choices
