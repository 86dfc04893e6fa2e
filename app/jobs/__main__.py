"""`python -m app.jobs [PARENT]`: the process that does the work; with PARENT's id, until that process ends."""

import signal
import sys

# Until the consumer minds signals itself: the kernel drops one that process 1 has no handler for. boot.sh held it back.
signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGTERM})

# ruff: noqa: E402
from app import start
from app.jobs import consumer

consumer.run(start(), parent=int(sys.argv[1]) if len(sys.argv) > 1 else None)
