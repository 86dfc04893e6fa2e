"""make accept, make check and make layers, 100 kB of hostile text in a configuration: judged quickly. No engine."""

import time

import pytest

from scripts.contract.leaks import find_secret, is_secret
from scripts.images.archive import instruction

SIZE = 100_000


def seconds(function, text):
    """Returns the time of the processor that a function takes for a text."""
    start = time.process_time()
    function(text)
    return time.process_time() - start


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "part",
    ["a.", "a+a-a.", "PASSWORD_", "PASSWORD", "A=", "a://a:", "-----BEGIN ", "PRIVATE ", "xoxb-", "glpat-", "A"],
)
@pytest.mark.parametrize("start", ["", "-----BEGIN PRIVATE ", "http://"])
def test_long_text_is_searched_for_secrets_quickly(start, part):
    text = start + part * (SIZE // len(part))
    assert seconds(find_secret, text) + seconds(find_secret, text + "a") < 1


@pytest.mark.parametrize("part", ["PASSWORD_", "PASSWORD", "API_", "A"])
def test_long_name_is_judged_quickly(part):
    assert seconds(is_secret, part * (SIZE // len(part)) + "-") < 1


@pytest.mark.timeout(120)
@pytest.mark.parametrize("part", ["/bin/sh -", "/bin/sh -a ", "/bin/sh ", "/bin/", "-a ", "pipefail ", "a"])
@pytest.mark.parametrize("start", ["", "|1 ", "/bin/sh ", "RUN |1 a=b /bin/sh "])
def test_long_instruction_is_read_quickly(start, part):
    assert seconds(instruction, start + part * (SIZE // len(part))) < 1


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("PASSWORD_PASSWORD=x", "a value for PASSWORD_PASSWORD"),
        ("RUN A=PASSWORD=x", "a value for PASSWORD"),
        ("RUN PASSWORD='x' B=y", "a value for PASSWORD"),
        ("PASSWORD= TOKEN=x", "a value for TOKEN"),
        ("PASSWORD_FILE=x DB_PASSWORD_OLD=y", "a value for DB_PASSWORD_OLD"),
        ("MY_API_KEY=x", "a value for MY_API_KEY"),
        ("PASSWORDS=x myTOKEN=y TOKENa=z", None),
        ("PASSWORD='$X' TOKEN=/run/secrets/token", None),
        ("mysql+pymysql://a:b@db/blog", "a URL with a password"),
        ("a.b-c.http://a:b@c", "a URL with a password"),
        ("http://a:$B@c http://a:8080/b@c", None),
    ],
)
def test_secrets_are_told_from_other_settings(text, kind):
    assert find_secret(text) == kind


@pytest.mark.parametrize(
    ("name", "secret"),
    [("TOKEN", True), ("DB_PASSWORD", True), ("API_KEY_2", True), ("TOKENS", False), ("token", False),
     ("PASSWORD_FILE", False), ("GPG_KEY", False), ("xTOKEN", False)],
)  # fmt: skip
def test_names_of_secrets_are_known(name, secret):
    assert is_secret(name) == secret
