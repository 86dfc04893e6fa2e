"""The volume for the data: full, read-only from the start or in use, on a disk that fails."""

import os
import time
import urllib.error
import uuid
from dataclasses import dataclass
from pathlib import Path

import pytest
from engine import LABEL, run_command, wait_until
from load import assert_posts_are_stored_once, slowest, statuses

# Sets or clears the flag "immutable" (chattr +i) of what SQLite writes by system calls: the database, its log and, for
# new files, their folder. It maps app.db-shm, and so would on a volume that is read-only.
SET_IMMUTABLE = """
import fcntl, os, sys
GET_FLAGS, SET_FLAGS, IMMUTABLE = 0x80086601, 0x40086602, 0x10
for path in ("/data/app.db", "/data/app.db-wal", "/data"):
    file = os.open(path, os.O_RDONLY)
    flags = int.from_bytes(fcntl.ioctl(file, GET_FLAGS, bytes(8)), sys.byteorder)
    flags = flags | IMMUTABLE if sys.argv[1] == "on" else flags & ~IMMUTABLE
    fcntl.ioctl(file, SET_FLAGS, flags.to_bytes(8, sys.byteorder))
"""


@pytest.fixture
def new_volume(engine, project):
    """new_volume(type="tmpfs", …): the name of a volume with these options of the driver; removed after the test."""
    names = []

    def new_volume(**options):
        names.append(f"{project}-{uuid.uuid4().hex[:8]}")
        words = [word for name, value in options.items() for word in ("-o", f"{name}={value}")]
        engine("volume", "create", "--label", f"{LABEL}={project}", *words, names[-1])
        return names[-1]

    yield new_volume
    for name in names:
        engine("volume", "rm", "-f", name, check=False)


@pytest.fixture
def small_volume(new_volume):
    """The name of a volume of 16 MB, in memory."""
    return new_volume(type="tmpfs", device="tmpfs", o="size=16m,mode=1777")


@pytest.fixture
def set_read_only(engine, image, sqlite):
    """set_read_only("on"): lets the kernel refuse writes to SQLite's files, also open ones; "off" allows them again."""
    option, volume = sqlite
    rights = ["--user", "0", "--cap-add", "LINUX_IMMUTABLE", "--entrypoint", "python3"]

    def set_read_only(state):
        engine("run", "--rm", *rights, option, volume, image, "-c", SET_IMMUTABLE, state)

    yield set_read_only
    set_read_only("off")


@dataclass
class Disk:
    """An ext4 file system on a loop device, and the volume on it."""

    device: str
    volume: str

    def fail(self):
        """Lets the file system meet an error, and turn read-only, as after an error of the disk."""
        Path("/sys/fs/ext4", Path(self.device).name, "trigger_fs_error").write_text("only a test")

    def repair(self):
        """Repairs the file system, which no container uses."""
        repaired = run_command(["e2fsck", "-f", "-p", self.device], check=False)
        assert repaired.returncode <= 1, repaired.stdout  # 1: errors were corrected


@pytest.fixture
def disk(new_volume, tmp_path):
    """A disk whose file system turns read-only at an error."""
    if os.geteuid():
        pytest.skip("needs root, for a loop device")
    file = tmp_path / "disk"
    run_command(["mkfs.ext4", "-q", "-E", "root_owner=1000:1000", file, "64M"])
    device = run_command(["losetup", "--find", "--show", file]).stdout.strip()
    yield Disk(device, new_volume(type="ext4", device=device, o="errors=remount-ro"))
    run_command(["losetup", "--detach", device])


def split(exchanges):
    """Returns the statuses of the reads, and of the writes."""
    exchanges = list(exchanges)
    return [statuses(each for each in exchanges if each.method == method) for method in ("GET", "POST")]


def assert_only_writes_failed(exchanges):
    """Reads succeeded; writes got a 503 that says when to try again."""
    reads, writes = split(exchanges)
    assert set(reads) == {200}
    assert set(writes) == {503}
    assert {each.headers["Retry-After"] for each in exchanges if each.method == "POST"} == {"5"}


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
    assert_only_writes_failed(meanwhile)
    assert set(statuses(recovered)) == {200, 201}
    assert "database: database or disk is full" in site.logs
    assert "Traceback" not in site.logs
    reads, writes = split(meanwhile)
    counted(reads=reads, writes=writes, answers_with_room=statuses(recovered))


def test_volume_that_turns_read_only_costs_writes_alone(sqlite, set_read_only, serve, engine, load, counted):
    """The volume with SQLite turns read-only under the load of 8 clients, workers start, it can be written again."""
    site = serve(*sqlite)
    with load(site) as under_load:
        under_load.wait_for(100)
        set_read_only("on")
        began = time.monotonic()
        engine("kill", "--signal", "HUP", site.name)  # their connections are opened while nothing can be written
        wait_until(lambda: site.logs.count("Booting worker") == 4, 30, "two new workers")
        under_load.wait_for(300, since=time.monotonic())
        with pytest.raises(urllib.error.HTTPError) as caught:
            under_load.writers[0].browser.post(f"{site.url}/post", body="Hello")
        ended = time.monotonic()
        set_read_only("off")
        back = time.monotonic()
        recovered = under_load.wait_for(200, since=back)
    meanwhile = [exchange for exchange in under_load.since(began) if exchange.sent_at + exchange.seconds < ended]
    assert_only_writes_failed(meanwhile)
    assert (caught.value.code, caught.value.headers["Retry-After"]) == (503, "5")
    assert "The database is not responding." in caught.value.read().decode()
    assert set(statuses(recovered)) == {200, 201}
    assert_posts_are_stored_once(under_load)
    assert "Traceback" not in site.logs
    reads, writes = split(meanwhile)
    counted(
        reads=reads,
        writes=writes,
        answers_once_it_can_be_written=statuses(recovered),
        slowest_s=slowest(under_load.exchanges),
        posts_acknowledged_and_stored=len(under_load.acknowledged()),
    )


def test_acknowledged_posts_survive_a_disk_that_fails(disk, serve, engine, load, counted):
    """The disk fails while 12 clients publish: its file system turns read-only, and is repaired after a stop."""
    site = serve("-v", f"{disk.volume}:/data")
    with load(site, 12, every=0.3) as under_load:
        wait_until(lambda: len(under_load.acknowledged()) > 100, 60, "100 posts")
        disk.fail()
        failed = time.monotonic()
        meanwhile = under_load.wait_for(300, since=failed)
    assert_only_writes_failed(meanwhile)
    status, _ = site.stop()
    disk.repair()
    engine("start", site.name)
    assert site.wait_for_answer("/health/ready").status == 200
    assert_posts_are_stored_once(under_load)
    reads, writes = split(meanwhile)
    counted(
        reads=reads,
        writes=writes,
        status_of_the_stop=status,
        posts_acknowledged_and_stored=len(under_load.acknowledged()),
    )


def test_read_only_volume_is_refused_in_one_line(image, sqlite, start, counted):
    """The application starts with a volume that is mounted read-only."""
    option, volume = sqlite
    site = start(image, options=[option, f"{volume}:ro"])
    assert site.wait() == 73
    (line,) = site.logs.splitlines()
    assert line.startswith("microblog: /data can't be written by user 1000:1000 (Read-only file system): ")
    counted(status=73, line=line)
