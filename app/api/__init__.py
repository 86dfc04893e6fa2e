"""The JSON contract: what programs read and write under /api; /api/openapi.json describes it, /api/docs shows that.

The paths and shapes of users, their lists and tokens are those of the well-known tutorial application; what it lacks is
by key, with `Link` headers.
"""


def init_app(app):
    """Add the API. It is asked with tokens alone: a browser's session opens nothing here, so no form can be forged."""
    from app.api import conversations, docs, notifications, posts, search, timelines, tokens, users
    from app.api.contract import Contract
    from app.extensions import csrf

    app.config |= {
        "API_TITLE": "Microblog",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": "/api",
    }
    app.json.sort_keys = False  # as representations.py writes them
    contract = Contract(app)
    for resource in (tokens, users, posts, timelines, search, conversations, notifications):
        contract.register_blueprint(resource.bp)
        csrf.exempt(resource.bp)
    docs.init_app(app, contract)
