"""The packages of app/ form a graph without cycles, and so do its modules, drawn from all imports."""

import ast
import sys
from graphlib import CycleError, TopologicalSorter
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
# The factory imports every feature; the other two start processes and call the factory.
ROOTS = {"app", "app.jobs.__main__", "app.gunicorn_conf"}
PACKAGES = {path.parent.name for path in APP.glob("*/__init__.py")}


def module_name(path):
    name = ".".join(path.relative_to(APP.parent).with_suffix("").parts)
    return name.removesuffix(".__init__")


MODULES = {module_name(path): path for path in APP.rglob("*.py")}


def imports(tree, known):
    """Yield the modules of `known` that a module imports, inside functions too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                full = f"{node.module}.{alias.name}"
                if full in known:
                    yield full
                elif node.module in known:
                    yield node.module


def module_graph():
    """Return the modules that each module imports."""
    trees = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items() if name not in ROOTS}
    return {name: set(imports(tree, MODULES)) - {name} - ROOTS for name, tree in trees.items()}


def package(module):
    """Return the package under app/ that a module belongs to, or the name of a module at the root."""
    return module.split(".")[1]


def package_graph(modules):
    """Return the packages, and modules at the root, that each package imports."""
    graph = {}
    for module, imported in modules.items():
        graph.setdefault(package(module), set()).update(map(package, imported))
    return {name: found - {name} for name, found in graph.items()}


def cycle(graph):
    """Return a cycle in the graph as a list of names, or None."""
    try:
        list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return error.args[1]
    return None


def test_packages_have_no_import_cycle():
    assert cycle(package_graph(module_graph())) is None


def test_modules_have_no_import_cycle():
    assert cycle(module_graph()) is None


@pytest.mark.parametrize("path", sorted(MODULES.values()), ids=module_name)
def test_module_name_differs_from_libraries(path):
    taken = set(sys.stdlib_module_names) | set(packages_distributions())
    assert path.stem in {"__init__", "__main__"} or path.stem not in taken


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("from app.posts.models import Post", ["app.posts.models"]),
        ("def f():\n    from app.posts import models", ["app.posts.models"]),
        ("import app.database", ["app.database"]),
        ("from app import database", ["app.database"]),
        ("from flask import g", []),
    ],
)
def test_imports_finds_every_form(code, found):
    assert list(imports(ast.parse(code), MODULES)) == found


def test_cycle_is_found():
    graph = package_graph({"app.posts.routes": {"app.search.queries"}, "app.search.queries": {"app.posts.models"}})
    assert set(cycle(graph)) == {"posts", "search"}
