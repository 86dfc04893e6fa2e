"""Background jobs: a queue in the database, and the state that users see.

A feature registers its kind of job (`registry.register`). Its service calls `services.start` in the request's
transaction; the view commits, then calls `job_queue.enqueue`.
"""

from flask import Flask


def init_app(app: Flask) -> None:
    """Start the worker's threads in DEV; elsewhere the worker is a process (process.py, or `boot.sh worker`)."""
    import os

    # Flask's reloader loads the application in two processes and sets this in the one that serves.
    if app.config["DEV"] and app.config["JOB_WORKERS"] and os.environ.get("WERKZEUG_RUN_MAIN") == "true":
        from app.jobs import consumer

        consumer.start_threads(app)
