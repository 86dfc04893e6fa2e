"""Links of the API behind a proxy with TLS, even if TRUSTED_PROXIES does not count it: the request seems to be http."""

import pytest


@pytest.fixture(params=["https://blog.example", "https://blog.example:8443"])
def site(app, monkeypatch, request):
    """SITE_URL, which is https."""
    monkeypatch.setitem(app.config, "SITE_URL", request.param)
    return request.param


def test_links_of_a_list_never_lead_to_plain_http(api, susan, write, site):
    write(susan, "one", "two", "three")
    [link] = api("GET", "/posts?limit=1").headers.getlist("Link")
    assert link.startswith(f"<{site}/api/posts?limit=1&before=")
    links = api("GET", f"/posts?limit=1&before={10**9}").headers.getlist("Link")
    assert [link.partition("?")[0] for link in links] == [f"<{site}/api/posts"] * 2


def test_links_and_locations_in_answers_are_paths(api, susan, john, site):
    listed = api("GET", "/users?per_page=1").json
    assert listed["_links"]["next"] == "/api/users?page=2&per_page=1"
    assert listed["items"][0]["_links"]["self"] == f"/api/users/{susan.id}"
    assert api("POST", "/posts", {"body": "hello"}).headers["Location"].startswith("/api/posts/")
    new = {"username": "mary", "email": "mary@example.com", "password": "correct horse"}
    assert api("POST", "/users", new).headers["Location"].startswith("/api/users/")


def test_links_in_rows_start_with_the_path_of_the_site(api, susan, write):
    post_id = write(susan, "hello")
    [listed] = api("GET", "/posts", environ_overrides={"SCRIPT_NAME": "/blog"}).json["items"]
    assert listed["_links"] == {"self": f"/blog/api/posts/{post_id}", "author": f"/blog/api/users/{susan.id}"}


def test_description_names_no_server(client, site):
    """Without `servers`, a client asks the server that the description came from (OpenAPI 3.0.3)."""
    assert "servers" not in client.get("/api/openapi.json").json
