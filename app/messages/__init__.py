"""Messages between two people."""


def init_app(app):
    """Add the pages."""
    from app.messages import routes

    app.register_blueprint(routes.bp)
