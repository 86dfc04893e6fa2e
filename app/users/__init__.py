"""Accounts, their names and avatars."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the address of the avatars."""
    from app.users import routes

    app.register_blueprint(routes.bp)
