"""Users: accounts, their names and pictures."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pictures."""
    from app.users import routes

    app.register_blueprint(routes.bp)
