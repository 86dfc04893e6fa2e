"""Layers of a feature: routes import forms, services, queries, rules and models in that order, never the reverse."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ORDER = ["models", "rules", "queries", "services", "forms", "routes"]

# The layers of modules with other names. In api/, such modules are routes.
OTHERS = {
    "auth/attempts": "routes",  # it reads the request, and refuses it
    "auth/devices": "rules",
    "auth/known_browsers": "routes",
    "auth/links": "services",
    "auth/mails": "services",
    "auth/presence": "services",
    "auth/proofs": "queries",
    "auth/repeats": "routes",
    "auth/sessions": "routes",
    "auth/settings": "routes",
    "auth/signals": "models",
    "deletion/deleting": "routes",  # it commits, as a view does
    "deletion/mails": "services",
    "export/archive_job": "routes",  # the worker calls it, as the server calls a view
    "export/mails": "services",
    "jobs/running": "routes",  # it commits, as a view does
    "jobs/signals": "models",
    "languages/names": "rules",
    "mail/failures": "rules",
    "mail/transport": "services",
    "notifications/texts": "routes",
    "posts/signals": "models",
    "search/marking": "rules",
    "search/mysql_fulltext": "queries",
    "search/sqlite_fts": "queries",
    "search/words": "rules",
    "translation/client": "services",
    "translation/post": "services",
    "translation/translating": "routes",  # it ends the view's transaction before a request to the service
    "users/avatars": "rules",
    "users/email_addresses": "rules",
    "users/guessable": "rules",
    "users/passwords": "services",
    "users/signals": "models",
}
# Commands, the worker and rendering belong to no layer.
BESIDE = {
    *("jobs/consumer", "jobs/job_queue", "jobs/loops", "jobs/process", "jobs/registry", "jobs/storage"),
    *("mail/commands", "mail/message", "mail/registry", "mail/sending", "posts/rendering", "search/commands"),
}
# Packages that are not features.
SUPPORT = {"web", "i18n", "metrics", "ops", "serving", "settings"}


def layer(module):
    """Return the layer of a module such as "posts/queries", or None."""
    feature, _, name = module.partition("/")
    return name if name in ORDER else "routes" if feature == "api" else OTHERS.get(module)


def named(path):
    """Return the name of a module, as in OTHERS."""
    return f"{path.parent.name}/{path.stem}"


ALL = sorted(
    path for path in (ROOT / "app").glob("*/*.py") if not path.stem.startswith("__") and path.parent.name not in SUPPORT
)
MODULES = [path for path in ALL if layer(named(path))]

# What each layer may import from packages that handle requests.
ALLOWED = {
    "models": {"flask_login.UserMixin"},
    "rules": {"flask.current_app", "flask_babel"},
    "queries": {"flask.current_app", "flask_login.UserMixin"},
    "services": {"flask.current_app", "flask_babel", "werkzeug.security"},
    "forms": {"flask.current_app", "flask_babel", "flask_wtf", "wtforms"},
}
OF_REQUESTS = {"flask", "flask_babel", "flask_login", "flask_wtf", "werkzeug", "wtforms"}


def imported(tree):
    """Yield the dotted names that `tree` imports: app.posts.models for `from app.posts import models`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def upward(kind, names):
    """Return those of `names` that belong to a layer above `kind`."""
    later = ORDER[ORDER.index(kind) + 1 :]
    return [name for name in names if name.startswith("app.") and layer("/".join(name.split(".")[1:3])) in later]


def of_requests(kind, names):
    """Return those of `names` that handle requests and that this kind of module must not import."""
    allowed = ALLOWED[kind]
    return [
        name
        for name in names
        if name.split(".")[0] in OF_REQUESTS and not allowed & {name, name.split(".")[0], name.rpartition(".")[0]}
    ]


def ends_transaction(tree):
    """Return the calls that end a transaction."""
    calls = (node.func for node in ast.walk(tree) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in calls if isinstance(call, ast.Attribute) and call.attr in DECIDES]


DECIDES = {"commit", "rollback"}


def module_id(path):
    return str(path.relative_to(ROOT))


@pytest.fixture(params=MODULES, ids=module_id)
def module(request):
    """The kind and the syntax tree of each module."""
    return layer(named(request.param)), ast.parse(request.param.read_text(encoding="utf-8"))


def test_modules_have_a_layer():
    assert {named(path) for path in ALL if not layer(named(path))} == BESIDE, "add the module and its layer to OTHERS"
    assert set(OTHERS) <= {named(path) for path in ALL}


def test_module_imports_no_layer_above(module):
    kind, tree = module
    assert upward(kind, imported(tree)) == []


def test_only_routes_use_the_request(module):
    kind, tree = module
    assert kind == "routes" or of_requests(kind, imported(tree)) == []


def test_only_routes_end_transactions(module):
    kind, tree = module
    assert kind == "routes" or ends_transaction(tree) == []


def test_routes_do_not_import_sqlalchemy(module):
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
        ("services", "from app.users import passwords", 0),
        ("services", "from flask import request", 1),
        ("services", "import flask", 1),
        ("queries", "from flask_login import current_user", 1),
        ("models", "from flask_login import UserMixin", 0),
        ("services", "from flask_babel import gettext as _", 0),
        ("services", "db.session.commit()", 1),
        ("services", "db.session.flush()", 0),
    ],
)
def test_faults_are_found(kind, code, faults):
    tree = ast.parse(code)
    names = list(imported(tree))
    assert len(upward(kind, names) + of_requests(kind, names) + ends_transaction(tree)) == faults
