"""Search: posts by their words, users by their names."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the pages, give templates `marked` and `search_limit`, and index new posts and new or renamed users."""
    from app.posts.signals import post_created
    from app.search import marking, routes, rules, services
    from app.users.signals import user_changed, user_created, user_deleted

    post_created.connect(services.index_post)
    user_created.connect(services.index_user)
    user_changed.connect(services.reindex_user)
    user_deleted.connect(services.erase_deleted)
    app.jinja_env.globals["marked"] = marking.marked
    app.jinja_env.globals["search_limit"] = rules.LIMIT
    app.register_blueprint(routes.bp)
