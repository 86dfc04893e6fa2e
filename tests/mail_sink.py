"""A mail server that delivers nothing: mail_sink.py PORT, on this machine only.

It prints "listening", then each mail that comes in as a line of JSON: {"to": [addresses], "message": text as it came}.
It ends when its standard input does, so that it never outlives the test that started it.
"""

import json
import sys

from aiosmtpd.controller import Controller


class Printer:
    """Prints what is handed in."""

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        print(json.dumps({"to": envelope.rcpt_tos, "message": envelope.content.decode()}), flush=True)
        return "250 OK"


server = Controller(Printer(), hostname="127.0.0.1", port=int(sys.argv[1]))
server.start()
print("listening", flush=True)
sys.stdin.read()
server.stop()
