"""Posts: their pages, and the HTML of a post on every page."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages of posts, and give templates `posts_html`."""
    from app.posts import rendering, routes

    app.jinja_env.globals["posts_html"] = rendering.posts_html
    app.register_blueprint(routes.bp)
