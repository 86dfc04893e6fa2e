"""A database server that is late, restarted, frozen, read-only or full of connections."""

import time

import pytest
from engine import wait_until
from load import slowest, statuses


@pytest.fixture
def site(mariadb, serve):
    """The application on MariaDB."""
    return serve(*mariadb[0])


@pytest.fixture
def server(mariadb):
    return mariadb[1]


def run_as_root(server, statement):
    server.exec("mariadb", "-e", statement, user="root")


def watch_health(site, seconds) -> list[float]:
    """Asks for /health once a second; returns how long each answer took. Fails without an answer of 200."""
    taken = []
    end = time.monotonic() + seconds
    while (start := time.monotonic()) < end:
        assert site.get("/health").status == 200
        taken.append(time.monotonic() - start)
        time.sleep(max(0, 1 - taken[-1]))
    return taken


def assert_outage_was_short_and_told(failed):
    """Each request got a 503 within 10 s that says when to try again."""
    assert {exchange.status for exchange in failed} <= {503}
    assert {exchange.headers.get("Retry-After") for exchange in failed} <= {"5"}
    assert slowest(failed) <= 10


def assert_recovered(site, answers):
    """All requests succeeded; if not, the log says why."""
    assert set(statuses(answers)) == {200, 201}, [line for line in site.logs.splitlines() if "database:" in line]


def number_of_workers_started(site):
    return site.logs.count("Booting worker")


def test_database_that_is_late_by_20_s_is_waited_for(image, mariadb, start, engine, counted):
    """MariaDB starts 20 s after the application."""
    options, server = mariadb
    engine("stop", server.name)
    site = start(image, options=options, port=True)
    time.sleep(20)
    assert site.state["Running"]
    engine("start", server.name)
    began = time.monotonic()
    assert site.wait_for_answer("/health/ready").status == 200
    counted(seconds_from_its_start_to_ready=round(time.monotonic() - began, 1))


def test_restart_of_the_database_costs_errors_only_while_it_is_away(site, server, db, engine, load, counted):
    """MariaDB is restarted under the load of 8 clients."""
    with load(site) as under_load:
        under_load.wait_for(100)
        began = time.monotonic()
        engine("restart", "-t", "60", server.name)
        db("wait", server.name.removesuffix("-mariadb"))
        back = time.monotonic()
        recovered = under_load.wait_for(200, since=back)
    failed = [exchange for exchange in under_load.exchanges if exchange.status not in (200, 201)]
    assert_outage_was_short_and_told(failed)
    assert_recovered(site, recovered)
    counted(
        seconds_away=round(back - began, 1),
        answers=statuses(under_load.exchanges),
        answers_once_it_was_back=statuses(recovered),
        slowest_503_s=slowest(failed),
    )


def test_frozen_database_costs_503s_and_no_worker(site, server, engine, load, counted):
    """MariaDB is paused for 20 s under the load of 8 clients."""
    workers = number_of_workers_started(site)
    with load(site) as under_load:
        under_load.wait_for(100)
        engine("pause", server.name)
        frozen = time.monotonic()
        try:
            health = watch_health(site, 20)
        finally:
            engine("unpause", server.name)
        back = time.monotonic()
        recovered = under_load.wait_for(200, since=back)
    failed = [exchange for exchange in under_load.exchanges if exchange.status not in (200, 201)]
    assert_outage_was_short_and_told(failed)
    assert failed
    assert max(health) < 1
    assert_recovered(site, recovered)
    assert number_of_workers_started(site) == workers
    counted(
        answers=statuses(under_load.exchanges),
        slowest_503_s=slowest(failed),
        answers_to_requests_sent_while_it_was_frozen=statuses(
            exchange for exchange in under_load.since(frozen) if exchange.sent_at < back
        ),
        slowest_health_s=round(max(health), 2),
        answers_once_it_was_back=statuses(recovered),
        slowest_once_it_was_back_s=slowest(recovered),
        workers_lost=number_of_workers_started(site) - workers,
    )


def test_read_only_database_is_read(site, server, load, counted):
    """MariaDB is set to read_only under the load of 8 clients."""
    with load(site) as under_load:
        under_load.wait_for(100)
        run_as_root(server, "SET GLOBAL read_only = ON")
        began = time.monotonic()
        under_load.wait_for(300, since=began)
        run_as_root(server, "SET GLOBAL read_only = OFF")
        back = time.monotonic()
        recovered = under_load.wait_for(200, since=back)
    meanwhile = [exchange for exchange in under_load.since(began) if exchange.sent_at + exchange.seconds < back]
    reads = [exchange for exchange in meanwhile if exchange.method == "GET"]
    writes = [exchange for exchange in meanwhile if exchange.method == "POST"]
    assert set(statuses(reads)) == {200}
    assert_outage_was_short_and_told(writes)
    assert writes
    assert_recovered(site, recovered)
    counted(reads=statuses(reads), writes=statuses(writes), answers_afterwards=statuses(recovered))


# Ten idle clients, which then are as many as may connect; the application's connections are ended.
TAKE_ALL = """
for number in 1 2 3 4 5 6 7 8 9 10; do mariadb -e 'DO SLEEP(10)' & done
until [ "$(mariadb -Ne "SELECT count(*) FROM information_schema.processlist WHERE info LIKE 'DO SLEEP%'")" = 10 ]; do
    sleep 0.1
done
mariadb -e 'SET GLOBAL max_connections = 10; KILL USER microblog'
wait
mariadb -e 'SET GLOBAL max_connections = 151'
"""


def test_database_without_a_free_connection_costs_503s(site, server, load, counted):
    """Other clients take all connections of MariaDB for 10 s, under the load of 8 clients."""
    with load(site) as under_load:
        under_load.wait_for(100)
        began = time.monotonic()
        server.exec("sh", "-c", TAKE_ALL, user="root")
        back = time.monotonic()
        recovered = under_load.wait_for(200, since=back)
    failed = [exchange for exchange in under_load.exchanges if exchange.status not in (200, 201)]
    assert_outage_was_short_and_told(failed)
    assert failed
    assert_recovered(site, recovered)
    counted(
        answers=statuses(exchange for exchange in under_load.since(began) if exchange.sent_at < back),
        slowest_503_s=slowest(failed),
        answers_afterwards=statuses(recovered),
    )


def test_job_that_a_frozen_database_interrupts_is_done(site, server, author, engine, counted):
    """MariaDB is paused for 20 s while a job exports 20,000 posts."""
    susan = author(site)
    susan.start_export()
    wait_until(lambda: susan.export()["progress"] > 0, 30, "some progress")
    engine("pause", server.name)
    time.sleep(20)
    engine("unpause", server.name)
    back = time.monotonic()
    assert susan.export()["progress"] < 100
    wait_until(lambda: susan.export().get("progress") == 100, 150, "the end of the job")
    counted(seconds_from_its_return_to_the_end_of_the_job=round(time.monotonic() - back))
