"""The servers, and the load that wrk puts on them."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).parent


@contextlib.contextmanager
def served(application: str, port: int, environ: dict[str, str]) -> Iterator[int]:
    """`application` under gunicorn with the product's own settings but one worker and no jobs; gives its process id."""
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
    with subprocess.Popen(command, cwd=HERE.parent, env=environ, stderr=subprocess.DEVNULL) as master:
        try:
            _wait(port, master)
            yield _child(master.pid)
        finally:
            master.terminate()


def _wait(port: int, process: subprocess.Popen) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise SystemExit(f"bench: gunicorn ended with {process.returncode}; is port {port} taken?")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.1)
    raise SystemExit("bench: gunicorn did not answer within 30 s")


def _child(pid: int) -> int:
    children = Path(f"/proc/{pid}/task/{pid}/children")
    while not children.read_text():
        time.sleep(0.1)
    return int(children.read_text().split()[0])


def drive(url: str, seconds: float, cookies: list[str]) -> dict[str, float]:
    """Four connections ask for `url` without pause: requests/s as `rate`, `p50` and `p99` in milliseconds.

    Raises SystemExit when an answer was no page.
    """
    command = ["wrk", "-t1", "-c4", f"-d{seconds:g}s", "-s", str(HERE / "readers.lua"), url, "--", *cookies]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    measured = json.loads(output.splitlines()[-1])
    if measured["failed"]:
        raise SystemExit(f"bench: {measured['failed']} of {measured['requests']} requests to {url} failed")
    return {"rate": measured["requests"] / measured["seconds"], "p50": measured["p50"], "p99": measured["p99"]}


def memory(pid: int) -> float:
    """The proportional set size of a process, in MB."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    raise AssertionError("no Pss")
