"""Live translation of posts into the reader's language."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the actions, and let templates ask which posts can be translated and for their translations."""
    from app.translation import routes, translating

    app.jinja_env.globals["is_foreign"] = translating.is_foreign
    app.jinja_env.globals["translation_of"] = translating.translation_of
    app.register_blueprint(routes.bp)
