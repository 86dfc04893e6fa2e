"""Parsing of settings, for config.py, which lists them. No module here imports another part of the application."""

import os

from click import ClickException


class ConfigError(ClickException):
    """A setting is not valid; the message is one line that names it and says what to do.

    A command that does not catch it, as `flask` without FLASK_APP, prints the message and exits with `exit_code`.
    """

    exit_code = os.EX_CONFIG
