import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from app.exceptions import Invalid, Unavailable
from app.users import passwords, rules


@pytest.mark.parametrize(
    "password",
    [
        *("", "x" * 7, "é" * 7, "👩‍👩‍👧‍👦" * 7, "xy " * 67, "x̂ô" * 2000, "nul\0 within", "half \ud83d of one"),
        *(" " * 8, "\t" * 8, "\u3000" * 8, "\u200b" * 8, " \t\u3000\u00a0" * 2, " \u2800" * 4, "two\nlines"),
    ],
    ids=ascii,
)
def test_password_rule_refuses(context, password):
    with pytest.raises(Invalid) as caught:
        rules.password(password)
    assert caught.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        *("brave new", "correct horse" * 15, "пароль с пробелом", "👩‍👩‍👧‍👦🍣🍺🐧🦊🐢🐙🦉", "\u202e12345679"),
        *("  correct  ", "\tcorrect\t", "\u3000correct\u3000"),
    ],
    ids=ascii,
)
def test_password_is_hashed_as_entered(context, password):
    assert rules.password(password) == password
    known = passwords.hashed(password)
    assert password not in known
    assert passwords.matches(password, known)
    assert not passwords.matches(password + " ", known)
    assert not passwords.matches(password.strip()[:-1], known)


def test_hashes_are_salted(context):
    assert passwords.hashed("correct horse") != passwords.hashed("correct horse")


@pytest.mark.parametrize("typed", ["cafe\u0301 au lait", "ｃafé au lait", "café\u3000au\u00a0lait"])
def test_compatible_forms_of_a_password_match(context, typed):
    assert passwords.matches(typed, passwords.hashed("café au lait"))


def test_over_long_password_does_not_match(context):
    assert not passwords.matches("x" * 1_000_000, passwords.hashed("x" * 1_000_000))


def test_hash_uses_configured_method(app):
    from config import Config

    assert Config.PASSWORD_METHOD == "scrypt:32768:8:1"
    with app.app_context():
        assert passwords.hashed("correct horse").startswith(app.config["PASSWORD_METHOD"] + "$")


@pytest.fixture
def slow_hashes(app, monkeypatch):
    """Hashes in threads, by `start(number)`, that last until `end` is set; `running` lists those in progress."""
    running, end, pool = [], threading.Event(), ThreadPoolExecutor(16)

    def check(_hash, password):
        running.append(password)
        end.wait(10)
        running.remove(password)
        return True

    def match(password):
        with app.app_context():
            return passwords.matches(password, "hash")

    monkeypatch.setattr(passwords, "check_password_hash", check)
    yield SimpleNamespace(start=lambda number: pool.submit(match, f"password {number}"), running=running, end=end)
    end.set()
    pool.shutdown()


def test_one_password_is_hashed_at_a_time(slow_hashes, eventually):
    results = [slow_hashes.start(number) for number in range(passwords.MOST_AT_ONCE)]
    eventually(lambda: passwords._places._value == 0)
    assert len(slow_hashes.running) == 1
    slow_hashes.end.set()
    assert [result.result(10) for result in results] == [True] * passwords.MOST_AT_ONCE


def test_further_hashes_are_refused_while_too_many_wait(slow_hashes, eventually):
    for number in range(passwords.MOST_AT_ONCE):
        slow_hashes.start(number)
    eventually(lambda: passwords._places._value == 0)
    with pytest.raises(Unavailable):
        slow_hashes.start(99).result(10)
    slow_hashes.end.set()
    eventually(lambda: passwords._places._value == passwords.MOST_AT_ONCE)
    assert slow_hashes.start(100).result(10)
