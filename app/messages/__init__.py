"""Direct messages between two users."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages."""
    from app.messages import routes

    app.register_blueprint(routes.bp)
