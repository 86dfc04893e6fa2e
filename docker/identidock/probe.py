"""Exit with 0 if /health returns 200, otherwise with 1; the command of HEALTHCHECK."""

import http.client
import sys

connection = http.client.HTTPConnection("localhost", 9090, timeout=2)
try:
    connection.request("GET", "/health")
    response = connection.getresponse()
    print(response.status, response.read().decode().strip())
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"no answer: {error}")
sys.exit(response.status != 200)
