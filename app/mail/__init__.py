"""Mail, sent through an outbox in the application's own database.

A feature registers its kinds of mails (`registry.register`). Its service calls `services.write` in the request's
transaction, so a page promises only what is written down. The worker renders and sends what is due (sending.py), and
tries again for a day.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Let the worker send the mails in the outbox."""
    from app.jobs import registry

    registry.register_loop("app.mail.sending:Sender")
