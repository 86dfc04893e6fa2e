"""What happened to me."""


def init_app(app):
    """Add the pages."""
    from app.notifications import routes

    app.register_blueprint(routes.bp)
