"""Entry point: what FLASK_APP names."""

from app import app

__all__ = ["app"]
