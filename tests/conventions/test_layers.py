"""Imports point one way: routes → forms → services → queries → rules → models, which know nothing of a request."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["models", "rules", "queries", "services", "forms", "routes"]

# Modules that have a name of their own keep to a layer all the same; those of the API that have one are its views.
OTHERS = {
    "auth/destination": "routes",
    "auth/mails": "services",
    "auth/passwords": "services",
    "auth/proofs": "queries",
    "auth/sessions": "routes",
    "auth/settings": "routes",
    "export/archive_job": "routes",  # a worker calls it, as a server calls a view
    "export/mails": "services",
    "jobs/running": "routes",  # as a server, it commits
    "languages/names": "rules",
    "notifications/texts": "routes",
    "posts/signals": "models",
    "search/marking": "rules",
    "search/mysql_fulltext": "queries",
    "search/sqlite_fts": "queries",
    "search/words": "rules",
    "translation/client": "services",
    "translation/deadline": "services",
    "translation/translating": "routes",  # it ends the view's transaction before it asks the service
    "users/avatars": "rules",
    "users/signals": "models",
}
# Commands, the worker and rendering stand beside the layers.
BESIDE = {
    *("jobs/consumer", "jobs/job_queue", "jobs/process", "jobs/registry"),
    *("posts/rendering", "search/commands"),
}
# Packages that hold no feature.
SUPPORT = {"web", "i18n", "ops"}


def layer(module):
    """The layer of a module ("posts/queries"), or None."""
    feature, _, name = module.partition("/")
    return name if name in ORDER else "routes" if feature == "api" else OTHERS.get(module)


def named(path):
    """A module's name, as OTHERS has them."""
    return f"{path.parent.name}/{path.stem}"


ALL = sorted(
    path for path in (ROOT / "app").glob("*/*.py") if not path.stem.startswith("__") and path.parent.name not in SUPPORT
)
MODULES = [path for path in ALL if layer(named(path))]

# What a layer below the routes may take of packages that know a request.
ALLOWED = {
    "models": {"flask_login.UserMixin"},
    "rules": {"flask.current_app", "flask_babel"},
    "queries": {"flask.current_app", "flask_login.UserMixin"},
    "services": {"flask.current_app", "flask_babel", "werkzeug.security"},
    "forms": {"flask.current_app", "flask_babel", "flask_wtf", "wtforms"},
}
OF_REQUESTS = {"flask", "flask_babel", "flask_login", "flask_wtf", "werkzeug", "wtforms"}


def imported(tree):
    """The dotted names that `tree` imports, as in `from app.posts import models`: app.posts.models."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def upward(kind, names):
    """Those of `names` that belong to a later layer than `kind`."""
    later = ORDER[ORDER.index(kind) + 1 :]
    return [name for name in names if name.startswith("app.") and layer("/".join(name.split(".")[1:3])) in later]


def of_requests(kind, names):
    """Those of `names` that a module of this kind must not know: what belongs to a request and its answer."""
    allowed = ALLOWED[kind]
    return [
        name
        for name in names
        if name.split(".")[0] in OF_REQUESTS and not allowed & {name, name.split(".")[0], name.rpartition(".")[0]}
    ]


def ends_transaction(tree):
    """The calls that decide over a whole transaction."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in calls if isinstance(call, ast.Attribute) and call.attr in DECIDES]


DECIDES = {"commit", "rollback"}


def module_id(path):
    return str(path.relative_to(ROOT))


@pytest.fixture(params=MODULES, ids=module_id)
def module(request):
    """A module's kind and its tree."""
    return layer(named(request.param)), ast.parse(request.param.read_text(encoding="utf-8"))


def test_every_module_of_a_feature_has_its_place():
    assert {named(path) for path in ALL if not layer(named(path))} == BESIDE, "say in OTHERS to which layer it keeps"
    assert set(OTHERS) <= {named(path) for path in ALL}


def test_nothing_is_imported_from_a_later_layer(module):
    kind, tree = module
    assert upward(kind, imported(tree)) == []


def test_only_routes_know_of_requests(module):
    kind, tree = module
    assert kind == "routes" or of_requests(kind, imported(tree)) == []


def test_only_routes_end_a_transaction(module):
    kind, tree = module
    assert kind == "routes" or ends_transaction(tree) == []


def test_routes_ask_queries_and_not_the_database(module):
    kind, tree = module
    assert kind != "routes" or [name for name in imported(tree) if name.startswith("sqlalchemy")] == []


@pytest.mark.parametrize(
    ("kind", "code", "faults"),
    [
        ("models", "from app.posts.services import create_post", 1),
        ("models", "from app.posts import queries", 1),
        ("services", "from app.posts import models, queries", 0),
        ("models", "from app.database import db", 0),
        ("services", "from app.auth.sessions import account", 1),
        ("services", "from app.api import posts", 1),
        ("services", "from app.auth import passwords", 0),
        ("services", "from flask import request", 1),
        ("services", "import flask", 1),
        ("queries", "from flask_login import current_user", 1),
        ("models", "from flask_login import UserMixin", 0),
        ("services", "from flask_babel import gettext as _", 0),
        ("services", "db.session.commit()", 1),
        ("services", "db.session.flush()", 0),
    ],
)
def test_reader_sees_faults(kind, code, faults):
    tree = ast.parse(code)
    names = list(imported(tree))
    assert len(upward(kind, names) + of_requests(kind, names) + ends_transaction(tree)) == faults
