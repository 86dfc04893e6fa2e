import re

import pytest

from app.database import db
from app.posts.models import Post


def bodies():
    db.session.rollback()
    return [post.body for post in db.session.query(Post).order_by(Post.id)]


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


def test_post_appears_escaped_on_the_home_timeline(client, susan, fill_in):
    response = fill_in("/", to="/post", body="Hello <b>world</b>")
    assert (response.status_code, response.location) == (302, "/")
    assert "Hello &lt;b&gt;world&lt;/b&gt;" in client.get("/").text


def test_publishing_is_confirmed_once(client, susan, fill_in):
    message = "Your post was published."
    fill_in("/", to="/post", body="Hello")
    assert message in client.get("/").text
    assert message not in client.get("/").text


def test_crlf_is_stored_as_newline(susan, fill_in):
    fill_in("/", to="/post", body="one\r\ntwo")
    assert bodies() == ["one\ntwo"]


@pytest.mark.parametrize(("chosen", "stored"), [("", "fr"), ("es", "es")])
@pytest.mark.parametrize("page", ["/", "/post"])
def test_author_can_choose_the_language_of_a_post(client, susan, fill_in, page, chosen, stored):
    assert f'<option value="{chosen}">' in client.get(page).text
    fill_in(page, to="/post", body="Quelle belle journée pour une promenade", language=chosen)
    assert [post.language for post in db.session.query(Post)] == [stored]


def test_new_post_page_offers_all_languages_by_name(client, susan):
    assert '<option value="ja">Japonais</option>' in client.get("/post?lang=fr").text


@pytest.mark.parametrize(("code", "tag", "name"), [("pt_BR", "pt", "Português"), ("zh_Hant", "zh", "中文")])
def test_regional_catalogue_offers_its_language_for_posts(app, client, susan, fill_in, monkeypatch, code, tag, name):
    monkeypatch.setitem(app.config, "LANGUAGES", {"en": "English", code: "Regional"})
    assert f'<option value="{tag}">{name}</option>' in client.get("/").text
    assert f'<option selected value="{tag}">' in fill_in("/", to="/post", body="", language=tag).text


@pytest.mark.parametrize(("body", "language"), [("", "es"), ("Hello", "klingon")])
def test_refused_post_keeps_a_valid_language_choice(susan, fill_in, body, language):
    response = fill_in("/", to="/post", body=body, language=language)
    assert response.status_code == 400
    assert bodies() == []
    assert ('<option selected value="es">' in response.text) is (language == "es")
    assert ("Unknown language" in response.text) is (language != "es")


@pytest.mark.parametrize("body", ["", "\u200b", "\r\n \r\n", "a" * 141, "a\x07"])
def test_invalid_post_is_shown_again_with_an_error(susan, fill_in, body):
    response = fill_in("/", to="/post", body=body)
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.text
    assert bodies() == []
    if body.isprintable():
        assert f">\r\n{body}</textarea>" in response.text


def test_nul_byte_is_a_bad_request(susan, fill_in):
    assert fill_in("/", to="/post", body="a\0b").status_code == 400
    assert bodies() == []


@pytest.mark.parametrize("token", [None, "", "expired"])
def test_bad_csrf_token_creates_no_post_and_keeps_the_text(client, susan, token):
    data = {"body": "Precious words"} | ({} if token is None else {"csrf_token": token})
    response = client.post("/post", data=data)
    assert response.status_code == 400
    assert "Precious words</textarea>" in response.text
    assert bodies() == []


def test_posting_requires_sign_in(context, fill_in):
    response = fill_in("/auth/login", to="/post", body="Hello")
    assert response.status_code == 401
    assert "Sign in to get back what you entered" in response.text
    assert bodies() == []


def test_delete_button_is_on_own_posts_only(client, susan, make_user, write, let_follow):
    john = make_user("john")
    let_follow(susan, john)
    mine, other = write(susan, "mine"), write(john, "his")
    page = client.get("/").text
    assert f'formaction="/posts/{mine}/delete"' in page
    assert f"/posts/{other}/delete" not in page


def test_deleting_a_post_redirects_to_next(client, susan, write, fill_in):
    post_id = write(susan, "one", "two")
    response = fill_in("/user/susan", to=f"/posts/{post_id}/delete", next="/user/susan?before=9")
    assert (response.status_code, response.location) == (302, f"/user/susan?before=9#post-{post_id}")
    assert bodies() == ["one"]


def test_post_time_links_to_the_page_of_the_post(client, susan, write):
    post_id = write(susan, "Hello <b>world</b>")
    assert f'href="/posts/{post_id}"' in client.get("/").text
    page = client.get(f"/posts/{post_id}")
    assert page.status_code == 200
    assert "Hello &lt;b&gt;world&lt;/b&gt;" in page.text
    assert "<title>Post by @susan, " in page.text


def test_deleting_on_the_page_of_the_post_redirects_home(susan, write, fill_in):
    post_id = write(susan, "one")
    response = fill_in(f"/posts/{post_id}", to=f"/posts/{post_id}/delete", next=f"/posts/{post_id}")
    assert (response.status_code, response.location) == (302, "/")


def test_actions_form_returns_to_the_current_page(client, susan, write):
    write(susan, "one")
    form = re.search(r'<form id="actions".*?</form>', client.get("/explore?before=999999999").text, re.S)[0]
    assert 'name="next" value="/explore?before=999999999"' in form
    assert 'name="csrf_token"' in form


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil", ""])
def test_deleting_never_redirects_to_another_site(susan, write, fill_in, elsewhere):
    post_id = write(susan, "one")
    assert fill_in("/", to=f"/posts/{post_id}/delete", next=elsewhere).location == "/"


def test_deleting_a_post_of_another_user_is_forbidden(susan, make_user, write, fill_in):
    post_id = write(make_user("john"), "his")
    assert fill_in("/", to=f"/posts/{post_id}/delete").status_code == 403
    assert bodies() == ["his"]


def test_administrator_deletes_any_post_and_returns_to_next(make_user, make_administrator, write, log_in, fill_in):
    post_id = write(make_user("susan"), "spam")
    make_administrator("john")
    log_in("john")
    response = fill_in("/explore", to=f"/posts/{post_id}/delete", next="/user/susan")
    assert (response.status_code, response.location) == (302, f"/user/susan#post-{post_id}")
    assert bodies() == []


@pytest.mark.parametrize("post_id", ["1", "0", "99999999999999999999999"])
def test_deleting_a_post_that_is_gone_returns_home(susan, fill_in, post_id):
    assert fill_in("/", to=f"/posts/{post_id}/delete").location == "/"


@pytest.mark.parametrize("post_id", ["-1", "abc"])
def test_deleting_an_invalid_id_is_not_found(susan, fill_in, post_id):
    assert fill_in("/", to=f"/posts/{post_id}/delete").status_code == 404


def test_get_deletes_nothing(client, susan, write):
    post_id = write(susan, "one")
    assert client.get(f"/posts/{post_id}/delete").status_code == 405
    assert bodies() == ["one"]


def test_posting_is_limited_to_30_per_minute(susan, fill_in):
    for number in range(30):
        assert fill_in("/", to="/post", body=f"post {number}").status_code == 302
    assert fill_in("/", to="/post", body="one more").status_code == 429
    assert len(bodies()) == 30
