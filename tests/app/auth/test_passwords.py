import pytest

from app.auth import passwords
from app.exceptions import Invalid


@pytest.mark.parametrize(
    "password", ["", "x" * 7, "é" * 7, "👩‍👩‍👧‍👦" * 7, "x" * 201, "nul\0 within", "half \ud83d of one"]
)
def test_a_password_too_short_or_too_long_or_without_bytes_is_refused(context, password):
    with pytest.raises(Invalid) as caught:
        passwords.checked(password)
    assert caught.value.field == "password"


@pytest.mark.parametrize(
    "password", ["x" * 8, "x" * 200, "        ", "пароль с пробелом", "👩‍👩‍👧‍👦" * 8, "\u202e12345678"]
)
def test_any_other_password_is_kept_as_it_was_entered(context, password):
    assert passwords.checked(password) == password
    known = passwords.hashed(password)
    assert password not in known
    assert passwords.matches(password, known)
    assert not passwords.matches(password + " ", known)


def test_two_hashes_of_one_password_differ(context):
    assert passwords.hashed("correct horse") != passwords.hashed("correct horse")


def test_it_does_not_matter_how_a_keyboard_composes_a_letter(context):
    assert passwords.matches("cafe\u0301 au lait", passwords.hashed("café au lait"))


def test_a_hash_is_made_as_configured(app):
    from config import Config

    assert Config.PASSWORD_METHOD == "scrypt:32768:8:1"
    with app.app_context():
        assert passwords.hashed("correct horse").startswith(app.config["PASSWORD_METHOD"] + "$")
