"""The settings of the stand-ins for the official images of MariaDB and MySQL."""

import pytest
from engine import run_command, wait_until

pytestmark = pytest.mark.thorough


@pytest.fixture(scope="module")
def image(engine):
    return run_command(["sh", "scripts/database-image", "mariadb"]).stdout.strip()


def sign_in(server, user, password, database):
    """Waits until a user can sign in over TCP."""
    script = 'until MYSQL_PWD="$1" mariadb -h 127.0.0.1 -u "$2" "$3" -Ne "SELECT 1" 2>/dev/null; do sleep 0.1; done'
    return server.exec("timeout", "60", "sh", "-c", script, "sh", password, user, database).strip() == "1"


@pytest.mark.parametrize(
    ("settings", "line"),
    [
        ({"MARIADB_USER": "microblog"}, "MARIADB_USER is set without MARIADB_PASSWORD or MARIADB_PASSWORD_FILE"),
        ({"MARIADB_DATABASE": "a`; DROP"}, "MARIADB_DATABASE=a`; DROP is no name; use letters, digits, _ and -"),
        ({"MYSQL_DATABASE": "a'b"}, "MARIADB_DATABASE=a'b is no name; use letters, digits, _ and -"),
        ({"MYSQL_USER": "microblog"}, "MARIADB_USER is set without MARIADB_PASSWORD or MARIADB_PASSWORD_FILE"),
        ({"MYSQL_ALLOW_EMPTY_PASSWORD": "yes"}, "does not support MYSQL_ALLOW_EMPTY_PASSWORD; unset it, or use the"),
        ({"MARIADB_PASSWORD_HASH": "*1"}, "does not support MARIADB_PASSWORD_HASH; unset it, or use the official"),
        ({"MARIADB_PASSWORD_FILE": "/none"}, "MARIADB_PASSWORD_FILE=/none can't be read by user 999"),
        ({"MARIADB_PASSWORD_FILE": "/etc/passwd", "MARIADB_PASSWORD": "x"}, "are both set; keep one"),
    ],
)
def test_wrong_setting_is_reported_in_one_line(image, start, settings, line):
    options = [word for name, value in settings.items() for word in ("-e", f"{name}={value}")]
    server = start(image, options=options)
    assert server.wait() == 78
    assert line in server.logs
    assert len(server.logs.splitlines()) == 1


@pytest.mark.parametrize("prefix", ["MARIADB", "MYSQL"])
def test_settings_have_the_names_of_the_official_images(image, start, prefix):
    settings = {"DATABASE": "my-blog", "USER": "susan", "PASSWORD": "cat", "ROOT_PASSWORD": "dog"}
    settings |= {"RANDOM_ROOT_PASSWORD": "", "PORT": "tcp://10.0.0.7:3306"}  # without effect
    server = start(image, options=[word for name in settings for word in ("-e", f"{prefix}_{name}={settings[name]}")])
    assert sign_in(server, "susan", "cat", "my-blog")
    assert sign_in(server, "root", "dog", "my-blog")


def test_settings_of_mariadb_go_before_those_of_mysql(image, start):
    settings = ["MYSQL_USER=susan", "MYSQL_PASSWORD=cat", "MARIADB_PASSWORD=dog", "MYSQL_DATABASE=blog"]
    server = start(image, options=[word for setting in settings for word in ("-e", setting)])
    assert sign_in(server, "susan", "dog", "blog")


@pytest.mark.parametrize(("host", "reached"), [("%", True), ("localhost", False), ("10.0.0.%", False)])
def test_root_host_says_from_where_root_may_sign_in(image, start, engine, host, reached):
    server = start(image, options=["-e", "MYSQL_ROOT_PASSWORD=dog", "-e", f"MYSQL_ROOT_HOST={host}"])
    wait_until(lambda: "ready for connections" in server.logs, 60, "the server")
    address = engine.inspect(server.name)["NetworkSettings"]["IPAddress"]
    # A connection to the container's own address comes from that address.
    script = f"MYSQL_PWD=dog mariadb -h {address} -u root -Ne 'SELECT 1' 2>&1"
    assert (server.exec("sh", "-c", script, check=False).strip() == "1") == reached


def test_scripts_for_the_first_start_are_refused(image, start, tmp_path):
    (tmp_path / "seed.sql").write_text("SELECT 1;\n")
    server = start(image, options=["-v", f"{tmp_path}:/docker-entrypoint-initdb.d:ro"])
    assert server.wait() == 78
    assert "this image runs no scripts of /docker-entrypoint-initdb.d; use the official image" in server.logs


@pytest.mark.parametrize("password", ["we'ird\\pw\"; -- `$x`", "ünïcödé 🫠"])
def test_password_may_contain_any_character(image, start, password):
    settings = {"MARIADB_USER": "susan", "MARIADB_PASSWORD": password, "MARIADB_DATABASE": "my_blog"}
    server = start(image, options=[word for name in settings for word in ("-e", f"{name}={settings[name]}")])
    assert sign_in(server, "susan", password, "my_blog")
