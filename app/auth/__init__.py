"""Sign in, register, sign out."""

from app.extensions import login


def init_app(app):
    """Add the pages and tell Flask-Login who is who."""
    from app.auth import queries, routes

    login.init_app(app)
    login.login_view = "auth.login"
    login.user_loader(queries.user_of_session)
    app.register_blueprint(routes.bp)
