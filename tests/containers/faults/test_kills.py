"""Processes that are killed by SIGKILL while they write: the application, the database server, a job, a migration."""

import time

from engine import wait_until
from load import assert_posts_are_stored_once, statuses

# Kills the job process. The expression does not match this shell's own command line.
KILL_JOBS = 'for p in /proc/[0-9]*; do ! grep -q "app[.]jobs" $p/cmdline || kill -9 "${p#/proc/}"; done'


def kill_under_load(load, site, victim, engine, is_back, rounds=3):
    """Kills and restarts a container `rounds` times while 12 clients write; returns the load."""
    under_load = load(site, 12, every=0.3)
    with under_load:
        for _ in range(rounds):
            posts = len(under_load.acknowledged())
            wait_until(lambda posts=posts: len(under_load.acknowledged()) > posts + 40, 60, "40 more posts")
            engine("kill", "--signal", "KILL", victim.name)
            engine("start", victim.name)
            wait_until(is_back, 120, "an answer after the kill")
    return under_load


def test_posts_survive_a_kill_of_the_application(sqlite, serve, engine, load, counted):
    """The container with SQLite is killed and restarted three times while 12 clients publish."""
    site = serve(*sqlite)
    under_load = kill_under_load(load, site, site, engine, lambda: site.get("/health/ready"))
    assert_posts_are_stored_once(under_load)
    counted(posts_acknowledged_and_stored=len(under_load.acknowledged()), answers=statuses(under_load.exchanges))


def test_posts_survive_a_kill_of_the_database(new_mariadb, serve, engine, load, counted):
    """MariaDB is killed and restarted three times while 12 clients publish."""
    options, server = new_mariadb()
    site = serve(*options)
    under_load = kill_under_load(load, site, server, engine, lambda: site.get("/health/ready").status == 200)
    assert_posts_are_stored_once(under_load)
    assert set(statuses(under_load.exchanges)) <= {200, 201, 503}
    counted(posts_acknowledged_and_stored=len(under_load.acknowledged()), answers=statuses(under_load.exchanges))


def test_killed_migration_is_completed_by_the_next(image, database, start, counted):
    """The container that migrates is killed at six points, each time later, and then run again."""
    killed = 0
    for migrations in (1, 2, 4, 7, 10, 14):
        job = start(image, "migrate", options=database)
        wait_until(
            lambda job=job, number=migrations: job.logs.count("Running upgrade") >= number or not job.state["Running"],
            60,
        )
        killed += job.engine("kill", "--signal", "KILL", job.name, check=False).returncode == 0
    last = start(image, "migrate", options=database)
    assert last.wait() == 0
    site = start(image, options=database, port=True)
    assert site.wait_for_answer("/health/ready").status == 200
    assert site.logs.count("Running upgrade") == 0
    counted(kills=killed)


def test_job_of_a_killed_worker_fails_and_can_be_started_again(sqlite, serve, author, counted):
    """The job process is killed while it exports 20,000 posts."""
    site = serve(*sqlite)
    susan = author(site)
    susan.start_export()
    wait_until(lambda: susan.export()["progress"] > 0, 30, "some progress")
    site.exec("sh", "-c", KILL_JOBS)
    killed = time.monotonic()
    assert 0 < susan.export()["progress"] < 100
    wait_until(lambda: not susan.export()["under_way"], 200, "the end of the job")
    seconds = time.monotonic() - killed
    susan.start_export()
    wait_until(lambda: susan.export()["progress"] == 100, 60, "the second export")
    counted(seconds_until_it_had_failed=round(seconds), second_export="done")
