"""Timelines: lists of posts, newest first."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages."""
    from app.timelines import routes

    app.register_blueprint(routes.bp)
