"""Deletion: users delete their accounts, and have a week to change their minds."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the page; let a sign-in restore the account, and the worker delete those whose week is over."""
    from app.auth.signals import signed_in
    from app.deletion import routes
    from app.jobs import registry
    from app.mail import registry as mails

    signed_in.connect(routes.restore)
    registry.register_loop("app.deletion.deleting:Deleter")
    mails.register("deletion", "app.deletion.mails:deletion")
    app.register_blueprint(routes.bp)
