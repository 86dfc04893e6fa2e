"""Direct messages between two users."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages; keep what others have of a deleted user's messages."""
    from app.messages import routes, services
    from app.users.signals import user_deleting

    user_deleting.connect(services.keep_copies)
    app.register_blueprint(routes.bp)
