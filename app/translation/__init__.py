"""Languages of posts."""


def init_app(app):
    """Give templates what they name languages with."""
    from app.translation import names

    app.jinja_env.filters["language_name"] = names.language_name
    app.jinja_env.globals["language_choices"] = names.language_choices
