import itertools
from urllib.parse import urljoin, urlsplit

import pytest

from app.web import destination

# Parts of malicious addresses.
PIECES = ["/", "\\", ":", "@", "?", "#", ".", "..", "\t", "\n", "\r", " ", "\0", "\x1f", "\x7f", "%2f", "%5c", "%09",
          "http", "https:", "javascript:", "evil.example", "susan", "／", "。", "\u2028"]  # fmt: skip


def redirect_target(target):
    """Return the scheme and host to which a browser redirects (WHATWG URL, special schemes)."""
    target = target.strip("".join(map(chr, range(0x21))))
    for skipped in "\t\n\r":
        target = target.replace(skipped, "")
    head, mark, rest = target.partition("?")
    address = head.replace("\\", "/") + mark + rest
    if address.startswith("//"):
        address = "//" + address.lstrip("/")
    try:
        parts = urlsplit(urljoin("http://site.example/auth/login", address))
    except ValueError:
        return None
    return parts.scheme, parts.netloc


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_local_targets_keep_browser_on_site(length):
    accepted = 0
    for pieces in itertools.product(PIECES, repeat=length):
        target = "".join(pieces)
        if destination.is_local(target):
            accepted += 1
            assert redirect_target(target) == ("http", "site.example"), repr(target)
    assert accepted


@pytest.mark.parametrize(
    "target",
    ["///evil.example", "////evil", "/\\evil", "\\\\evil", "https:evil.example", "https:///evil", "//evil.example",
     "http://evil.example/", "javascript:alert(1)", "/\t/evil.example", "/\n/evil", " //evil",
     "evil.example", "", None],
)  # fmt: skip
def test_external_targets_are_not_local(target):
    assert not destination.is_local(target)


@pytest.mark.parametrize(
    "target", ["/", "/user/susan?before=3", "/explore", "/a//b", "/?next=//evil.example", "/%2F%2Fevil", "/é"]
)
def test_paths_are_local(target):
    assert destination.is_local(target)


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("http://localhost/explore?before=3", "/explore?before=3"),
        ("http://localhost/", "/"),
        ("http://evil.example/explore", None),
        ("http://localhost:81/", None),
        ("http://[", None),
        ("", None),
        (None, None),
    ],
)
def test_path_of_accepts_only_own_host(app, address, path):
    with app.test_request_context():
        assert destination.path_of(address) == path
