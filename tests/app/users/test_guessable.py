import pytest

from app.exceptions import Invalid
from app.users import rules
from app.users.services import create_user

SUSAN = {"username": "susan_r7", "email": "Susan.Ray+blog@post.example.org"}


def is_refused(password, **user):
    with pytest.raises(Invalid) as caught:
        create_user(**SUSAN | user, password=password)
    return "easy to guess" in str(caught.value) and caught.value.field == "password"


@pytest.mark.parametrize(
    "password",
    [
        *("password", "12345678", "PassWord", "ｐａｓｓｗｏｒｄ", "password1", "passw0rd", "iloveyou", "motdepasse"),
        *("Passw0rd!", "P@$$w0rd", "bonjour123", "Bonjour2026!", "Sunshine99", "!l0vey0u", "chocolat_12", "Qwerty123!"),
        *("aaaaaaaa", "abcabcabc", "abcabcabca", "testtest", "00000000", "passwordPASSWORD", "é" * 8, "contraseña"),
        *("abcdefgh", "hgfedcba", "98765432", "бвгдежзи", "QWERTYUIOP", "poiuytrewq", "azertyuiop"),
        *("microblog", "Microblog", "MICROBLOG2026", "microblog microblog", "👩‍👩‍👧‍👦" * 8),
    ],
)
def test_common_password_sequence_or_repetition_is_refused(context, password):
    assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    [
        *("susan_r7", "SUSAN_R7", "7r_nasus", "susan_r7susan_r7", "susan-ray", "Susan.Ray+blog", "susan 1999"),
        *(
            "susan.ray+blog@post.example.org",
            "SUSAN.RAY+BLOG@POST.EXAMPLE.ORG",
            "post.example.org",
            "ray.susan",
            "Example!1",
        ),
    ],
)
def test_name_or_address_of_the_user_is_refused(context, password):
    assert is_refused(password)


def test_name_of_the_site_is_refused(context, monkeypatch):
    monkeypatch.setitem(context.config, "SITE_URL", "https://chirping.example:8443/x")
    for password in ("chirping.example", "Chirping", "chirping2026", "gniprihc"):
        assert is_refused(password)


@pytest.mark.parametrize(
    "password",
    [
        "correct horse",
        "susan and the whale",
        "password of mine",
        "aaaaaaab",
        "abcdefgi",
        "k3-horses",
        "x" * 7 + "yz",
        "sunshine 48213",
        "83710294",
    ],
)
def test_other_passwords_are_accepted(context, password):
    assert rules.password(password, personal=SUSAN.values()) == password
