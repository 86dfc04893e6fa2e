"""Deletion: users delete their accounts, and can cancel that for a week."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the page; let a sign-in cancel the deletion, and the worker delete accounts that are due."""
    from app.auth.signals import signed_in
    from app.deletion import routes
    from app.jobs import registry
    from app.mail import registry as mails

    signed_in.connect(routes.restore)
    registry.register_loop("app.deletion.deleting:Deleter")
    mails.register("deletion", "app.deletion.mails:deletion")
    app.register_blueprint(routes.bp)
