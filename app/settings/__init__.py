"""Parsing of settings, for config.py, which lists them. No module here imports another part of the application."""


class ConfigError(Exception):
    """A setting is not valid; the message is one line that names it and says what to do."""
