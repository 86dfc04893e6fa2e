"""The JSON contract under /api; /api/openapi.json describes it, /api/docs shows the description.

Users, their lists and tokens have the paths and shapes of the well-known tutorial application; the rest is read by key,
with `Link` headers.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the API. It is asked with tokens alone: a session opens nothing here, so no form can be forged."""
    from app.api import conversations, docs, notifications, posts, search, timelines, tokens, users
    from app.api.contract import Contract
    from app.extensions import csrf

    app.config |= {
        "API_TITLE": "Microblog",
        "API_VERSION": "1",
        "OPENAPI_VERSION": "3.0.3",
        "OPENAPI_URL_PREFIX": "/api",
    }
    app.json.sort_keys = False  # type: ignore[attr-defined]  # as the schemas order them
    contract = Contract(app)
    for resource in (tokens, users, posts, timelines, search, conversations, notifications):
        contract.register_blueprint(resource.bp)
        csrf.exempt(resource.bp)
    docs.init_app(app, contract)
