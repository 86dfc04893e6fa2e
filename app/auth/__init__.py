"""Sign-in, registration, account settings and API tokens."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages and set up Flask-Login."""
    from app.auth import routes, sessions, settings

    sessions.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(settings.bp)
