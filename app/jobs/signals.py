"""Signals of jobs, for the features above."""

from blinker import Signal

# Sent with the kind of a job when an attempt has ended; `outcome` is DONE, FAILED or STALE of models.py, or:
attempt_ended = Signal()
SUPERSEDED = "superseded"  # the job was restarted or deleted
INTERRUPTED = "interrupted"  # the database failed; another attempt follows
