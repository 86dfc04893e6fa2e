"""The page that shows the API's description, which nothing but this site is asked for."""

from flask import Blueprint, render_template

METHODS = ("get", "post", "put", "delete")


def init_app(app, contract):
    """Add the page. What it shows is put together by the first who asks for it."""
    bp = Blueprint("api", __name__)

    @bp.get("/api/docs")
    def docs():
        spec = contract.description
        return render_template("api/docs.html", spec=spec, operations=operations(spec))

    app.register_blueprint(bp)


def operations(spec: dict) -> list[dict]:
    """Every operation of an OpenAPI document, in its order, with its `path`, its `method` and the path's parameters."""
    return [
        path[method]
        | {
            "path": name,
            "method": method.upper(),
            "parameters": path.get("parameters", []) + path[method].get("parameters", []),
        }
        for name, path in spec["paths"].items()
        for method in METHODS
        if method in path
    ]
