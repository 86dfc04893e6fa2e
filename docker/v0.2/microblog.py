"""The entry point that FLASK_APP names."""

from app import app

__all__ = ["app"]
