"""`make compare`: small stages, one of which can't be built and one of which does not start."""

import json
import os

import pytest
from conftest import copy_tree
from engine import LABEL, ROOT, run_command

pytestmark = pytest.mark.thorough

SMALL = """FROM {base}
WORKDIR /srv
COPY requirements.txt .
COPY app/templates templates
RUN install -d -o 1000 /srv/health && chmod 4755 templates/base.html
USER 1000
LABEL note="<b>"
CMD ["python3", "-m", "http.server", "8000"]
"""


def lab_is_in(engine, container):
    """Returns True if the container is one of these stages'; others use the same base meanwhile."""
    text = engine("inspect", container, check=False).stdout
    return "no such thing" in text or "echo gone" in text


@pytest.fixture(scope="module")
def comparison(base, engine, project, tmp_path_factory):
    """The tree in which `make compare` ran, and what it printed."""
    lab, tree = tmp_path_factory.mktemp("lab"), copy_tree(tmp_path_factory.mktemp("tree"))
    image = base("gunicorn")
    for name, text, declaration in (
        ("small", SMALL.format(base=image), "port=8000\nanswers=/health/\n"),
        ("broken", f"FROM {image}\nRUN echo no such thing >&2; exit 3\n", ""),
        ("quits", f'FROM {image}\nCMD ["sh", "-c", "echo gone; exit 4"]\n', ""),
    ):
        (lab / name).mkdir()
        (lab / name / "Dockerfile").write_text(text)
        (lab / name / "stage.conf").write_text(declaration)
    before = set(engine("ps", "-aq").stdout.split())
    stages = [lab / "small", lab / "broken", os.path.relpath(lab / "quits", tree), "nowhere"]
    path = f"{ROOT}/.venv-host/bin:{os.environ['PATH']}"
    result = run_command(
        ["make", "compare", f"IMAGE={project}", f"STAGES={' '.join(map(str, stages))}"],
        cwd=tree, env={"PATH": path}, timeout=1500,
    )  # fmt: skip
    # The container of the step that fails.
    left = [one for one in set(engine("ps", "-aq").stdout.split()) - before if lab_is_in(engine, one)]
    return tree, result, left


@pytest.fixture(scope="module")
def figures(comparison):
    """The stages of compare.json, by name."""
    stages = json.loads((comparison[0] / "build/compare/compare.json").read_text())["stages"]
    return {stage["name"]: stage for stage in stages}


def test_builds_use_the_cache_up_to_the_change(figures):
    cold, template, requirements = (figures["small"]["builds"][name] for name in ("cold", "template", "requirements"))
    assert cold["cached"] == 0
    assert (template["steps"], requirements["steps"]) == (cold["steps"], cold["steps"])
    assert template["cached"] == requirements["cached"] + 1
    assert all(build["seconds"] > 0 for build in (cold, template, requirements))


def test_image_is_described(figures, base):
    small = figures["small"]
    assert small["builds"]["cold"]["base"] == base("gunicorn")
    assert 0 < small["gzip_size"] < small["size"]
    assert small["shadowed"] > 0
    assert len(small["layers"]) >= 4
    assert (small["user"], small["uid"]) == ("1000", 1000)
    assert "sh" in small["shells"]
    assert small["packages"]["system"] > 20
    assert small["writable"] == {"count": 1, "paths": ["srv/health"]}
    assert "srv/templates/base.html" in small["setuid"]
    assert small["labels"]["note"] == "<b>"
    assert isinstance(small["lint"], int)


def test_start_and_memory_are_measured(figures):
    assert figures["small"]["start"] > 0
    assert figures["small"]["memory"] > 1_000_000


def test_failing_stages_say_why_and_the_others_go_on(figures):
    assert list(figures) == ["small", "broken", "quits", "nowhere"]
    assert figures["broken"]["error"].startswith("not built: ")
    assert "exit 3" in figures["broken"]["error"] or "code: 3" in figures["broken"]["error"]
    assert figures["nowhere"]["error"].startswith("not built: STAGE=nowhere is not valid; use one of: ")
    assert figures["quits"]["error"] is None
    assert figures["quits"]["start_error"] == "does not start: it ended with status 4: gone"


def test_progress_table_and_page_are_written(comparison):
    tree, result, _ = comparison
    assert "  built in " in result.stderr
    assert "Size on disk" in result.stdout
    assert "Wrote build/compare/index.html and build/compare/compare.json" in result.stdout
    page = (tree / "build/compare/index.html").read_text()
    assert "note=&lt;b&gt;" in page
    assert "<strong>nowhere</strong>: not built" in page


def test_checkout_is_unchanged_and_nothing_is_left(comparison, engine, project):
    tree, _, containers = comparison
    for name in ("requirements.txt", "app/templates/base.html"):
        assert (tree / name).read_bytes() == (ROOT / name).read_bytes()
    names = engine("images", "--filter", f"label={LABEL}={project}", "--format", "{{.Tag}}").stdout.split()
    assert [name for name in names if name.startswith("compare-")] == []
    assert containers == []


def test_results_are_ignored_by_git_and_left_out_of_images():
    assert run_command(["git", "check-ignore", "build/compare/index.html"]).stdout
    assert (ROOT / ".dockerignore").read_text().splitlines()[1] == "*"
