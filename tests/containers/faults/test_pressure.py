"""Little memory, and a stop under load."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from engine import wait_until
from load import Load, basic, send, sign_up, sign_up_all, slowest, statuses

MEMORY = "320m"  # as docs/hosting.md says, for two workers


def test_memory_that_the_docs_ask_for_is_enough(sqlite, serve, author, counted):
    """With 320 MB: 40 sign-ins of two users, six at a time, a post, and an export of 20,000 posts."""
    site = serve(*sqlite, "--memory", MEMORY, "--memory-swap", MEMORY)
    susan = author(site)
    address = ("127.0.0.1", site.port)
    john = sign_up(address, "john")
    sign_up(address, "mary")
    names = ["john", "mary"] * 20  # an account has 30 a minute
    with ThreadPoolExecutor(6) as pool:
        sign_ins = list(pool.map(lambda name: send(address, "POST", "/api/tokens", Authorization=basic(name)), names))
    assert set(statuses(sign_ins)) == {200}
    assert send(address, "POST", "/api/posts", {"body": "Hello"}, Authorization=john.authorization).status == 201
    susan.start_export()
    wait_until(lambda: susan.export()["progress"] == 100, 60, "the export")
    assert not site.state["OOMKilled"]
    assert site.logs.count("Booting worker") == 2
    counted(sign_ins=statuses(sign_ins), slowest_sign_in_s=slowest(sign_ins), workers_lost=0)


def test_stop_under_load_answers_what_was_sent(mariadb, serve, engine, counted):
    """The container is stopped under the load of 8 clients that read and write, and 2 that sign in."""
    site = serve(*mariadb[0])
    # Not by the published port, whose proxy accepts connections that the container does not.
    networks = engine.inspect(site.name)["NetworkSettings"]["Networks"].values()
    address = (next(iter(networks))["IPAddress"], 5000)
    with Load(sign_up_all(address, 8)) as under_load, ThreadPoolExecutor(2) as pool:
        under_load.wait_for(200)
        sign_ins = [pool.submit(send, address, "POST", "/api/tokens", Authorization=basic("writer0")) for _ in range(6)]
        wait_until(sign_ins[0].done)
        stopped, asked = time.monotonic(), datetime.now(UTC)
        status, _ = site.stop()
    # Without the engine's own work afterwards.
    seconds = (datetime.fromisoformat(site.state["FinishedAt"]) - asked).total_seconds()
    sent = under_load.exchanges + [each.result() for each in sign_ins]
    in_flight = [each for each in sent if each.sent_at < stopped < each.sent_at + each.seconds]
    later = [each for each in sent if each.sent_at > stopped]
    assert in_flight
    assert set(statuses(in_flight)) <= {200, 201}
    assert set(statuses(later)) <= {200, 201, "ConnectionRefusedError", "TimeoutError", "OSError"}
    assert status == 0
    assert seconds < 5
    counted(seconds=round(seconds, 1), in_flight=statuses(in_flight), sent_later=statuses(later))
