"""HEALTHCHECK's command: asks /health and exits with 0 if the answer is 200, with 1 otherwise.

With http.client, since the slim Python image has no curl; and unlike urllib it never asks a proxy.
"""

import http.client
import sys

connection = http.client.HTTPConnection("localhost", 5000, timeout=2)
try:
    connection.request("GET", "/health")
    response = connection.getresponse()
    print(response.status, response.read().decode().strip())
except (OSError, http.client.HTTPException) as error:
    sys.exit(f"no answer: {error}")
sys.exit(response.status != 200)
