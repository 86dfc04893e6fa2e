"""Entry point of the server (`gunicorn microblog:app`) and of the `flask` command."""

import sys

from app import create_app, logs
from config import ConfigError

logs.configure()
try:
    app = create_app()
except ConfigError as error:
    logs.tell(str(error))
    sys.exit(78)  # EX_CONFIG of sysexits(3)
