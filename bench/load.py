"""The servers under test, and the load that wrk puts on them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
STARTS = 5


@contextlib.contextmanager
def served(application: str, environ: dict[str, str], workers: int = 1) -> Iterator[tuple[str, int]]:
    """Run `application` under gunicorn with the production settings, but `workers` workers and no jobs.

    Yields its URL and the process id of its first worker.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = os.environ | environ | {"WEB_CONCURRENCY": str(workers), "JOB_WORKERS": "0", "BIND": f"127.0.0.1:{port}"}
    command = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "app/gunicorn_conf.py",
        "--access-logfile",
        os.devnull,
        application,
    ]
    with subprocess.Popen(
        command, cwd=HERE.parent, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as master:
        try:
            _wait(port, master)
            yield f"http://127.0.0.1:{port}", _child(master.pid)
        finally:
            master.terminate()


def start_seconds(environ: dict[str, str]) -> float:
    """Return the seconds from the start of gunicorn, as boot.sh starts it, to the first 200 of /health.

    The database is up to date. The median of STARTS runs, after a warm-up.
    """
    times = []
    for _ in range(STARTS + 1):
        began = time.perf_counter()
        with served("app.ops.startup:prepared_app()", environ) as (address, _worker):
            with urllib.request.urlopen(f"{address}/health") as answer:
                assert answer.status == 200, answer.status
            times.append(time.perf_counter() - began)
    return median(times[1:])


def _wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Wait until the port accepts connections. Raises SystemExit if the process ends first, or after 30 s."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"bench: gunicorn ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.005)
    raise SystemExit("bench: gunicorn did not answer within 30 s")


def _child(pid: int) -> int:
    """Return the id of the first child of a process, once it has one."""
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while not children.read_text():
        time.sleep(0.1)
    return int(children.read_text().split()[0])


def drive(url: str, worker: int, seconds: int, readers: list[dict[str, str]]) -> dict[str, float]:
    """Request `url` over four connections without pause, with the header of each reader in turn.

    Returns requests/s as `rate`, the latencies `p50` and `p99`, and the worker's CPU time per request as `cpu`, all
    three in milliseconds. Raises SystemExit if a request failed.
    """
    before = _processor_time(worker)
    names, values = zip(*(reader.popitem() for reader in map(dict, readers)), strict=True) if readers else ((), ())
    command = ["wrk", "-t1", "-c4", f"-d{seconds}s", "-s", str(HERE / "readers.lua"), url, "--", *names[:1], *values]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured = json.loads(output.splitlines()[-1])
    if measured["failed"]:
        raise SystemExit(f"bench: {measured['failed']} of {measured['requests']} requests to {url} failed")
    return {
        "rate": measured["requests"] / measured["seconds"],
        "cpu": (_processor_time(worker) - before) / measured["requests"] * 1000,
        "p50": measured["p50"],
        "p99": measured["p99"],
    }


def _processor_time(pid: int) -> float:
    """Return the CPU time of a process in seconds, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """Return the proportional set size of a process in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no Pss")
