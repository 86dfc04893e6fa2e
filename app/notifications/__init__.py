"""Notifications: new followers, new messages, and what the application has to tell a user."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages, and the filters of templates/notifications/row.html."""
    from app.notifications import routes, texts

    app.jinja_env.filters["notification_text"] = texts.text_of
    app.jinja_env.filters["notification_url"] = texts.url_of
    app.register_blueprint(routes.bp)
