"""Everything one wrote, to take away."""


def init_app(app):
    """Add the page."""
    from app.export import routes

    app.register_blueprint(routes.bp)
