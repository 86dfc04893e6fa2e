from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

from app.ops import health
from config import ROOT


def test_live_does_not_query_the_database(client, monkeypatch):
    monkeypatch.delattr("app.ops.health.db")
    for path in ("/health", "/health/", "/health/live"):
        response = client.get(path)
        assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_ready_when_the_schema_is_current(client):
    assert client.get("/health/ready").json == {"status": "ok"}


@pytest.fixture
def database(monkeypatch):
    """`database(url)` makes the probes use this database."""

    def use(url):
        monkeypatch.setattr(health, "db", type("Database", (), {"engine": create_engine(url)}))

    return use


@pytest.fixture
def database_at(database, tmp_path):
    """`database_at(revision)` makes the probes use a database at this revision."""

    def use(revision):
        database(f"sqlite:///{tmp_path}/app.db")
        with health.db.engine.begin() as connection:
            connection.execute(text("CREATE TABLE alembic_version (version_num TEXT)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})

    return use


def test_not_ready_with_an_outdated_schema(client, database_at):
    database_at("0001")
    response = client.get("/health/ready")
    assert (response.status_code, response.json) == (503, {"status": "schema outdated"})


def test_ready_when_the_schema_is_newer_than_the_code(client, database_at):
    """During a rolling update, the old replicas serve until the new ones are ready."""
    database_at("9999")
    assert client.get("/health/ready").json == {"status": "ok"}


def test_not_ready_before_the_first_migration(client, database, tmp_path):
    database(f"sqlite:///{tmp_path}/empty.db")
    response = client.get("/health/ready")
    assert (response.status_code, response.json) == (503, {"status": "schema outdated"})


def test_not_ready_while_the_database_is_unavailable(client, database, tmp_path):
    database(f"sqlite:///{tmp_path}/no/such/folder.db")
    response = client.get("/health/ready")
    assert (response.status_code, response.json) == (503, {"status": "database unavailable"})


def test_newest_revision_is_the_head_of_alembic():
    assert health.newest_revision(ROOT / "migrations") == ScriptDirectory(str(ROOT / "migrations")).get_current_head()


def test_newest_revision_is_read_with_either_quotes_and_annotations(tmp_path: Path):
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "b.py").write_text('revision: str = "b2"\ndown_revision: str | None = "a1"\n')
    (tmp_path / "versions" / "a.py").write_text("revision = 'a1'\ndown_revision = None\n")
    assert health.newest_revision(tmp_path) == "b2"
