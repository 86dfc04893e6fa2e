"""The page that shows the API's description, without asking any other site."""

from typing import Any

from flask import Blueprint, Flask, render_template
from flask_smorest import Api

METHODS = ("get", "post", "put", "delete")


def init_app(app: Flask, contract: Api) -> None:
    """Add the page."""
    bp = Blueprint("api", __name__)

    @bp.get("/api/docs")
    def docs() -> str:
        spec = contract.spec.to_dict()
        return render_template("api/docs.html", spec=spec, operations=operations(spec))

    app.register_blueprint(bp)


def operations(spec: dict[str, Any]) -> list[dict[str, Any]]:
    """Every operation of an OpenAPI document, in its order, with its `path`, `method` and the path's parameters."""
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
