"""Databases for the application's image: the companion MariaDB, a volume for SQLite, another migration."""

import uuid

import pytest
from engine import LABEL, ROOT, Container, run_command


def revisions() -> list[str]:
    """Returns the revisions of the application's migrations, oldest first."""
    return sorted(path.name.split("_")[0] for path in (ROOT / "migrations/versions").glob("*.py"))


@pytest.fixture
def add_migration(tmp_path):
    """add_migration(text): options that add a migration to the image; {head} in its text is the newest revision."""

    def add_migration(text):
        file = tmp_path / "added.py"
        file.write_text(text.format(head=revisions()[-1]))
        file.chmod(0o644)
        tmp_path.chmod(0o755)
        return ["-v", f"{file}:/home/microblog/migrations/versions/added.py:ro"]

    return add_migration


@pytest.fixture(scope="session")
def db(project):
    """db("start", NAME): runs `scripts/db` for this session's project, with the stand-in; the completed process.

    Variables, such as DB_AUTH="ed25519", are those of make.
    """

    def db(*arguments, check=True, stdin="", **variables):
        environment = {"IMAGE": project, "BASE": "debian"} | variables
        return run_command(["sh", "scripts/db", *arguments], env=environment, check=check, stdin=stdin)

    return db


@pytest.fixture
def new_mariadb(db, project, engine):
    """new_mariadb("--throwaway"): starts an empty MariaDB; removed after the test. Variables as for `db`.

    Returns the options that connect an application's container to it, and the server's container.
    """
    names = []

    def new_mariadb(*options, **variables):
        names.append(f"{project}-{uuid.uuid4().hex[:8]}")
        connected = db("start", *options, names[-1], **variables).stdout.splitlines()
        return connected, Container(engine, f"{names[-1]}-mariadb")

    yield new_mariadb
    for name in names:
        db("remove", name)


@pytest.fixture
def mariadb(new_mariadb):
    """An empty MariaDB whose data need not survive: the options that connect to it, and the server's container."""
    return new_mariadb("--throwaway")


@pytest.fixture
def sqlite(engine, project):
    """The options that mount an empty volume."""
    name = f"{project}-{uuid.uuid4().hex[:8]}"
    engine("volume", "create", "--label", f"{LABEL}={project}", name)
    yield ["-v", f"{name}:/data"]
    engine("volume", "rm", "-f", name, check=False)


@pytest.fixture(params=["sqlite", "mariadb"])
def database(request):
    """The options that connect to an empty database, for each kind."""
    found = request.getfixturevalue(request.param)
    return found if request.param == "sqlite" else found[0]
