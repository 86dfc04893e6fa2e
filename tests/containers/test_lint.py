"""make lint: fails if any of its tools fails."""

import pytest
from engine import run_command

TOOLS = {
    "ruff": "ruff ruff",  # it checks and formats
    "hadolint": "hadolint",
    "shellcheck": "shellcheck",
    "djlint": "djlint",
    "codespell": "codespell",
    "check-jsonschema": " ".join(["check-jsonschema"] * 5),
    "mypy": "mypy",
    "pytest": "tests/conventions",
}


@pytest.fixture
def lint(tree):
    """lint("ruff"): runs scripts/lint with tools that do nothing, of which one fails."""
    run_command(["git", "init", "-q"], cwd=tree)
    (tree / "scripts/venv").write_text("")
    for folder in (".venv", ".venv-host"):
        (tree / folder / "bin").mkdir(parents=True)
        for tool in TOOLS:
            (tree / folder / "bin" / tool).write_text('#!/bin/sh\n[ "${0##*/}" != "$FAILING" ]\n')
            (tree / folder / "bin" / tool).chmod(0o755)
    return lambda failing: run_command(["sh", "scripts/lint"], cwd=tree, env={"FAILING": failing}, check=False)


@pytest.mark.parametrize("tool", TOOLS)
def test_lint_fails_and_names_the_tool_that_failed(lint, tool):
    result = lint(tool)
    assert result.stderr.splitlines()[-1] == f"error: these failed, see above: {TOOLS[tool]}"
    assert (result.returncode, result.stdout) == (1, "")


def test_lint_passes_if_all_tools_pass(lint):
    result = lint("")
    assert (result.returncode, result.stdout) == (0, "All checks passed\n")
