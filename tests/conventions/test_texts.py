"""Texts for users in Python code can be translated."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "app"
MODULES = sorted(APP.rglob("*.py"))
SAYS = {"flash", "Invalid", "NotAllowed", "NotFound", "ValidationError"}


def said(tree):
    """Yield the literals that `tree` shows to users: messages, errors, labels of fields."""
    for call in ast.walk(tree):
        if isinstance(call, ast.Call):
            name = getattr(call.func, "id", getattr(call.func, "attr", ""))
            shown = (
                call.args[1:2] if name == "Invalid" else call.args[:1] if name in SAYS or name.endswith("Field") else []
            )
            if name == "Resource":  # the API's description is in English only
                continue
            shown += [keyword.value for keyword in call.keywords if keyword.arg in {"label", "description", "message"}]
            yield from (f"{name}({ast.unparse(part)})" for part in shown if _is_text(part))


def _is_text(node):
    return isinstance(node, ast.JoinedStr) or (
        isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value
    )


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(APP)))
def test_messages_and_labels_can_be_translated(path):
    assert list(said(ast.parse(path.read_text(encoding="utf-8")))) == []


@pytest.mark.parametrize(
    ("code", "count"),
    [
        ('flash("Saved.", "success")', 1),
        ('flash(_("Saved."), "success")', 0),
        ('raise Invalid("body", "Too long")', 1),
        ('raise Invalid("body", _("Too long"))', 0),
        ('body = TextAreaField("Post")', 1),
        ('body = TextAreaField(_l("Post"), description="Short")', 1),
    ],
)
def test_literals_are_found(code, count):
    assert len(list(said(ast.parse(code)))) == count
