"""The mails of the running application, as those who get them read them."""

import json
import queue
import subprocess
from email import message_from_bytes, policy
from threading import Thread


class Inbox:
    """What comes in at scripts/mail-sink, whose process is `sink` (its standard streams are pipes of text)."""

    def __init__(self, sink: subprocess.Popen):
        self._sink = sink
        self._arrived = queue.Queue()
        if sink.stdout.readline() != "listening\n":
            raise RuntimeError("scripts/mail-sink did not start; its last lines are above")
        Thread(target=self._read, daemon=True).start()

    def _read(self):
        for line in self._sink.stdout:
            self._arrived.put(json.loads(line))

    def next_to(self, address, seconds=30):
        """The next mail to `address` (an EmailMessage), waited for; those to others before it are dropped."""
        while True:
            try:
                mail = self._arrived.get(timeout=seconds)
            except queue.Empty:
                raise AssertionError(f"no mail to {address} within {seconds} s") from None
            if mail["to"] == [address]:
                return message_from_bytes(mail["message"].encode(), policy=policy.default)

    def close(self):
        """End the server."""
        self._sink.stdin.close()
        self._sink.wait(timeout=30)
