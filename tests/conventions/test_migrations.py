"""Migrations: one change each, since DDL can't be rolled back everywhere, and each can be undone."""

import ast
from pathlib import Path

import pytest

VERSIONS = Path(__file__).resolve().parents[2] / "migrations" / "versions"
MIGRATIONS = sorted(VERSIONS.glob("*.py"))


def functions(tree):
    return {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}


def operations(function):
    """The calls of Alembic's `op` in it; a batch counts once, whatever it does."""
    calls = (node.func for node in ast.walk(function) if isinstance(node, ast.Call))
    return [ast.unparse(call) for call in calls if isinstance(call, ast.Attribute) and ast.unparse(call.value) == "op"]


def constants(tree):
    """The module's own names and values, such as `revision`."""
    assigned = (node for node in tree.body if isinstance(node, ast.Assign))
    return {node.targets[0].id: ast.literal_eval(node.value) for node in assigned if is_constant(node.value)}


def is_constant(node):
    return isinstance(node, ast.Constant)


@pytest.fixture(params=MIGRATIONS, ids=lambda path: path.stem)
def migration(request):
    """A migration's file and its tree."""
    return request.param, ast.parse(request.param.read_text(encoding="utf-8"))


def test_it_does_one_thing_and_undoes_it(migration):
    _path, tree = migration
    up, down = functions(tree)["upgrade"], functions(tree)["downgrade"]
    assert len(operations(up)) == 1, operations(up)
    assert len(operations(down)) == 1, operations(down)


def test_its_docstring_says_what_and_its_name_begins_with_its_revision(migration):
    path, tree = migration
    assert ast.get_docstring(tree)
    assert path.stem.startswith(f"{constants(tree)['revision']}_")


def test_a_new_table_takes_the_options_of_all_tables(migration):
    _path, tree = migration
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        if ast.unparse(call.func) == "op.create_table":
            assert "TABLE_OPTIONS" in [ast.unparse(keyword.value) for keyword in call.keywords if keyword.arg is None]


def test_they_form_one_line_in_the_order_of_their_names():
    found = [constants(ast.parse(path.read_text(encoding="utf-8"))) for path in MIGRATIONS]
    before = [migration["down_revision"] for migration in found]
    assert before == [None, *(migration["revision"] for migration in found[:-1])]


@pytest.mark.parametrize(
    ("code", "count"),
    [("pass", 0), ("op.drop_table('a')", 1), ("op.drop_table('a')\nop.drop_table('b')", 2)],
)
def test_reader_counts(code, count):
    assert len(operations(ast.parse(code))) == count
