import pytest

from app.exceptions import Invalid
from app.users import email_addresses
from app.users.email_addresses import email, email_key
from app.users.services import create_user

LOCAL = ["a@localhost", "a@intranet", "a@printer.local", "a@x.test", "a@nas.home.arpa", "a@sub.localhost"]
UTF8 = ["jörg@example.com", "почта@example.com", "élise@exämple.de"]
LONG_DOMAIN = ".".join(["b" * 60] * 4)  # 243 characters


@pytest.fixture
def any_address(context, monkeypatch):
    monkeypatch.setitem(context.config, "EMAIL_ADDRESSES", "any")


def reason(address):
    with pytest.raises(Invalid) as caught:
        email(address)
    assert caught.value.field == "email"
    return str(caught.value)


@pytest.mark.parametrize("address", LOCAL)
def test_local_address_is_refused_with_the_reason(context, address):
    assert reason(address).startswith("Use an address with a public domain")


@pytest.mark.parametrize("address", UTF8)
def test_utf8_address_is_refused_with_the_reason(context, address):
    assert reason(address) == "Use only unaccented letters (a–z), digits and symbols before the @."


@pytest.mark.parametrize("address", [*LOCAL, *UTF8, "jörg@localhost"])
def test_setting_allows_local_and_utf8_addresses(any_address, address):
    assert create_user("susan", address, "correct horse").email == address


@pytest.mark.parametrize(
    "address", ["a", "@", "a@", "@x", "a@1.2.3.4", "a@[1.2.3.4]", "a@x.invalid", "a@-x", "a b@x", "a@b@c"]
)
def test_setting_allows_no_invalid_address(any_address, address):
    assert reason(address) == "Enter a valid email address."


@pytest.mark.parametrize("local", ["x" * 65, "x" * 100, "x." * 33 + "x", "é" * 33, "e\u0301" * 33])
def test_local_part_over_64_bytes_is_refused_with_the_reason(any_address, local):
    assert reason(f"{local}@example.com") == "Use at most 64 characters before the @."


@pytest.mark.parametrize("local", ["x" * 64, "é" * 32, "e\u0301" * 32])
def test_local_part_of_64_bytes_is_accepted(any_address, local):
    assert email(f"{local}@example.com").endswith("@example.com")


@pytest.mark.parametrize(
    "address", [f"{'a' * 10}@{LONG_DOMAIN}.", "a" * 300, f"a@{'b.' * 400}c", "@" * 5000, "é" * 5000 + "@x.de"]
)
def test_over_long_address_is_refused_with_the_reason(context, address):
    assert reason(address) == "Use at most 254 characters."


def test_address_of_254_characters_is_accepted(context):
    address = f"{'a' * 10}@{LONG_DOMAIN}"
    assert len(address) == 254
    assert email(address) == address
    assert reason("a" + address) == "Use at most 254 characters."


@pytest.mark.parametrize(
    "address", [f"a@{'b' * 64}.com", f"a@{'ä' * 60}.de", "a@b..com", "a@b_c.com", "a@b.com-", ".a@b.com"]
)
def test_invalid_domain_or_local_part_is_refused(context, address):
    assert reason(address) == "Enter a valid email address."


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("Susan@ｅxample.com", "susan@example.com"),
        (" SUSAN@EXAMPLE.COM ", "susan@example.com"),
        ("susan@xn--exmple-cua.de", "susan@exämple.de"),
        ("E\u0301lise@Example.com", "élise@example.com"),
        ("Susan@LOCALHOST", "susan@localhost"),
        ("Nobody", "nobody"),
        ("a@b@C", "a@b@c"),
    ],
)
def test_key_is_the_same_however_an_address_is_written(typed, key):
    assert email_key(typed) == key


def test_two_threads_may_load_the_library_at_once():
    load = email_addresses._library.__wrapped__
    assert load() is load()
