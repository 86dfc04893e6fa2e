"""Delete the accounts that are due: the worker's part."""

import logging
import math
import time
from collections.abc import Callable

from app.database import db, empty_log
from app.database_limits import patiently
from app.deletion import services

log = logging.getLogger(__name__)

INTERVAL = 60  # seconds between two looks for accounts that are due


class Deleter:
    """Deletes what is due, once a minute, each account in a transaction of its own."""

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
