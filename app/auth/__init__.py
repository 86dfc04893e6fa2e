"""Sign-in, registration, account settings and API tokens."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages and the mails, set up Flask-Login, and cancel the mails of deleted users."""
    from app.auth import links, routes, sessions, settings
    from app.mail import registry
    from app.users.signals import user_deleting

    for kind in ("reset_password", "confirm_address", "password_changed", "address_changed"):
        registry.register(kind, f"app.auth.mails:{kind}")

    user_deleting.connect(links.cancel)
    sessions.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(settings.bp)
