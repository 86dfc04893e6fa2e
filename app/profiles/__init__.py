"""Profiles: the page of a user, the card that posts show of them, and the form that changes both."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages."""
    from app.profiles import routes

    app.register_blueprint(routes.bp)
