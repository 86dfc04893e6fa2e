"""Timeouts of Redis, which pages can do without: a short timeout, then a pause."""

import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import ConnectionPool

TIMEOUT = 0.25  # seconds to connect, and for each answer
PAUSE = 30  # seconds in which a Redis that failed is not asked again, for rate limits and for jobs alike

_paused_until: dict[str, float] = {}  # by URL, of time.monotonic()


def is_paused(url: str) -> bool:
    """Return whether the Redis at `url` failed in this process within the last PAUSE seconds."""
    return time.monotonic() < _paused_until.get(url, 0.0)


def pause(url: str) -> None:
    """Skip the Redis at `url` for PAUSE seconds."""
    _paused_until[url] = time.monotonic() + PAUSE


def options(answer: float = TIMEOUT) -> dict[str, Any]:
    """Return redis-py's options for a connection that fails at once, or if an answer takes longer than `answer`."""
    from redis.backoff import NoBackoff
    from redis.retry import Retry

    return {"socket_connect_timeout": TIMEOUT, "socket_timeout": answer, "retry": Retry(NoBackoff(), 0)}


def pool(url: str, answer: float = TIMEOUT) -> "ConnectionPool":
    """Return a pool of such connections."""
    from redis import ConnectionPool

    return ConnectionPool.from_url(url, **options(answer))
