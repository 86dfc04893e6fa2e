"""The mails sent by the running application."""

import json
import queue
import subprocess
from email import message_from_bytes, policy
from threading import Thread


class Inbox:
    """The mails received by scripts/mail-sink, whose process is `sink` (with text pipes as standard streams)."""

    def __init__(self, sink: subprocess.Popen):
        self._sink = sink
        self._arrived = queue.Queue()
        if sink.stdout.readline() != "listening\n":
            raise RuntimeError("scripts/mail-sink did not start; its last lines are above")
        Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._sink.stdout:
            self._arrived.put(json.loads(line))

    def next_to(self, address, subject, seconds=30):
        """Wait for a mail to `address` with that subject, drop those before it, and return it as an EmailMessage."""
        while True:
            try:
                mail = self._arrived.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"no mail {subject!r} to {address} within {seconds} s") from None
            message = message_from_bytes(mail["message"].encode(), policy=policy.default)
            if mail["to"] == [address] and message["Subject"] == subject:
                return message

    def close(self):
        """Stop the server."""
        self._sink.stdin.close()
        self._sink.wait(timeout=30)
