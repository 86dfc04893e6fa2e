"""Who follows whom."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages, and keep the counts right when a user is deleted."""
    from app.relationships import routes, services
    from app.users.signals import user_deleting

    user_deleting.connect(services.uncount_follows)
    app.register_blueprint(routes.bp)
