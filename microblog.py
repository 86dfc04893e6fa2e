"""Entry point of the server (`gunicorn microblog:app`) and of the `flask` command."""

from app import start

app = start()
