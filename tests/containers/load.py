"""Clients that put load on a site while a test breaks something, and what each of their requests got."""

import base64
import collections
import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from engine import wait_until
from visitor import Visitor

PATIENCE = 15  # seconds that a client waits to connect, and for each part of an answer
PAUSE = 0.05  # seconds between two requests of a client
RETRY_PAUSE = 0.5  # the same after a request without an answer
PASSWORD = "correct horse battery"

Address = tuple[str, int]


@dataclass(frozen=True)
class Exchange:
    """A request and its answer; without one, `status` is the name of the error."""

    method: str
    path: str
    sent_at: float  # time.monotonic()
    seconds: float
    status: int | str
    headers: dict = field(default_factory=dict)
    text: str = ""


def send(address: Address, method, path, value=None, **headers) -> Exchange:
    """Sends one request over a connection of its own; `value` goes as JSON."""
    body = None if value is None else json.dumps(value)
    headers = {name.replace("_", "-"): content for name, content in headers.items()}
    connection = http.client.HTTPConnection(*address, timeout=PATIENCE)
    start = time.monotonic()
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} | headers)
        response = connection.getresponse()
        answer = response.status, dict(response.headers), response.read().decode()
    except (OSError, http.client.HTTPException) as error:
        answer = type(error).__name__, {}, ""
    finally:
        connection.close()
    return Exchange(method, path, start, time.monotonic() - start, *answer)


@dataclass
class Writer:
    """An account that is signed in by an API token, and by a browser."""

    id: int
    address: Address
    authorization: str
    browser: Visitor
    acknowledged: list[str] = field(default_factory=list)  # the texts of the posts for which it got a 201

    def stored(self) -> list[str]:
        """Returns the texts of its newest 100 posts, as the site lists them."""
        answer = send(self.address, "GET", f"/api/users/{self.id}/posts?limit=100", Authorization=self.authorization)
        return [post["body"] for post in json.loads(answer.text)["items"]]

    def start_export(self):
        """Requests its data, as the page does."""
        self.browser.post(f"{url_of(self.address)}/settings/export")

    def export(self) -> dict:
        """Returns the progress of its export, in percent, and whether that is `under_way`; {} without an answer."""
        answer = send(self.address, "GET", "/settings/export/progress", Cookie=self.browser.cookies())
        return json.loads(answer.text) if answer.status == 200 else {}


def ask(address: Address, path, value=None, **headers) -> dict:
    """Returns the JSON that a site answers to a POST, which must succeed."""
    answer = send(address, "POST", path, value, **headers)
    assert answer.status in (200, 201), f"{path}: {answer}"
    return json.loads(answer.text)


def url_of(address: Address) -> str:
    """Returns the site's URL."""
    return f"http://{address[0]}:{address[1]}"


def sign_up(address: Address, name) -> Writer:
    """Creates an account, and signs it in."""
    values = {"username": name, "email": f"{name}@mail.example", "password": PASSWORD}
    return sign_in(address, ask(address, "/api/users", values)["id"], name)


def sign_in(address: Address, user_id, name) -> Writer:
    """Signs in the account with that id and name, whose password is PASSWORD."""
    browser = Visitor()
    browser.post(f"{url_of(address)}/auth/login", username=name, password=PASSWORD)
    token = ask(address, "/api/tokens", Authorization=basic(name))["token"]
    return Writer(user_id, address, f"Bearer {token}", browser)


def basic(name) -> str:
    """Returns the Authorization header with the account's password."""
    return f"Basic {base64.b64encode(f'{name}:{PASSWORD}'.encode()).decode()}"


def sign_up_all(address: Address, number) -> list[Writer]:
    """Creates `number` accounts."""
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(lambda each: sign_up(address, f"writer{each}"), range(number)))


class Load:
    """Clients, one for each writer, that read and write from the start of a `with` block to its end.

    Each repeats a post with the same Idempotency-Key until it is acknowledged, as a careful program does.
    `every`: the seconds between two posts of a writer, who may publish 30 a minute.
    """

    def __init__(self, writers: list[Writer], every: float = 2.1):
        self.writers, self._every = writers, every
        self.exchanges: list[Exchange] = []
        self._stopping = threading.Event()
        self._threads = [threading.Thread(target=self._run, args=(writer,)) for writer in writers]

    def __enter__(self):
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_error):
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def since(self, moment: float) -> list[Exchange]:
        """Returns the requests that were sent after `moment`, a time.monotonic(), and have ended."""
        return [exchange for exchange in list(self.exchanges) if exchange.sent_at > moment]

    def wait_for(self, number, since=0.0) -> list[Exchange]:
        """Waits until `number` requests that were sent after `since` have ended, posts among them; returns them."""

        def sent():
            found = self.since(since)
            return found if len(found) >= number and "POST" in {exchange.method for exchange in found} else None

        return wait_until(sent, 120, f"{number} requests")

    def acknowledged(self) -> list[str]:
        """Returns the texts of all posts that were acknowledged."""
        return [body for writer in self.writers for body in writer.acknowledged]

    def _run(self, writer):
        next_post = time.monotonic()
        while not self._stopping.is_set():
            if time.monotonic() >= next_post and self._post(writer):
                next_post = time.monotonic() + self._every
            self._send(writer, "GET", "/", Cookie=writer.browser.cookies())
            self._send(writer, "GET", "/api/timelines/home", Authorization=writer.authorization)

    def _post(self, writer) -> bool:
        body = f"post {len(writer.acknowledged)} of {writer.id}"
        headers = {"Authorization": writer.authorization, "Idempotency_Key": body.replace(" ", "-")}
        if self._send(writer, "POST", "/api/posts", {"body": body}, **headers).status != 201:
            return False
        writer.acknowledged.append(body)
        return True

    def _send(self, writer, *arguments, **headers):
        exchange = send(writer.address, *arguments, **headers)
        self.exchanges.append(exchange)
        self._stopping.wait(PAUSE if isinstance(exchange.status, int) else RETRY_PAUSE)
        return exchange


def assert_posts_are_stored_once(load):
    """Each acknowledged post is there, and none twice."""
    for writer in load.writers:
        stored = writer.stored()
        assert set(writer.acknowledged) <= set(stored)
        assert len(stored) == len(set(stored))


def statuses(exchanges) -> dict:
    """Returns how often each status occurs."""
    return dict(collections.Counter(exchange.status for exchange in exchanges).most_common())


def slowest(exchanges) -> float:
    """Returns the seconds of the slowest request."""
    return round(max((exchange.seconds for exchange in exchanges), default=0), 1)
