"""gunicorn's worker for production: slow clients and slow requests do not block others.

See docs/decisions/serving.md.
"""
