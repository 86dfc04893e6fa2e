"""`python -m app.jobs [PARENT]`: run the worker; given a parent's process id, only as long as the parent runs."""

import os
import signal
import sys

# The kernel drops a signal that process 1 has no handler for. boot.sh blocks SIGTERM until here; this handler is in
# place until the consumer sets its own. Not sys.exit(): Python ignores an exception that a signal raises in a __del__.
signal.signal(signal.SIGTERM, lambda number, frame: os._exit(0))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

# ruff: noqa: E402
from app import database, start
from app.jobs import consumer

app = start()
has_parent = len(sys.argv) > 1
if app.config["METRICS"]:
    from app.metrics import exporter, jobs, pool

    jobs.init_app()
    pool.watch(app)
    if not has_parent:  # which serves them
        exporter.serve(app.config["METRICS_BIND"])
if has_parent:  # the server closes the database
    consumer.run(app, parent=int(sys.argv[1]))
else:
    try:
        consumer.run(app)
    finally:
        with app.app_context():
            database.close()
