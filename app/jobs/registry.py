"""The kinds of jobs that features have."""

import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Kind:
    """What is done for one kind of job. Its functions are named, so that serving pages need not import them.

    `work(job_id, attempt, user_id, locale)` advances and finishes the job, and commits as it goes; `failed(user_id)`
    tells the user; `tidy()` deletes what has expired.
    """

    _work: str
    _failed: str
    _tidy: str

    @property
    def work(self) -> Callable[[int, int, int, str | None], None]:
        """Import and return the function."""
        return _function(self._work)

    @property
    def failed(self) -> Callable[[int], None]:
        """Import and return the function."""
        return _function(self._failed)

    @property
    def tidy(self) -> Callable[[], None]:
        """Import and return the function."""
        return _function(self._tidy)


_kinds: dict[str, Kind] = {}


def register(kind: str, *, work: str, failed: str, tidy: str) -> None:
    """Tell workers what to do for a kind of job; each function by its name, as in "app.export.archive_job:work"."""
    _kinds[kind] = Kind(work, failed, tidy)


def kind_of(name: str) -> Kind:
    """The registered kind of that name. Raises KeyError."""
    return _kinds[name]


def kinds() -> Iterator[Kind]:
    """All registered kinds."""
    return iter(_kinds.values())


def _function(name: str) -> Any:
    return pkgutil.resolve_name(name)
