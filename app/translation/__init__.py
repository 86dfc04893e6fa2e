"""Languages of posts, and what posts say in others."""


def init_app(app):
    """Add the pages, and what posts are shown with."""
    from app.translation import names, routes, translating

    app.jinja_env.filters["language_name"] = names.language_name
    app.jinja_env.globals["language_choices"] = names.language_choices
    app.jinja_env.globals["is_foreign"] = translating.is_foreign
    app.register_blueprint(routes.bp)
