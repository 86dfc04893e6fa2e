"""A refused CSRF token: the page names the cause."""

import pytest

from tests.fixtures.users import PASSWORD

CREDENTIALS = {"username": "susan", "password": PASSWORD}
EXPIRED = "This page has expired and nothing was saved."
NO_COOKIE = "your browser sent no cookie. Allow cookies for this site"
HTTPS_ONLY = "this site works over HTTPS only. Open it at https://blog.example and try again."


@pytest.fixture
def https_site(app, monkeypatch):
    """Give the application an HTTPS address, as SITE_URL does."""
    for name, value in {"SITE_URL": "https://blog.example", "SESSION_COOKIE_SECURE": True}.items():
        monkeypatch.setitem(app.config, name, value)


@pytest.fixture
def submit_without_cookies(app, susan, read_form):
    """`submit_without_cookies(**options)`: sign in with a browser that keeps no cookies; returns the response."""

    def submit(page="/auth/login", **options):
        token = read_form(app.test_client().get("/auth/login"), "username").values("csrf_token")[0]
        return app.test_client().post(page, data=CREDENTIALS | {"csrf_token": token}, **options)

    return submit


def test_cause_is_the_missing_cookie(submit_without_cookies):
    page = submit_without_cookies()
    assert page.status_code == 400
    assert NO_COOKIE in page.text
    assert EXPIRED not in page.text
    assert 'value="susan"' in page.text


def test_cause_is_the_missing_cookie_outside_of_form_pages_too(submit_without_cookies):
    page = submit_without_cookies("/settings/log_out_everywhere")
    assert page.status_code == 400
    assert NO_COOKIE in page.text


@pytest.mark.parametrize("headers", [{}, {"Origin": "http://blog.example"}, {"Referer": "http://blog.example/x"}])
def test_cause_is_http_where_cookies_need_https(https_site, submit_without_cookies, headers):
    page = submit_without_cookies(headers=headers)
    assert page.status_code == 400
    assert HTTPS_ONLY in page.text
    assert EXPIRED not in page.text


@pytest.mark.parametrize(
    "options",
    [
        {"base_url": "https://blog.example"},
        {"headers": {"Origin": "https://blog.example"}},  # a proxy that is not trusted ends TLS
        {"headers": {"Referer": "https://blog.example/auth/login"}},
    ],
    ids=str,
)
def test_cause_is_the_cookie_where_the_browser_uses_https(https_site, submit_without_cookies, options):
    page = submit_without_cookies(**options)
    assert NO_COOKIE in page.text
    assert HTTPS_ONLY not in page.text


@pytest.mark.parametrize("token", ["", "forged"])
def test_cause_is_an_expired_page_for_a_token_of_another_origin(client, token):
    page = client.post("/auth/login", data=CREDENTIALS | {"csrf_token": token})
    assert EXPIRED in page.text


def test_cause_is_an_expired_page_where_the_cookie_came(client, submit_without_cookies, read_form, susan):
    client.get("/auth/login")
    token = read_form(submit_without_cookies(), "username").values("csrf_token")[0]
    assert EXPIRED in client.post("/auth/login", data=CREDENTIALS | {"csrf_token": token}).text


@pytest.mark.parametrize("headers", [{"Origin": "https://localhost"}, {}], ids=str)
@pytest.mark.parametrize("referer", [{}, {"Referer": "https://elsewhere.example/"}], ids=str)
def test_right_token_passes_without_a_referer(client, susan, john, log_in, read_form, headers, referer):
    log_in("susan")
    token = read_form(client.get("/post"), "body").values("csrf_token")[0]
    data, site = {"csrf_token": token}, "https://localhost"
    response = client.post("/follow/john", data=data, base_url=site, headers=headers | referer)
    assert response.status_code == 302
    assert client.post("/follow/john", base_url=site, headers=headers | referer).status_code == 400


@pytest.mark.parametrize("page", ["/post", "/messages/with/david", "/edit_profile", "/follow/david"])
def test_stale_page_names_the_account_that_is_signed_in(client, susan, john, david, log_in, read_form, page):
    """As of a page left open in another tab while another user signs in."""
    log_in("susan")
    token = read_form(client.get("/post"), "body").values("csrf_token")[0]
    client.delete_cookie("microblog")
    log_in("john")
    response = client.post(page, data={"body": "Hello", "csrf_token": token}, headers={"Sec-Fetch-Site": "same-origin"})
    assert response.status_code == 400
    assert f"{EXPIRED} You are signed in as @john: check what you entered and submit it again." in response.text


def test_stale_page_names_the_account_of_a_restarted_browser(client, susan, log_in, read_form):
    """It has dropped the session's cookie, but not the one that remembers the user."""
    log_in("susan", remember_me="y")
    token = read_form(client.get("/post"), "body").values("csrf_token")[0]
    client.delete_cookie("microblog")
    response = client.post("/post", data={"body": "Hello", "csrf_token": token})
    assert response.status_code == 400
    assert f"{EXPIRED} You are signed in as @susan" in response.text
    assert NO_COOKIE not in response.text
