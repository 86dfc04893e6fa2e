"""gunicorn's worker for production: no client and no slow request keeps it from serving others.

See docs/decisions/serving.md.
"""
