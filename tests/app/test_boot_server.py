"""boot.sh as it starts the production server, whose process prepares the database first."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from app.ops import probe
from config import ROOT
from tests.fixtures.servers import unused_port

# A migration that completes when it is told to stop, and not at Ctrl-C.
SLOW = """
import signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(print("completed", file=sys.stderr)))
print("migrating", file=sys.stderr, flush=True)
time.sleep(60)
"""


class Server:
    """boot.sh, with its output in `log`."""

    def __init__(self, folder, path, settings):
        self.log = folder / "log"
        self.environ = {"DATA_DIR": str(folder / "data"), "PORT": str(unused_port()), "JOB_WORKERS": "0"}
        self.environ |= {name: os.environ[name] for name in ("HOME", "VIRTUAL_ENV") if name in os.environ}
        self.environ |= settings
        self.environ["PATH"] = f"{path}{os.pathsep}{os.environ['PATH']}"
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                ["sh", str(ROOT / "boot.sh")], env=self.environ, stdout=log, stderr=log, start_new_session=True
            )

    def has_logged(self, text):
        assert self.process.poll() is None, self.log.read_text()
        return text in self.log.read_text()


@pytest.fixture
def boot(tmp_path):
    """`boot(python3=script, settings={})`: start boot.sh with these Python scripts in place of commands."""
    started = []

    def start(settings=(), **commands):
        folder = tmp_path / "bin"
        folder.mkdir()
        for name, script in commands.items():
            (folder / name).write_text(f"#!{sys.executable}\n{script}")
            (folder / name).chmod(0o755)
        started.append(Server(tmp_path, folder, dict(settings)))
        return started[-1]

    yield start
    for server in started:
        server.process.kill()
        server.process.wait()


def test_server_prepares_in_its_own_process(boot, eventually):
    """To load the packages takes most of the start. Only the migrations of a first start have another process."""
    server = boot(python3="raise SystemExit('a second interpreter')")
    eventually(lambda: server.has_logged("Booting worker"), 60)
    assert probe.is_healthy(server.environ)
    assert "Running upgrade  -> 0001" in server.log.read_text()
    server.process.terminate()
    assert server.process.wait(20) == 0


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="/proc shows a process's environment on Linux only")
@pytest.mark.parametrize(("given", "arenas"), [({}, "2"), ({"MALLOC_ARENA_MAX": "4"}, "4")], ids=["default", "set"])
def test_threads_of_the_server_share_two_pools_of_memory(boot, eventually, given, arenas):
    """Otherwise each thread keeps what its largest request took: 6,000 of 8 kB took 50 MB."""
    server = boot(given, gunicorn="import time\nprint('started', flush=True)\ntime.sleep(60)")
    eventually(lambda: server.has_logged("started"), 60)
    environ = Path(f"/proc/{server.process.pid}/environ").read_bytes().split(b"\0")
    assert f"MALLOC_ARENA_MAX={arenas}".encode() in environ


@pytest.mark.parametrize(("ending", "status"), [("sys.exit(70)", 70), ("os.kill(os.getpid(), 9)", 137)])
def test_failed_migration_ends_the_start_with_its_status(boot, ending, status):
    assert boot(flask=f"import os, sys\n{ending}\n").process.wait(60) == status


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stop_waits_for_a_running_migration(boot, eventually, number):
    """SIGINT goes to the whole group, as Ctrl-C does."""
    server = boot(flask=SLOW)
    eventually(lambda: server.has_logged("migrating"), 60)
    (os.killpg if number == signal.SIGINT else os.kill)(server.process.pid, number)
    assert server.process.wait(20) == 0
    assert server.log.read_text().splitlines()[-1] == "completed"
