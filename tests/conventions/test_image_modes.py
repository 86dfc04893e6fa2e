"""Images work from a checkout of any umask: with 077, what is copied from it is readable by its owner alone."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
# Scripts give the files modes before these builds.
PREPARED = {"docker/identidock/identicon", "docker/support/database/mariadb", "docker/support/database/mysql"}
DOCKERFILES = [
    path
    for path in [*sorted(ROOT.glob("docker/**/*Dockerfile")), ROOT / "tests/Dockerfile"]
    if str(path.parent.relative_to(ROOT)) not in PREPARED
]
COPIES = re.compile(r"^(COPY|ADD) (?!--from=)", re.MULTILINE)
USER = re.compile(r"^USER (?!root|0\b)", re.MULTILINE)
READABLE = re.compile(r"chmod 755 |chmod -R u=rwX,go=rX |-exec chmod u=rwX,go=rX |chown -R ")


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_user_of_an_image_can_read_what_is_copied(path):
    text = path.read_text(encoding="utf-8")
    assert not (COPIES.search(text) and USER.search(text)) or READABLE.search(text)
