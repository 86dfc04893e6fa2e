"""The page of a user, their card, and the form of the profile."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages."""
    from app.profiles import routes

    app.register_blueprint(routes.bp)
