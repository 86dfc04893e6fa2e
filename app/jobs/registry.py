"""The registry of kinds of jobs and of loops, which features fill."""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of job. It holds the names of its functions, so the server does not import them."""

    _work: str
    _failed: str
    _tidy: str

    def work(self, job_id: int, attempt: int, user_id: int, locale: str | None) -> None:
        """Do the job: the function reports progress, commits as it goes, and marks the job as done."""
        pkgutil.resolve_name(self._work)(job_id, attempt, user_id, locale)

    def failed(self, user_id: int) -> None:
        """Notify the user that the job failed."""
        pkgutil.resolve_name(self._failed)(user_id)

    def tidy(self) -> None:
        """Delete expired results; called once a minute."""
        pkgutil.resolve_name(self._tidy)()


# Called with a function that returns whether the worker is stopping; a call that may take long must ask it.
LoopBody = Callable[[Callable[[], bool]], None]

_kinds: dict[str, Kind] = {}
_loops: dict[str, None] = {}  # an ordered set


def register(kind: str, *, work: str, failed: str, tidy: str) -> None:
    """Register a kind of job; its functions are given by name, as in "app.export.archive_job:work"."""
    _kinds[kind] = Kind(work, failed, tidy)


def kind_of(name: str) -> Kind:
    """Return the kind of that name. Raises KeyError if it is not registered; see `names`."""
    return _kinds[name]


def names() -> set[str]:
    """Return the names of all registered kinds. The jobs of a newer replica can be of others."""
    return set(_kinds)


def kinds() -> Iterator[Kind]:
    """Return all registered kinds."""
    return iter(_kinds.values())


def register_loop(factory: str) -> None:
    """Let the worker call the LoopBody that `factory` returns, about once a second, in its own thread.

    The factory is given by name, as in "app.mail.sending:Sender". For work that is found in the database.
    """
    _loops[factory] = None


def loops() -> Iterator[str]:
    """Return the names of all registered loops' factories."""
    return iter(_loops)
