"""Search: posts by their words, people by their names."""


def init_app(app):
    """Add the pages, and what marks in them the words that were searched for."""
    from app.search import marking, routes

    app.jinja_env.globals["marked"] = marking.marked
    app.register_blueprint(routes.bp)
