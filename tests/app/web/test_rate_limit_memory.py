import sys

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter, SlidingWindowCounterRateLimiter

from app.web import rate_limit_memory
from app.web.rate_limit_memory import BoundedMemory

RATE = parse("10 per hour")


@pytest.fixture(params=[MovingWindowRateLimiter, SlidingWindowCounterRateLimiter])
def limiter(request, monkeypatch):
    monkeypatch.setattr(rate_limit_memory, "KEYS", 50)
    return request.param(BoundedMemory())


def names_in(storage):
    return max(len(storage.events), len(storage.expirations), len(storage.storage), len(storage.locks))


def test_names_are_bounded(limiter):
    for number in range(500):
        assert limiter.hit(RATE, f"name {number}")
        assert names_in(limiter.storage) <= 50


def test_larger_counts_survive_many_names(limiter):
    for _time in range(10):
        assert limiter.hit(RATE, "susan")
    for number in range(500):
        limiter.hit(RATE, f"name {number}")
    assert not limiter.hit(RATE, "susan")
    assert not limiter.test(RATE, "susan")


def test_default_bound_is_a_few_megabytes():
    storage = BoundedMemory()
    limiter = MovingWindowRateLimiter(storage)
    for number in range(2 * rate_limit_memory.KEYS):
        limiter.hit(RATE, f"name {number:032x}")
    held = [storage.events, *storage.events.keys(), *storage.events.values(), storage.locks]
    assert sum(map(sys.getsizeof, held)) < 5_000_000
