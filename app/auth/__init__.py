"""Sign in, register, sign out."""


def init_app(app):
    """Add the pages and tell Flask-Login who is who."""
    from app.auth import routes, sessions, settings

    sessions.init_app(app)
    app.register_blueprint(routes.bp)
    app.register_blueprint(settings.bp)
