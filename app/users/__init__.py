"""People: profiles and pictures."""


def init_app(app):
    """Add the pages."""
    from app.users import routes

    app.register_blueprint(routes.bp)
