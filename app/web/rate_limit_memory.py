"""The counts of rate limits in this process, bounded: clients choose many of their names."""

from typing import Any

from limits.storage import MemoryStorage

KEYS = 5_000  # in all about 3 MB


class BoundedMemory(MemoryStorage):
    """MemoryStorage with at most KEYS names; its base keeps that of each moving window for ever.

    Beyond that, the smallest counts are dropped: guesses at many names do not make those at one name start from zero.
    """

    STORAGE_SCHEME = ["bounded-memory"]  # noqa: RUF012  as its base declares it

    def acquire_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count in a moving window; return whether that is within the limit."""
        self._make_room(self.events, key)
        return super().acquire_entry(key, limit, expiry, amount)

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count in a sliding window; return the count."""
        self._make_room(self.expirations, key)
        return super().incr(key, expiry, amount)

    def _make_room(self, counts: dict[str, Any], key: str) -> None:
        if key in counts or len(counts) < KEYS:
            return
        for smallest in sorted(counts, key=self._count)[: KEYS // 10]:
            with self.locks[smallest]:  # a thread of the base removes what has expired
                self.clear(smallest)

    def _count(self, key: str) -> int:
        return len(self.events.get(key, ())) or self.storage.get(key, 0)
