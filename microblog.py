"""Entry point of the server (`gunicorn microblog:app`) and of the `flask` command."""

import sys

from app import create_app
from config import ConfigError

try:
    app = create_app()
except ConfigError as error:
    print(f"microblog: {error}", file=sys.stderr)
    sys.exit(78)  # EX_CONFIG of sysexits(3)
