import pytest

from app.auth.services import renew_session_id
from app.database import db
from app.users.queries import by_username


def session_of(client):
    with client.session_transaction() as session:
        return dict(session)


def is_logged_in(client):
    return client.get("/edit_profile").status_code == 200


# Logging in


def test_a_person_logs_in_and_comes_back_to_the_page_they_wanted(client, make_user, fill_in):
    make_user("susan")
    wanted = client.get("/edit_profile?x=1&y=2")
    login = wanted.headers["Location"]
    response = fill_in(login, username="susan", password="correct horse")
    assert response.headers["Location"] == "/edit_profile?x=1&y=2"
    assert is_logged_in(client)


@pytest.mark.parametrize("target", ["//evil.example", "/\\evil.example", "https:evil.example", "/%09/evil.example"])
def test_a_next_that_leads_elsewhere_leads_home(client, make_user, fill_in, target):
    make_user("susan")
    response = fill_in(f"/auth/login?next={target}", username="susan", password="correct horse")
    assert response.headers["Location"] == "/"
    assert client.get(f"/auth/login?next={target}").headers["Location"] == "/"  # who is logged in already


@pytest.mark.parametrize(
    "fields", [{"username": "susan", "password": "wrong"}, {"username": "bob", "password": "correct horse"}]
)
def test_wrong_name_and_wrong_password_get_the_same_answer(client, make_user, fill_in, fields):
    make_user("susan")
    response = fill_in("/auth/login", **fields)
    assert response.status_code == 400
    assert "Wrong username or password." in response.text
    assert f'value="{fields["username"]}"' in response.text
    assert not is_logged_in(client)


def test_an_empty_form_says_what_to_enter(fill_in):
    page = fill_in("/auth/login", username="", password="").text
    assert "Enter your username or e-mail address." in page
    assert "Enter your password." in page
    assert "Wrong" not in page


def test_only_whoever_asks_is_remembered_when_the_browser_was_closed(app, make_user, log_in):
    make_user("susan")
    for remembered in (True, False):
        browser = app.test_client()
        log_in("susan", client=browser, **({"remember_me": "y"} if remembered else {}))
        browser.delete_cookie("microblog")  # what closing a browser does
        assert is_logged_in(browser) is remembered


def test_nothing_of_the_session_before_is_in_the_session_after(client, make_user, log_in):
    """Whoever planted a session in this browser knows nothing of the one that begins."""
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


def test_a_session_does_not_tell_the_users_number_and_ends_when_its_id_is_renewed(client, app, make_user, log_in):
    make_user("susan")
    log_in("susan", remember_me="y")
    with app.app_context():
        user = by_username("susan")
        assert session_of(client)["_user_id"] == user.session_id != str(user.id)
        renew_session_id(user)
        db.session.commit()
    assert not is_logged_in(client)  # by the remembering cookie neither


def test_a_session_goes_on_when_the_address_and_the_browser_change(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    moved = client.get("/edit_profile", headers={"User-Agent": "other"}, environ_base={"REMOTE_ADDR": "192.0.2.7"})
    assert moved.status_code == 200


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, make_user, log_in):
    make_user("susan")
    set_cookies = log_in("susan", remember_me="y").headers.getlist("Set-Cookie")
    assert len(set_cookies) == 2
    for cookie in set_cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


def test_who_is_logged_in_need_not_register_or_log_in(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    for path in ("/auth/login", "/auth/register"):
        assert client.get(path).headers["Location"] == "/"


def test_password_managers_are_told_which_field_is_which(client):
    register, login = client.get("/auth/register").text, client.get("/auth/login").text
    assert register.count('autocomplete="new-password"') == 2
    assert 'autocomplete="email"' in register
    for page, password in ((register, "new-password"), (login, "current-password")):
        assert 'autocomplete="username"' in page
        assert f'autocomplete="{password}"' in page


def test_whoever_is_on_the_wrong_page_finds_the_right_one(client):
    login = client.get("/auth/login?next=/explore").text
    assert '<a href="/auth/register?next=/explore">' in login
    assert '<a href="/auth/reset_password_request">' in login
    assert '<a href="/auth/login?next=/explore">' in client.get("/auth/register?next=/explore").text


# Logging out


def test_logging_out_ends_the_session_here_and_no_other(app, client, make_user, log_in, fill_in):
    make_user("susan")
    other = app.test_client()
    log_in("susan", client=other)
    log_in("susan", remember_me="y")
    fill_in("/edit_profile", to="/auth/logout")
    assert not is_logged_in(client)
    assert "_user_id" not in session_of(client)
    assert is_logged_in(other)


@pytest.mark.parametrize("method", ["get", "head", "options"])
def test_reading_logs_nobody_out(client, make_user, log_in, method):
    make_user("susan")
    log_in("susan")
    response = getattr(client, method)("/auth/logout")
    assert response.status_code == (200 if method == "options" else 405)
    assert is_logged_in(client)


def test_another_site_logs_nobody_out(client, make_user, log_in):
    make_user("susan")
    log_in("susan")
    assert client.post("/auth/logout").status_code == 400
    assert is_logged_in(client)


# Who is not logged in


def test_a_form_sent_when_the_session_is_over_leads_back_to_its_page(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "WTF_CSRF_CHECK_DEFAULT", False)
    response = client.post("/edit_profile", headers={"Referer": "http://localhost/explore?before=9"})
    assert response.headers["Location"] == "/auth/login?next=/explore?before%3D9"


def test_a_page_asked_for_with_head_leads_to_the_login(client):
    assert client.head("/edit_profile").headers["Location"] == "/auth/login?next=/edit_profile"


def test_whoever_wanted_a_certain_page_is_told_why_they_see_another_and_a_newcomer_is_not(client):
    told = "Please log in to see this page."
    assert told not in client.get("/", follow_redirects=True).text
    assert told in client.get("/edit_profile", follow_redirects=True).text
