"""Export: users download their data as an archive."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the page, and the job that writes archives."""
    from app.export import routes
    from app.export.models import KIND
    from app.jobs import registry

    module = "app.export.archive_job"
    registry.register(KIND, work=f"{module}:work", failed=f"{module}:failed", tidy=f"{module}:tidy")
    app.register_blueprint(routes.bp)
