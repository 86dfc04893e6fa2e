import pytest


def session_of(client):
    with client.session_transaction() as session:
        return dict(session)


def is_logged_in(client):
    return client.get("/edit_profile").status_code == 200


# Signing in


def test_sign_in_redirects_to_requested_page(client, make_user, fill_in):
    make_user("susan")
    wanted = client.get("/edit_profile?x=1&y=2")
    login = wanted.headers["Location"]
    response = fill_in(login, username="susan", password="correct horse")
    assert response.headers["Location"] == "/edit_profile?x=1&y=2"
    assert is_logged_in(client)


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example"])
def test_external_next_redirects_home(client, make_user, fill_in, target):
    make_user("susan")
    response = fill_in(f"/auth/login?next={target}", username="susan", password="correct horse")
    assert response.headers["Location"] == "/"
    assert client.get(f"/auth/login?next={target}").headers["Location"] == "/"  # already signed in


@pytest.mark.parametrize(
    "fields", [{"username": "susan", "password": "wrong"}, {"username": "bob", "password": "correct horse"}]
)
def test_wrong_username_and_wrong_password_look_the_same(client, make_user, fill_in, fields):
    make_user("susan")
    response = fill_in("/auth/login", **fields)
    assert response.status_code == 400
    assert "Wrong username or password." in response.text
    assert f'value="{fields["username"]}"' in response.text
    assert not is_logged_in(client)


def test_empty_sign_in_form_says_what_to_enter(fill_in):
    page = fill_in("/auth/login", username="", password="").text
    assert "Enter your username or email address." in page
    assert "Enter your password." in page
    assert "Wrong" not in page


def test_session_survives_closed_browser_only_if_remembered(app, make_user, log_in):
    make_user("susan")
    for remembered in (True, False):
        browser = app.test_client()
        log_in("susan", client=browser, **({"remember_me": "y"} if remembered else {}))
        browser.delete_cookie("microblog")  # as a browser that is closed
        assert is_logged_in(browser) is remembered


def test_sign_in_discards_former_session(client, make_user, log_in):
    """Session fixation: a planted session gives no access to the new one."""
    make_user("susan")
    client.get("/auth/login?lang=fr")
    with client.session_transaction() as session:
        session["planted"] = "x"
    before = session_of(client)
    log_in("susan")
    after = session_of(client)
    assert "planted" not in after
    assert after.get("csrf_token") != before["csrf_token"]
    assert after["lang"] == "fr"


def test_session_is_not_bound_to_address_or_browser(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    moved = client.get("/edit_profile", headers={"User-Agent": "other"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert moved.status_code == 200


def test_cookies_are_http_only_and_same_site(client, make_user, log_in):
    make_user("susan")
    set_cookies = log_in("susan", remember_me="y").headers.getlist("Set-Cookie")
    assert len(set_cookies) == 3
    for cookie in set_cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_sign_in_pages_redirect_home_when_signed_in(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    for path in ("/auth/login", "/auth/register"):
        assert client.get(path).headers["Location"] == "/"


def test_fields_have_autocomplete_for_password_managers(client):
    register, login = client.get("/auth/register").text, client.get("/auth/login").text
    assert register.count('autocomplete="new-password"') == 2
    assert 'autocomplete="email"' in register
    for page, password in ((register, "new-password"), (login, "current-password")):
        assert 'autocomplete="username"' in page
        assert f'autocomplete="{password}"' in page


def test_sign_in_and_registration_link_to_each_other(client):
    login = client.get("/auth/login?next=/explore").text
    assert '<a href="/auth/register?next=/explore">' in login
    assert '<a href="/auth/reset_password_request">' in login
    assert '<a href="/auth/login?next=/explore">' in client.get("/auth/register?next=/explore").text


# Signing out


def test_sign_out_ends_only_this_session(app, client, make_user, log_in, fill_in):
    make_user("susan")
    other = app.test_client()
    log_in("susan", client=other)
    log_in("susan", remember_me="y")
    fill_in("/edit_profile", to="/auth/logout")
    assert not is_logged_in(client)
    assert "_user_id" not in session_of(client)
    assert is_logged_in(other)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_safe_methods_do_not_sign_out(client, make_user, log_in, method):
    make_user("susan")
    log_in("susan")
    response = getattr(client, method)("/auth/logout")
    assert response.status_code == (200 if method == "options" else 405)
    assert is_logged_in(client)


def test_sign_out_needs_csrf_token(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    assert client.post("/auth/logout").status_code == 400
    assert is_logged_in(client)


# Signed out


def test_form_of_ended_session_redirects_back_to_its_page(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    response = client.post("/edit_profile", headers={"Referer": "http://localhost/explore?before=9"})
    assert response.headers["Location"] == "/auth/login?next=/explore?before%3D9"


def test_head_request_redirects_to_sign_in(client):
    assert client.head("/edit_profile").headers["Location"] == "/auth/login?next=/edit_profile"


def test_redirect_to_sign_in_is_explained_except_from_home(client):
    explanation = "Sign in to see this page."
    assert explanation not in client.get("/", follow_redirects=True).text
    assert explanation in client.get("/edit_profile", follow_redirects=True).text
