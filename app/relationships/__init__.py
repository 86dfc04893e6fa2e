"""Follows between users."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the buttons' addresses, and update the counts when a user is deleted."""
    from app.relationships import routes, services
    from app.users.signals import user_deleting

    user_deleting.connect(services.uncount_follows)
    app.register_blueprint(routes.bp)
