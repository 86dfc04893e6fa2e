"""The servers, and the load that wrk puts on them."""

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
def served(application: str, environ: dict[str, str]) -> Iterator[tuple[str, int]]:
    """`application` under gunicorn with the product's own settings but one worker and no jobs.

    Gives its address and its worker's process id.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environ = os.environ | environ | {"WEB_CONCURRENCY": "1", "JOB_WORKERS": "0", "BIND": f"127.0.0.1:{port}"}
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


def starts(environ: dict[str, str]) -> dict[str, float]:
    """The seconds that a start takes where there is nothing to do, the medians of STARTS after one that isn't counted.

    `prepare` is what boot.sh does first, `serve` goes from the start of gunicorn to the first 200 on /health.
    """
    times = {"prepare": [], "serve": []}
    for _ in range(STARTS + 1):
        began = time.perf_counter()
        command = [sys.executable, "-m", "app.ops.startup"]
        subprocess.run(command, cwd=HERE.parent, env=os.environ | environ, check=True, capture_output=True)
        times["prepare"].append(time.perf_counter() - began)
        began = time.perf_counter()
        with served("microblog:app", environ) as (address, _worker):
            with urllib.request.urlopen(f"{address}/health") as answer:
                assert answer.status == 200, answer.status
            times["serve"].append(time.perf_counter() - began)
    return {step: median(taken[1:]) for step, taken in times.items()}


def _wait(port: int, process: subprocess.Popen) -> None:
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"bench: gunicorn ended with {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.005)
    raise SystemExit("bench: gunicorn did not answer within 30 s")


def _child(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while not children.read_text():
        time.sleep(0.1)
    return int(children.read_text().split()[0])


def drive(url: str, worker: int, seconds: float, readers: list[dict[str, str]]) -> dict[str, float]:
    """Four connections ask for `url` without pause, with the one header of each reader in turn.

    Gives requests/s as `rate`, `p50`, `p99`, and the processor time that the worker took for one as `cpu`, all three in
    milliseconds. Raises SystemExit when an answer was no page.
    """
    before = _processor_time(worker)
    names, values = zip(*(reader.popitem() for reader in map(dict, readers)), strict=True) if readers else ((), ())
    command = ["wrk", "-t1", "-c4", f"-d{seconds:g}s", "-s", str(HERE / "readers.lua"), url, "--", *names[:1], *values]
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
    """Seconds that a process has computed, itself and the kernel for it."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> float:
    """The proportional set size of a process, in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no Pss")
