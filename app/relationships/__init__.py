"""Who follows whom."""


def init_app(app):
    """Add the pages."""
    from app.relationships import routes

    app.register_blueprint(routes.bp)
