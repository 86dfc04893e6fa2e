"""The worker's loop that deletes due accounts."""

import logging
import math
import time
from collections.abc import Callable

from app.database import db, empty_log
from app.database_limits import patiently
from app.deletion import services

log = logging.getLogger(__name__)

INTERVAL = 60  # seconds between two checks for due accounts


class Deleter:
    """Deletes due accounts once a minute, each in its own transaction."""

    def __init__(self) -> None:
        self._looked_at = -math.inf

    def __call__(self, is_stopping: Callable[[], bool]) -> None:
        """Delete until nothing is due or the worker stops. Commits."""
        if time.monotonic() - self._looked_at < INTERVAL:
            return
        if services.next_due():
            db.session.rollback()
            with patiently(db.engine):  # an account may have written for years
                _delete_all(is_stopping)
        self._looked_at = time.monotonic()


def _delete_all(is_stopping: Callable[[], bool]) -> None:
    while not is_stopping() and (user_id := services.delete_next_due()):
        db.session.commit()
        log.info("account %d deleted, as its owner asked", user_id)
    db.session.rollback()
    empty_log()
