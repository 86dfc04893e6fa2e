"""identidock: shows the identicon of a name. The service "identicon" draws it, Redis keeps it."""

import hashlib
import http.client
import os
import time

import redis
from flask import Flask, Response, abort, render_template, request
from redis.backoff import NoBackoff
from redis.retry import Retry

TIMEOUT = 0.5  # seconds that a request waits for each of the two services
PAUSE = 5  # seconds without the cache after it has failed: otherwise each request would wait for it
LIFETIME = 3600  # seconds that a picture stays in the cache

app = Flask(__name__)
identicon_host = os.environ.get("IDENTICON_HOST", "identicon")
cache = redis.Redis(
    host=os.environ.get("REDIS_HOST", "redis"),
    socket_connect_timeout=TIMEOUT,
    socket_timeout=TIMEOUT,
    retry=Retry(NoBackoff(), 0),
)
cache_fails_until = 0.0


@app.get("/")
def home() -> str:
    """Return the page: a form, and the identicon of the name."""
    name = request.args.get("name", "Susan").strip()
    digest = hashlib.sha256(name.encode()).hexdigest()
    return render_template("index.html", name=name, digest=digest, cached=ask_cache("ping") is not None)


@app.get("/identicon/<digest>.svg")
def identicon(digest: str) -> Response:
    """Return the picture of a digest, from the cache if it is there; the header X-Cache says hit, miss or off."""
    if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
        abort(404)
    found = ask_cache("get", digest)
    origin = "hit"
    if not found:
        found = draw(digest)
        origin = "off" if ask_cache("set", digest, found, ex=LIFETIME) is None else "miss"
    return Response(found, mimetype="image/svg+xml", headers={"X-Cache": origin})


@app.get("/health")
def health() -> str:
    """Return 200: this process answers. Its services may be away."""
    return "OK\n"


def ask_cache(command: str, *arguments: object, **options: object) -> object:
    """Return Redis's answer to a command; None if it has none, or while Redis fails."""
    global cache_fails_until  # noqa: PLW0603  # of each process of the server
    if time.monotonic() < cache_fails_until:
        return None
    try:
        return getattr(cache, command)(*arguments, **options)
    except redis.RedisError as error:
        app.logger.warning("no cache for %s s: %s", PAUSE, error)
        cache_fails_until = time.monotonic() + PAUSE
        return None


def draw(digest: str) -> bytes:
    """Return the picture that the service draws; answer 503 if it can't."""
    connection = http.client.HTTPConnection(identicon_host, 8080, timeout=TIMEOUT)
    try:
        connection.request("GET", f"/{digest}.svg")
        response = connection.getresponse()
        picture = response.read()
    except (OSError, http.client.HTTPException) as error:
        app.logger.warning("no identicon: %s", error)
        abort(503)
    finally:
        connection.close()
    if response.status != 200:
        app.logger.warning("no identicon: status %s", response.status)
        abort(503)
    return picture
