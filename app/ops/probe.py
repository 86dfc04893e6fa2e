"""Exit with 0 if the server in this container answers PATH with 200, otherwise with 1: `probe.py [PATH]`.

The command of HEALTHCHECK, with the default, /health; deploy/stack.yaml asks for /health/ready too.

Standard library only, and run as a file: importing the application would take longer than the probe.
"""

import http.client
import os
import sys
from collections.abc import Mapping

SECONDS = 2


def address(environment: Mapping[str, str]) -> tuple[str, int]:
    """Return the host and the port where the server listens: those of BIND, else PORT on all addresses.

    An unspecified address (0.0.0.0, ::) is this machine. The server has refused what is not valid.
    """
    bind = environment.get("BIND", "").strip()
    host, _, port = bind.rpartition(":") if bind else ("", "", environment.get("PORT", "").strip())
    if host in ("", "[::]"):  # which also takes IPv4, and is all that a container without IPv6 can be reached by
        host = "localhost"
    return host.strip("[]"), int(port or 5000)


def is_healthy(environment: Mapping[str, str], path: str = "/health") -> bool:
    """Return whether `path` answers 200 within SECONDS."""
    connection = http.client.HTTPConnection(*address(environment), timeout=SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(not is_healthy(os.environ, *sys.argv[1:2]))
