"""Timelines: lists of posts, newest first."""


def init_app(app):
    """Add the pages."""
    from app.timelines import routes

    app.register_blueprint(routes.bp)
