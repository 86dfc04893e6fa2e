"""The languages of posts: their tags, names and detection."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Let templates name languages and list them."""
    from app.languages import names

    app.jinja_env.filters["language_name"] = names.language_name
    app.jinja_env.globals["language_choices"] = names.language_choices
