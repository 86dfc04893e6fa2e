"""After the removal of an item of a list, the page is shown near where the item was; a script stays on the page."""

import re

import pytest

from app.auth.queries import tokens_of
from app.auth.services import issue_token
from app.database import db
from app.messages.services import send
from app.web.removal import neighbour
from tests.fixtures.forms import csrf_token_in

FETCH = {"X-Requested-With": "fetch"}


@pytest.mark.parametrize(
    ("ids", "gone", "near"),
    [([9, 7, 5], 7, 5), ([9, 7, 5], 9, 7), ([9, 7, 5], 5, 7), ([7], 7, None), ([9, 5], 7, None), ([], 7, None)],
)
def test_neighbour_is_the_next_item_or_the_previous(ids, gone, near):
    assert neighbour(ids, gone) == near


@pytest.fixture
def posts(susan, write, log_in):
    """The ids of three posts by Susan, newest first; she is signed in."""
    ids = [write(susan, f"Post {number}") for number in range(3)]
    log_in("susan")
    return ids[::-1]


def ids_of(page):
    return re.findall(r'id="post-(\d+)"', page)


@pytest.mark.parametrize("path", ["/", "/explore", "/user/susan", "/search?q=post"])
@pytest.mark.parametrize("index", [0, 1, 2])
def test_deleted_post_leaves_its_anchor_once(client, posts, fill_in, path, index):
    response = fill_in(path, to=f"/posts/{posts[index]}/delete", next=path)
    assert response.location == f"{path}#post-{posts[index]}"
    page = client.get(path).text
    assert ids_of(page) == list(map(str, posts))  # the empty element stands where the post was
    assert f'<a class="post-gone" id="post-{posts[index]}"' in page
    assert ids_of(client.get(path).text) == [str(post) for post in posts if post != posts[index]]


@pytest.mark.parametrize("path", ["", "//evil.example", "own"])
def test_without_a_list_to_return_to_there_is_no_anchor(posts, fill_in, path):
    own = f"/posts/{posts[1]}"
    assert fill_in(own, to=f"{own}/delete", next=own if path == "own" else path).location == "/"


def test_script_deletes_without_a_redirect_or_a_later_message(client, posts, csrf):
    response = client.post(f"/posts/{posts[1]}/delete", data=csrf("/") | {"next": "/"}, headers=FETCH)
    assert response.json == {"message": "Post deleted."}
    page = client.get("/").text
    assert ids_of(page) == [str(posts[0]), str(posts[2])]
    assert "Post deleted." not in page


@pytest.fixture
def csrf(client):
    """csrf(path): the CSRF token of a page, as form data."""
    return lambda path: {"csrf_token": csrf_token_in(client.get(path).text)}


def test_revoked_token_leads_to_its_neighbour(client, susan, log_in, fill_in):
    for name in ("phone", "tablet", "desk"):
        issue_token(susan, name)
    db.session.commit()
    newest, middle, oldest = [token.id for token in tokens_of(susan.id)]
    log_in("susan")
    for revoked, anchor in ((middle, f"#token-{oldest}"), (oldest, f"#token-{newest}"), (newest, "")):
        response = fill_in("/settings/tokens", to=f"/settings/tokens/{revoked}/revoke")
        assert response.location == f"/settings/tokens{anchor}"
        page = client.get("/settings/tokens").text
        assert not anchor or f'id="{anchor[1:]}"' in page


def test_signed_out_device_leads_to_its_neighbour(app, client, susan, log_in, fill_in):
    log_in("susan", client=app.test_client())
    log_in("susan")
    device = re.search(r"/settings/devices/(\d+)/sign_out", client.get("/settings").text)[1]
    location = fill_in("/settings", to=f"/settings/devices/{device}/sign_out").location
    assert re.fullmatch(r"/settings#device-\d+", location)
    assert f'id="{location.partition("#")[2]}"' in client.get("/settings").text


@pytest.mark.parametrize(
    ("query", "kept"),
    [("", ""), ("?before=999", "?before=999"), ("?before=1\nx", ""), ("?next=//evil.example", "")],
)
def test_deleted_message_leads_to_its_neighbour(susan, john, log_in, fill_in, query, kept):
    for body in ("One", "Two", "Three"):
        send(susan.id, john.id, body)
    db.session.commit()
    log_in("susan")
    path = "/messages/with/john"
    one, two, three = re.findall(r'id="message-(\d+)"', fill_in(path, body="").text)
    for deleted, near in ((two, f"#message-{three}"), (three, f"#message-{one}"), (one, "")):
        response = fill_in(path, to=f"/messages/{deleted}/delete", next=path + query)
        assert response.location == path + kept + near
