"""Sign-in, registration, account settings and API tokens."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages and the mails, and set up Flask-Login."""
    from app.auth import routes, sessions, settings
    from app.mail import registry

    for kind in ("reset_password", "confirm_address", "password_changed", "address_changed"):
        registry.register(kind, f"app.auth.mails:{kind}")

    sessions.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(settings.bp)
