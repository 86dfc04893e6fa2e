"""Contents of the application's images: only allowed files are added to the base, no stray files."""

import re
import subprocess
import tarfile
import uuid

import pytest
from engine import ROOT, run_command, some_thorough
from lessons import app_stages

SOURCES = ("app", "migrations", "boot.sh", "config.py", "microblog.py", "requirements.txt")
STAGES = app_stages()

# Allowed beside the source and the packages, whose files are compared one by one.
ALLOWED = re.compile(
    "|".join(
        [
            r"data/?",  # empty: a volume is mounted there
            r"usr/(local/)?lib/python3(\.\d+)?/.*__pycache__/.*\.pyc",  # bytecode of the base's modules
            r"\.dockerenv|dev/.*|etc/(hostname|hosts|resolv\.conf|mtab)",  # made by the engine in each container
            r"etc/(passwd|group|shadow|gshadow|subuid|subgid)-?|etc/\.pwd\.lock",  # the user
        ]
    )
)
# Prints each installed package and each of its files, without the leading slash.
INSTALLED = """
import importlib.metadata as m, os
for d in m.distributions():
    print("package", d.name.lower().replace("_", "-"))
    for f in d.files or ():
        print("file", os.path.normpath(d.locate_file(f)).lstrip("/"))
"""
# Names of secrets, databases and editors' backups; NAME is replaced by a random word.
CANARIES = (
    ".env", ".env.NAME", ".git/NAME", ".git/config", "app/.env", "app/auth/.NAME", "instance/app.db", "app.db",
    "app/NAME.db", "app/NAME.db-wal", "app/NAME.sqlite3", "migrations/NAME.sql", "NAME.pem", "app/NAME.pem",
    "app/static/NAME.key", "app/NAME.p12", "id_rsa", "app/id_rsa", "app/id_ed25519.NAME", "NAME.txt", "NAME/NAME.txt",
    "app/users/models.py~", "app/.models.py.swp", "app/NAME.swo", "app/#NAME.py#", "app/.#NAME.py", "config.py.bak",
    "app/NAME.orig", "app/NAME.rej", "app/NAME.log", "NAME.log", "app/__pycache__/NAME.pyc", "venv/NAME", ".venv/NAME",
    "docs/NAME.md", "tests/NAME.py", "app/translations/fr/LC_MESSAGES/NAME.mo", ".ssh/NAME", "docker-NAME.yaml",
)  # fmt: skip


@pytest.fixture
def installed(engine):
    """installed(image): two sets, the names of its Python packages and of their files."""

    def listed(image):
        printed = engine("run", "--rm", "--entrypoint", "python", image, "-c", INSTALLED).stdout.splitlines()
        pairs = [line.split(" ", 1) for line in printed]
        return tuple({name for kind, name in pairs if kind == wanted} for wanted in ("package", "file"))

    return listed


# hardened is not on top of its base: test_hardened.py lists its files.
@pytest.mark.parametrize("stage", [stage for stage in STAGES if stage != "hardened"])
def test_image_contains_only_allowed_files(files, installed, build, any_builder, base, stage):
    image = build(stage, any_builder)
    before, after = files(base(stage)), files(image)
    added = {name for name, is_like in after.items() if before.get(name) != is_like and is_like[0] != tarfile.DIRTYPE}
    packages, of_packages = installed(image)
    locked = set(re.findall(r"^([\w-]+)==", (ROOT / "requirements.txt").read_text(), re.MULTILINE))
    assert packages - installed(base(stage))[0] <= locked

    outside = {name for name in added if not name.startswith("home/microblog/")}
    assert sorted(name for name in outside - of_packages if not ALLOWED.fullmatch(name)) == []

    inside = {name.removeprefix("home/microblog/") for name in added - outside}
    made = {name for name in inside if re.search(r"/LC_MESSAGES/messages\.mo$|(^|/)__pycache__/[^/]+\.pyc$", name)}
    source = run_command(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--", *SOURCES]
    ).stdout.split("\n")
    assert inside - made == {name for name in source if name and (ROOT / name).exists()}
    assert bool(made) == (stage == "optimized")  # gunicorn compiles them at its start


@pytest.fixture
def planted(tree):
    """A copy of the tree with stray secrets, and the word that all of them contain."""
    word = f"canary{uuid.uuid4().hex}"
    for place in (tree, tree / "docker/v0.2"):
        for canary in CANARIES:
            file = place / canary.replace("NAME", word)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(f"SECRET={word}\n")
    return tree, word


@pytest.fixture
def holds(engine):
    """holds(image, word): returns True if a layer or the configuration contains the word."""

    def search(image, word):
        wanted, rest = word.encode(), b""
        with subprocess.Popen([engine.cli, "save", image], stdout=subprocess.PIPE) as save:
            while chunk := save.stdout.read(1 << 22):
                if wanted in rest + chunk:
                    save.kill()
                    return True
                rest = chunk[-len(wanted) :]
        return False

    return search


@pytest.mark.parametrize("stage", some_thorough([*STAGES, "v0.2"], "gunicorn", "hardened", "v0.2"))
def test_stray_files_of_the_context_are_in_no_layer(planted, build_from, builder, holds, stage):
    tree, word = planted
    context = tree if stage in STAGES else tree / "docker" / stage
    image = build_from(
        context, builder, tree / f"docker/{stage}/Dockerfile", f"planted-{stage}-{builder.builder}", of=stage
    )
    assert not holds(image, word)


def test_search_finds_files_that_a_later_layer_removes(any_builder, build_from, holds, tmp_path):
    """Proves that the test above can fail."""
    word = f"canary{uuid.uuid4().hex}"
    (tmp_path / "secret").write_text(word)
    (tmp_path / "Dockerfile").write_text(
        "ARG BASE_IMAGE\nFROM ${BASE_IMAGE}\nCOPY secret /secret\nRUN rm /secret\n", encoding="utf-8"
    )
    assert holds(build_from(tmp_path, any_builder, tmp_path / "Dockerfile", "hidden"), word)
