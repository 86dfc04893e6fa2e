"""`scripts/db` shell, backup and restore, with MariaDB. test_mysql.py calls them by make."""

import pytest
from engine import ROOT, Container

AS_APPLICATION = 'MYSQL_PWD="$(cat "$MARIADB_PASSWORD_FILE")" mariadb -h 127.0.0.1 -u microblog microblog -Ne'


@pytest.fixture(scope="module")
def name(db, project):
    """The name of a companion that runs."""
    name = f"{project}-backups"
    try:
        db("start", "--throwaway", name)
        yield name
    finally:
        db("remove", name)


@pytest.fixture
def query(name, engine):
    """query(STATEMENT): the result for the application's user."""
    server = Container(engine, f"{name}-mariadb")
    return lambda statement: server.exec("sh", "-c", f'{AS_APPLICATION} "$1"', "sh", statement).strip()


def test_restored_database_is_that_of_the_backup(db, name, query, tmp_path):
    file = tmp_path / "backup.sql"
    query("CREATE TABLE kept (body TEXT); INSERT INTO kept VALUES ('🍣')")
    db("backup", name, file)
    query("DROP TABLE kept; CREATE TABLE newer (x INTEGER)")
    db("restore", name, file)
    assert query("SELECT body FROM kept") == "🍣"
    assert query("SHOW TABLES") == "kept"


def test_backup_is_private_and_without_password(db, name, tmp_path):
    file = tmp_path / "backup.sql"
    output = db("backup", name, file).stderr
    assert file.stat().st_mode & 0o777 == 0o600
    password = (ROOT / "instance/secrets" / name / "mariadb_password").read_text()
    assert password not in output + file.read_text()


def test_shell_is_that_of_the_application(db, name):
    result = db("shell", name, stdin="SELECT current_user(), database();\n")
    assert result.stdout.split()[-2:] == ["microblog@%", "microblog"]


def test_existing_file_is_not_overwritten(db, name, tmp_path):
    file = tmp_path / "backup.sql"
    file.write_text("mine")
    result = db("backup", name, file, check=False)
    assert (result.returncode, file.read_text()) == (73, "mine")
    assert "exists; choose another FILE" in result.stderr


def test_failed_backup_leaves_no_file(db, name, query, engine, tmp_path):
    server = f"{name}-mariadb"
    engine("exec", "-u", "root", server, "mv", "/usr/bin/mariadb-dump", "/usr/bin/moved")
    try:
        result = db("backup", name, tmp_path / "backup.sql", check=False)
    finally:
        engine("exec", "-u", "root", server, "mv", "/usr/bin/moved", "/usr/bin/mariadb-dump")
    assert f"error: {server} made no backup" in result.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "reason"), [(None, "can't read FILE="), ("DROP TABLE still_there;\n", "is not a complete backup")]
)
def test_unusable_backup_changes_nothing(db, name, query, tmp_path, text, reason):
    query("CREATE OR REPLACE TABLE still_there (x INTEGER)")
    file = tmp_path / "backup.sql"
    if text:
        file.write_text(text)
    result = db("restore", name, file, check=False)
    assert result.returncode != 0
    assert reason in result.stderr
    assert "still_there" in query("SHOW TABLES")


def test_instance_without_a_companion_is_told_what_to_use(db, project, tmp_path):
    result = db("backup", f"{project}-none", tmp_path / "backup.sql", check=False)
    assert result.returncode == 1
    assert "no database server runs" in result.stderr
    assert "flask backup" in result.stderr
