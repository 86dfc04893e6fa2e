"""make run ENV=DEV: the checkout is mounted read-only, and its changes are loaded."""

import pytest
from engine import free_port, wait_until


def edit(path, old, new):
    """Replaces a text in a file, which keeps its inode."""
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def replace(path, old, new):
    """Replaces a text in a file as many editors do: by another file of its name."""
    text = path.read_text()
    assert old in text
    other = path.with_name(f".{path.name}.new")
    other.write_text(text.replace(old, new))
    other.rename(path)


def wait_for(container, path, text):
    """Waits until a page of the container contains the text."""
    wait_until(lambda: text in (((answer := container.get(path)) and answer.text) or ""), 60, f"{text} in {path}")


def test_development_reloads_changed_files(instance, tree):
    (tree / "boot.sh").chmod(0o644)  # a checkout without execute bits
    container = instance(STAGE="optimized", ENV="DEV", cwd=tree)
    assert "Sign in" in container.get("/").text
    assert "Read-only file system" in container.exec("sh", "-c", "touch app/x 2>&1 || true")
    edit(tree / "app/templates/base.html", "</body>", "<!-- template edited --></body>")
    wait_for(container, "/", "<!-- template edited -->")
    edit(tree / "app/ops/health.py", '{"status": "ok"}', '{"status": "python edited"}')
    wait_for(container, "/health", "python edited")
    catalogue = tree / "app/translations/fr/LC_MESSAGES/messages.po"
    edit(catalogue, "Créer un compte", "Catalogue modifié")
    wait_for(container, "/auth/login?lang=fr", "Catalogue modifié")
    edit(catalogue, "Catalogue modifié", "Encore modifié")
    wait_for(container, "/auth/login?lang=fr", "Encore modifié")
    status, seconds = container.stop()
    assert status == 0
    assert seconds < 5


def test_development_reloads_files_that_an_editor_replaces(instance, tree):
    container = instance(STAGE="optimized", ENV="DEV", cwd=tree)
    route = 'app = start()\napp.add_url_rule("/size", view_func=lambda: str(app.config["POSTS_PER_PAGE"]))\n'
    replace(tree / "microblog.py", "app = start()\n", route)
    wait_for(container, "/size", "25")
    replace(tree / "config.py", "POSTS_PER_PAGE = 25", "POSTS_PER_PAGE = 26")
    wait_for(container, "/size", "26")
    replace(tree / "app/ops/health.py", '{"status": "ok"}', '{"status": "replaced"}')
    wait_for(container, "/health", "replaced")


def test_development_shows_no_secret_of_the_checkout(instance, tree):
    for folder in ("instance/secrets", ".git", "venv/bin"):
        (tree / folder).mkdir(parents=True)
        (tree / folder / "key").write_text("canary")
    container = instance(STAGE="optimized", ENV="DEV", cwd=tree)
    assert container.exec("find", "instance", ".git", "venv", "-type", "f") == ""


@pytest.mark.parametrize("closed", [".", "boot.sh", "app", "app/templates/base.html"])
def test_development_names_a_source_that_can_not_be_read(make, tree, closed):
    (tree / ".config.py.swp").touch(0o600)  # an editor's
    (tree / closed).chmod(0o700)
    result = make("run", ENV="DEV", PORT=free_port(), cwd=tree, check=False)
    errors = [line for line in result.stderr.splitlines() if line.startswith("error: ")]
    assert errors == [
        f"error: ENV=DEV mounts the checkout, and the container's user can't read {closed}; type: "
        "chmod go+rX . boot.sh config.py microblog.py && chmod -R go+rX app migrations"
    ]
