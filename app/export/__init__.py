"""Export: users download their data as an archive."""

from flask import Flask


def init_app(app: Flask) -> None:
    """Add the page, and the job that writes archives."""
    from app.export import routes
    from app.export.models import KIND
    from app.jobs import registry
    from app.mail import registry as mails

    module = "app.export.archive_job"
    registry.register(KIND, work=f"{module}:work", failed=f"{module}:failed", tidy=f"{module}:tidy")
    mails.register("archive", "app.export.mails:archive")
    app.register_blueprint(routes.bp)
