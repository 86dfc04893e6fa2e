import pytest

from app.exceptions import Invalid
from app.users import passwords, rules


@pytest.mark.parametrize(
    "password", ["", "x" * 7, "é" * 7, "👩‍👩‍👧‍👦" * 7, "x" * 201, "nul\0 within", "half \ud83d of one"]
)
def test_password_rule_refuses(context, password):
    with pytest.raises(Invalid) as caught:
        rules.password(password)
    assert caught.value.field == "password"


@pytest.mark.parametrize(
    "password", ["x" * 8, "x" * 200, "        ", "пароль с пробелом", "👩‍👩‍👧‍👦" * 8, "\u202e12345678"]
)
def test_password_is_hashed_as_entered(context, password):
    assert rules.password(password) == password
    known = passwords.hashed(password)
    assert password not in known
    assert passwords.matches(password, known)
    assert not passwords.matches(password + " ", known)


def test_hashes_are_salted(context):
    assert passwords.hashed("correct horse") != passwords.hashed("correct horse")


def test_composed_and_decomposed_letters_match(context):
    assert passwords.matches("cafe\u0301 au lait", passwords.hashed("café au lait"))


def test_hash_uses_configured_method(app):
    from config import Config

    assert Config.PASSWORD_METHOD == "scrypt:32768:8:1"
    with app.app_context():
        assert passwords.hashed("correct horse").startswith(app.config["PASSWORD_METHOD"] + "$")
