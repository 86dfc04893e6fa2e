"""Redis, which counts rate limits and holds the job queue, frozen."""

import time
import uuid

import pytest
from engine import run_command, wait_until
from load import slowest, statuses


@pytest.fixture
def redis(project, engine):
    """A Redis: the options that connect to it, and the name of its container."""
    name = f"{project}-{uuid.uuid4().hex[:8]}"
    environment = {"IMAGE": project, "BASE": "debian", "DEFAULT_STAGE": "optimized"}  # as make exports them
    network = run_command(["sh", "scripts/companions", "start", name, "redis"], env=environment).stdout.strip()
    yield ["--network", network, "-e", "REDIS_URL=redis://redis:6379"], f"{name}-redis"
    engine("unpause", f"{name}-redis", check=False)
    run_command(["sh", "scripts/companions", "stop", name], env=environment)


def test_frozen_redis_costs_no_request(sqlite, redis, serve, engine, load, author, counted):
    """Redis is paused under the load of 8 clients, and a user requests their data meanwhile."""
    options, server = redis
    site = serve(*sqlite, *options)
    susan = author(site)
    with load(site) as under_load:
        under_load.wait_for(100)
        engine("pause", server)
        frozen = time.monotonic()
        susan.start_export()
        under_load.wait_for(300, since=frozen)
        engine("unpause", server)
        back = time.monotonic()
    wait_until(lambda: susan.export()["progress"] == 100, 200, "the export")
    assert set(statuses(under_load.exchanges)) == {200, 201}
    assert slowest(under_load.exchanges) < 2
    counted(
        answers_while_it_was_frozen=statuses(each for each in under_load.since(frozen) if each.sent_at < back),
        slowest_s=slowest(under_load.exchanges),
        seconds_from_its_return_to_the_end_of_the_job=round(time.monotonic() - back),
    )
