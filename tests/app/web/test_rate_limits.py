import os
import signal
import time
from types import SimpleNamespace

import pytest
from limits import parse
from limits.strategies import MovingWindowRateLimiter

from app.redis_limits import PAUSE
from app.web import rate_limits
from app.web.rate_limits import Counter
from config import Config, ConfigError

WRONG = {"username": "susan", "password": "wrong horse"}
RATE = parse("3 per minute")


@pytest.fixture
def guess(client, fill_in):
    """`guess(times, **fields)`: try to sign in with a wrong password; returns the last response."""

    def guess(times, **fields):
        for _time in range(times):
            response = fill_in("/auth/login", **WRONG | fields)
        return response

    return guess


def test_password_guesses_are_limited_with_a_time_to_wait(guess, make_user):
    make_user("susan")
    assert guess(10).status_code == 400
    stopped = guess(1)
    assert stopped.status_code == 429
    assert 1 <= int(stopped.headers["Retry-After"]) <= 60
    assert "Too many requests" in stopped.text
    assert "Try again in a minute." in stopped.text
    assert guess(1, username="SUSAN ", password="correct horse").status_code == 429  # the right password too


def test_limit_ends_after_the_time_in_retry_after(guess, make_user, monkeypatch):
    make_user("susan")
    retry_after = int(guess(11).headers["Retry-After"])
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() + retry_after)
    assert guess(1, password="correct horse").status_code == 302


def test_limit_of_one_account_leaves_others_at_the_address_alone(guess, make_user):
    make_user("susan")
    make_user("john")
    assert guess(11).status_code == 429
    assert guess(1, username="john", password="correct horse").status_code == 302


def test_guesses_for_an_unknown_username_are_limited_too(guess):
    assert guess(11, username="nobody").status_code == 429


def test_successful_sign_ins_do_not_count(app, make_user, log_in):
    make_user("susan")
    for _time in range(15):
        log_in("susan", client=app.test_client())


@pytest.mark.parametrize("path", ["/auth/login", "/auth/register"])
def test_showing_a_form_is_not_limited(client, path):
    for _time in range(30):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize(
    ("remote", "counted_as"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_address_counts_as_one_subscriber(app, remote, counted_as):
    with app.test_request_context(environ_base={"REMOTE_ADDR": remote}):
        assert rate_limits.address() == counted_as


# Counting in the process and in Redis


@pytest.fixture
def hung_redis(hung_server):
    """The URL of a Redis server that accepts connections and never answers."""
    return f"redis://127.0.0.1:{hung_server.port}/0"


@pytest.fixture
def redis_process(redis):
    """The id of the Redis server's process, for a test that stops it."""
    from redis import Redis

    with Redis.from_url(redis) as client:
        process = client.info("server")["process_id"]
    yield process
    os.kill(process, signal.SIGCONT)


@pytest.fixture
def use_redis(monkeypatch):
    """`use_redis(url)`: have the application count in that Redis; returns the Counter."""

    def use_redis(url):
        counter = Counter(MovingWindowRateLimiter)
        counter.use_redis(url)
        monkeypatch.setattr(rate_limits, "counter", counter)
        return counter

    return use_redis


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock, which a test sets forward by `clock.now`, in seconds."""
    clock = SimpleNamespace(now=time.monotonic())
    monkeypatch.setattr(time, "monotonic", lambda: clock.now)
    return clock


def test_counter_refuses_what_is_over_the_rate():
    counter = Counter(MovingWindowRateLimiter)
    assert [counter.hit(RATE, "susan") for _time in range(4)] == [True, True, True, False]
    assert 1 <= counter.seconds_left(RATE, "susan") <= 60
    assert counter.hit(RATE, "john")


def test_counter_test_does_not_count():
    counter = Counter(MovingWindowRateLimiter)
    assert [counter.test(RATE, "susan") for _time in range(4)] == [True] * 4
    assert [counter.hit(RATE, "susan") for _time in range(3)] == [True] * 3
    assert not counter.test(RATE, "susan")


def test_counters_share_the_counts_of_one_redis(redis, use_redis):
    counters = [use_redis(redis), use_redis(redis)]
    assert [counter.hit(RATE, "susan") for counter in counters * 2] == [True, True, True, False]


def test_counter_counts_in_the_process_while_redis_hangs(hung_redis, use_redis):
    counter = use_redis(hung_redis)
    assert [counter.hit(RATE, "susan") for _time in range(4)] == [True, True, True, False]
    assert 1 <= counter.seconds_left(RATE, "susan") <= 60


def test_counter_warns_once_when_redis_fails(hung_redis, use_redis, caplog):
    counter = use_redis(hung_redis)
    for _time in range(3):
        counter.hit(RATE, "susan")
    [warning] = caplog.records
    assert (warning.name, warning.levelname) == ("app.web.rate_limits", "WARNING")
    assert "Redis failed" in warning.getMessage()


def test_counter_tries_a_failed_redis_once_per_pause(hung_server, hung_redis, use_redis, clock):
    counter = use_redis(hung_redis)
    for pause, attempts in ((0, 1), (PAUSE - 1, 1), (1, 2), (PAUSE - 1, 2), (1, 3)):
        clock.now += pause
        for _time in range(3):
            counter.hit(RATE, "susan")
        assert hung_server.attempts() == attempts


def test_counters_share_the_pause_of_a_failed_redis(hung_server, hung_redis, use_redis):
    for counter in (use_redis(hung_redis), use_redis(hung_redis)):
        counter.hit(RATE, "susan")
    assert hung_server.attempts() == 1


def test_requests_are_answered_and_limited_while_redis_hangs(guess, make_user, redis, redis_process, use_redis):
    make_user("susan")
    use_redis(redis)
    assert guess(5).status_code == 400
    os.kill(redis_process, signal.SIGSTOP)
    began = time.perf_counter()
    assert guess(1).status_code == 400
    assert time.perf_counter() - began < 2  # seconds
    assert guess(9).status_code == 400  # the process has counted ten
    assert guess(1).status_code == 429


def test_requests_are_counted_in_redis_again_after_the_pause(guess, make_user, redis, redis_process, use_redis, clock):
    make_user("susan")
    use_redis(redis)
    assert guess(5).status_code == 400
    os.kill(redis_process, signal.SIGSTOP)
    assert guess(10).status_code == 400
    os.kill(redis_process, signal.SIGCONT)
    assert guess(1).status_code == 429
    clock.now += PAUSE
    assert guess(5).status_code == 400  # Redis has counted ten
    assert guess(1).status_code == 429


@pytest.mark.parametrize(
    "url",
    ["redis", "http://there", "redis://", "redis://:se/same@there", "redis://there:port", "redis://there:6379/first"],
)
def test_invalid_redis_url_is_refused_without_repeating_it(url):
    with pytest.raises(
        ConfigError, match="REDIS_URL is not the URL of a Redis server; give one such as redis:"
    ) as refused:
        Config({"REDIS_URL": url})
    assert "se/same" not in str(refused.value)


@pytest.mark.parametrize(
    "url", ["redis://there", "rediss://me:sesame@there:6380/1", "rediss://[::1]:6379/?ssl_cert_reqs=required"]
)
def test_valid_redis_url_is_kept_unchanged(url):
    kept = Config({"REDIS_URL": url}).REDIS_URL
    assert kept == url
