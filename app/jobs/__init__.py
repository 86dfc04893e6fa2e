"""Work in the background: a queue in the database, and what people see of it.

A feature has its own kind of job: its service calls `services.start` in the transaction of what the job needs, the view
commits and then calls `job_queue.enqueue`; `consumer.jobs` names the module that does the work.
"""


def call_later(function: str, *arguments) -> None:
    """Let a worker call `function`, as app.jobs.queue.call_later does, which is imported by the first who needs it."""
    from app.jobs import job_queue

    job_queue.call_later(function, *arguments)


def init_app(app):
    """In DEV a thread of the server does the work; elsewhere a process of its own (process.py, boot.sh worker)."""
    import os

    # Flask's reloader imports the application twice: this marks the one that serves.
    if app.config["DEV"] and app.config["JOB_WORKERS"] and os.environ.get("WERKZEUG_RUN_MAIN") == "true":
        from app.jobs import consumer

        consumer.start_threads(app)
