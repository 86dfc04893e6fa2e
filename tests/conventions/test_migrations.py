"""Migrations: one feature each, numbered without gaps, reversible, independent of the application."""

import ast
from pathlib import Path

import pytest

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
VERSIONS = sorted((MIGRATIONS / "versions").glob("*.py"))
APPLICATION = {"app", "config", "microblog"}


def parse(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def constants(tree):
    """The module's constants, such as `revision`."""
    assigned = (node for node in tree.body if isinstance(node, ast.Assign))
    return {node.targets[0].id: node.value.value for node in assigned if isinstance(node.value, ast.Constant)}


def imports(tree):
    """The top-level packages that the module imports, in its functions too."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or "").partition(".")[0])
    return found


def calls(tree, *names):
    """The calls of functions of these names, such as "op.create_table"."""
    return [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names]


def keywords(call):
    """The call's keyword arguments as source text; those of `**x` have the name None."""
    return {keyword.arg: ast.unparse(keyword.value) for keyword in call.keywords}


@pytest.fixture(params=VERSIONS, ids=lambda path: path.stem)
def migration(request):
    """A migration's syntax tree."""
    return parse(request.param)


def test_migration_has_docstring_upgrade_and_downgrade(migration):
    assert ast.get_docstring(migration)
    assert {"upgrade", "downgrade"} <= {node.name for node in migration.body if isinstance(node, ast.FunctionDef)}


@pytest.mark.parametrize(
    "path", [MIGRATIONS / "__init__.py", MIGRATIONS / "operations.py", *VERSIONS], ids=lambda path: path.stem
)
def test_migration_imports_no_application_code(path):
    """The application changes; a migration must go on doing what it did."""
    assert not imports(parse(path)) & APPLICATION


def test_created_table_has_the_options_of_all_tables(migration):
    for call in calls(migration, "op.create_table"):
        assert keywords(call).get(None) == "TABLE_OPTIONS"


def test_migration_avoids_conditions_that_mysql_does_not_know(migration):
    """MySQL knows IF EXISTS for tables only, MariaDB for indexes and columns too: no run on MariaDB shows the error."""
    for call in (node for node in ast.walk(migration) if isinstance(node, ast.Call)):
        if {"if_exists", "if_not_exists"} & keywords(call).keys():
            assert ast.unparse(call.func) in ("op.create_table", "op.drop_table")


def test_migrations_are_numbered_without_gaps():
    assert [path.name.partition("_")[0] for path in VERSIONS] == [f"{n:04}" for n in range(1, len(VERSIONS) + 1)]


def test_revisions_are_one_line_in_the_order_of_the_files():
    found = [constants(parse(path)) for path in VERSIONS]
    revisions = [path.name.partition("_")[0] for path in VERSIONS]
    assert [migration["revision"] for migration in found] == revisions
    assert [migration["down_revision"] for migration in found] == [None, *revisions[:-1]]


@pytest.mark.parametrize(
    ("code", "packages"),
    [
        ("import app.database", {"app"}),
        ("def upgrade():\n    from config import Config", {"config"}),
        ("from migrations.operations import create_index", {"migrations"}),
        ("from .. import operations", {".."}),
    ],
)
def test_imports_are_found(code, packages):
    assert imports(ast.parse(code)) == packages
