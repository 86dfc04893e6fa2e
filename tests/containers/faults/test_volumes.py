"""The volume for the data: full, read-only, of another owner."""

import time
import uuid

import pytest
from engine import LABEL
from load import statuses


@pytest.fixture
def small_volume(engine, project):
    """The name of a volume of 16 MB, in memory."""
    name = f"{project}-{uuid.uuid4().hex[:8]}"
    options = ["type=tmpfs", "device=tmpfs", "o=size=16m,mode=1777"]
    engine(
        "volume", "create", "--label", f"{LABEL}={project}", *(word for each in options for word in ("-o", each)), name
    )
    yield name
    engine("volume", "rm", "-f", name, check=False)


def split(exchanges):
    """Returns the statuses of the reads, and of the writes."""
    exchanges = list(exchanges)
    return [statuses(each for each in exchanges if each.method == method) for method in ("GET", "POST")]


def test_full_disk_costs_writes_alone(small_volume, serve, load, counted):
    """The volume with SQLite is filled, under the load of 8 clients, and then has room again."""
    site = serve("-v", f"{small_volume}:/data")
    with load(site) as under_load:
        under_load.wait_for(100)
        site.exec("sh", "-c", "cat /dev/zero >/data/filler", check=False)
        full = time.monotonic()
        under_load.wait_for(300, since=full)
        room = time.monotonic()
        site.exec("rm", "/data/filler")
        back = time.monotonic()
        recovered = under_load.wait_for(200, since=back)
    meanwhile = [exchange for exchange in under_load.since(full) if exchange.sent_at + exchange.seconds < room]
    reads, writes = split(meanwhile)
    assert set(reads) == {200}
    assert set(writes) == {503}
    assert {each.headers["Retry-After"] for each in meanwhile if each.method == "POST"} == {"5"}
    assert set(statuses(recovered)) == {200, 201}
    assert "database: database or disk is full" in site.logs
    assert "Traceback" not in site.logs
    counted(reads=reads, writes=writes, answers_with_room=statuses(recovered))


def test_read_only_volume_is_refused_in_one_line(image, sqlite, start, counted):
    """The application starts with a volume that is mounted read-only."""
    option, volume = sqlite
    site = start(image, options=[option, f"{volume}:ro"])
    assert site.wait() == 73
    (line,) = site.logs.splitlines()
    assert line.startswith("microblog: /data can't be written by user 1000:1000 (Read-only file system): ")
    counted(status=73, line=line)
