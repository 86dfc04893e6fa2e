import pytest

from app.exceptions import Invalid
from app.users import passwords, rules


@pytest.mark.parametrize(
    "password",
    [
        *("", "x" * 7, "é" * 7, "👩‍👩‍👧‍👦" * 7, "xy " * 67, "x̂ô" * 2000, "nul\0 within", "half \ud83d of one"),
        *(" " * 8, "\t" * 8, "\u3000" * 8, "\u200b" * 8, " \t\u3000\u00a0" * 2, " \u2800" * 4),
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
