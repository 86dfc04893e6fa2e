"""Posts: what people write."""


def init_app(app):
    """Add the pages, and what other features' pages show posts with."""
    from app.posts import rendering, routes, rules

    app.jinja_env.globals["posts_html"] = rendering.posts_html
    app.jinja_env.globals["POST_LIMIT"] = rules.LIMIT
    app.register_blueprint(routes.bp)
