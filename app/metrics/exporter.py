"""Serve the metrics over HTTP, on a port of their own.

The processes of a server write their values to files in PROMETHEUS_MULTIPROC_DIR (prometheus_client's multiprocess
mode), which gunicorn's master sums up. A worker apart is one process, and serves its own values.
"""

import os
import shutil
import sys
import threading
from collections.abc import Iterable
from pathlib import Path
from socketserver import StreamRequestHandler
from typing import cast

from prometheus_client import REGISTRY, CollectorRegistry, Metric, start_http_server
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector, mark_process_dead
from prometheus_client.registry import Collector

from app import logs

TIMEOUT = 10  # seconds for a client to send its request

# Held while the files are read, while those of an ended process are merged, and while gunicorn forks a worker, which
# must not inherit a lock that the serving thread holds.
_lock = threading.Lock()


class Sums(Collector):
    """The metrics of all processes."""

    def collect(self) -> Iterable[Metric]:
        """Return the sums over the files."""
        with _lock:
            return list(MultiProcessCollector(None).collect())


def serve_sums(bind: str) -> None:
    """Serve the metrics of this process and its children, as `serve` does."""
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)
    registry = CollectorRegistry()
    registry.register(Sums())
    try:
        serve(bind, registry)
    except SystemExit:
        remove_files()
        raise


def serve(bind: str, registry: CollectorRegistry = REGISTRY) -> None:
    """Serve the metrics of this process in a thread, at an address and port; on failure, exit with one line."""
    host, _, port = bind.rpartition(":")
    try:
        server, _thread = start_http_server(int(port), host.strip("[]") or "0.0.0.0", registry)  # noqa: S104
    except OSError as error:
        logs.tell(f"METRICS_BIND={bind} can't be listened on ({error.strerror}); give another address or port")
        sys.exit(os.EX_CONFIG)
    cast(type[StreamRequestHandler], server.RequestHandlerClass).timeout = TIMEOUT


def retire(pid: int) -> None:
    """Add the counts of an ended process to those of all that ended before, and drop its gauges.

    One file per process would fill the memory, as workers are replaced.
    """
    folder = Path(os.environ["PROMETHEUS_MULTIPROC_DIR"])
    with _lock:
        mark_process_dead(pid)
        for file in folder.glob(f"*_{pid}.db"):
            total = MmapedDict(str(file.with_name(f"{file.name.partition('_')[0]}_ended.db")))
            for key, value, timestamp, _position in MmapedDict.read_all_values_from_file(str(file)):
                total.write_value(key, total.read_value(key)[0] + value, timestamp)
            total.close()
            file.unlink()


def remove_files() -> None:
    """Remove the values of all processes."""
    shutil.rmtree(os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True)
