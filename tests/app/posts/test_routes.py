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


def test_a_post_written_at_home_stands_on_the_home_timeline(client, susan, fill_in):
    response = fill_in("/", to="/post", body="Hello <b>world</b>")
    assert (response.status_code, response.location) == (302, "/")
    assert "Hello &lt;b&gt;world&lt;/b&gt;" in client.get("/").text


def test_whoever_posted_is_told_so_once(client, susan, fill_in):
    told = "Your post was published."
    fill_in("/", to="/post", body="Hello")
    assert told in client.get("/").text
    assert told not in client.get("/").text


def test_lines_of_a_browser_are_kept_as_lines(susan, fill_in):
    fill_in("/", to="/post", body="one\r\ntwo")
    assert bodies() == ["one\ntwo"]


@pytest.mark.parametrize(("chosen", "kept"), [("", "fr"), ("es", "es")])
@pytest.mark.parametrize("page", ["/", "/post"])
def test_the_author_can_say_what_language_a_post_is_in(client, susan, fill_in, page, chosen, kept):
    assert f'<option value="{chosen}">' in client.get(page).text
    fill_in(page, to="/post", body="Quelle belle journée pour une promenade", language=chosen)
    assert [post.language for post in db.session.query(Post)] == [kept]


def test_the_page_to_write_on_has_every_language_by_name(client, susan):
    assert '<option value="ja">Japonais</option>' in client.get("/post?lang=fr").text


@pytest.mark.parametrize(("body", "language"), [("", "es"), ("Hello", "klingon")])
def test_a_choice_that_came_with_a_fault_is_shown_again(susan, fill_in, body, language):
    response = fill_in("/", to="/post", body=body, language=language)
    assert response.status_code == 400
    assert bodies() == []
    assert ('<option selected value="es">' in response.text) is (language == "es")
    assert ("not known" in response.text) is (language != "es")


@pytest.mark.parametrize("body", ["", "\u200b", "\r\n \r\n", "a" * 141, "a\x07"])
def test_what_cannot_be_a_post_is_shown_again_with_the_reason(susan, fill_in, body):
    response = fill_in("/", to="/post", body=body)
    assert response.status_code == 400
    assert 'aria-invalid="true"' in response.text
    assert bodies() == []
    if body.isprintable():
        assert f">\r\n{body}</textarea>" in response.text


def test_a_nul_byte_is_a_bad_request(susan, fill_in):
    assert fill_in("/", to="/post", body="a\0b").status_code == 400
    assert bodies() == []


@pytest.mark.parametrize("token", [None, "", "expired"])
def test_without_a_good_token_nothing_is_written_and_what_was_typed_is_kept(client, susan, token):
    data = {"body": "Precious words"} | ({} if token is None else {"csrf_token": token})
    response = client.post("/post", data=data)
    assert response.status_code == 400
    assert "Precious words</textarea>" in response.text
    assert bodies() == []


def test_a_visitor_is_asked_to_log_in_before_writing(context, fill_in):
    response = fill_in("/auth/login", to="/post", body="Hello")
    assert response.status_code == 302
    assert response.location.startswith("/auth/login")
    assert bodies() == []


def test_ones_own_posts_have_a_button_to_delete_them_and_others_do_not(client, susan, make_user, write, let_follow):
    john = make_user("john")
    let_follow(susan, john)
    mine, other = write(susan, "mine"), write(john, "his")
    page = client.get("/").text
    assert f'formaction="/posts/{mine}/delete"' in page
    assert f"/posts/{other}/delete" not in page


def test_a_deleted_post_is_gone_and_one_is_back_where_one_was(client, susan, write, fill_in):
    post_id = write(susan, "one", "two")
    response = fill_in("/user/susan", to=f"/posts/{post_id}/delete", next="/user/susan?before=9")
    assert (response.status_code, response.location) == (302, "/user/susan?before=9")
    assert bodies() == ["one"]


def test_a_post_has_a_page_of_its_own_where_its_moment_leads_to(client, susan, write):
    post_id = write(susan, "Hello <b>world</b>")
    assert f'href="/posts/{post_id}"' in client.get("/").text
    page = client.get(f"/posts/{post_id}")
    assert page.status_code == 200
    assert "Hello &lt;b&gt;world&lt;/b&gt;" in page.text
    assert "<title>A post by \u2068susan\u2069" in page.text


def test_whoever_deletes_a_post_on_its_own_page_is_led_to_one_that_is_there(susan, write, fill_in):
    post_id = write(susan, "one")
    response = fill_in(f"/posts/{post_id}", to=f"/posts/{post_id}/delete", next=f"/posts/{post_id}")
    assert (response.status_code, response.location) == (302, "/")


def test_the_buttons_form_leads_back_to_its_own_page(client, susan, write):
    write(susan, "one")
    form = re.search(r'<form id="actions".*?</form>', client.get("/explore?before=999999999").text, re.S)[0]
    assert 'name="next" value="/explore?before=999999999"' in form
    assert 'name="csrf_token"' in form


@pytest.mark.parametrize("elsewhere", ["//evil.example", "https://evil.example/", "/\\evil", ""])
def test_deleting_never_leads_to_another_site(susan, write, fill_in, elsewhere):
    post_id = write(susan, "one")
    assert fill_in("/", to=f"/posts/{post_id}/delete", next=elsewhere).location == "/"


def test_anothers_post_cannot_be_deleted(susan, make_user, write, fill_in):
    post_id = write(make_user("john"), "his")
    assert fill_in("/", to=f"/posts/{post_id}/delete").status_code == 403
    assert bodies() == ["his"]


def test_an_administrator_deletes_anybodys_post_and_stays_where_they_were(
    make_user, make_administrator, write, log_in, fill_in
):
    post_id = write(make_user("susan"), "spam")
    make_administrator("john")
    log_in("john")
    response = fill_in("/explore", to=f"/posts/{post_id}/delete", next="/user/susan")
    assert (response.status_code, response.location) == (302, "/user/susan")
    assert bodies() == []


@pytest.mark.parametrize("post_id", ["1", "0", "99999999999999999999999", "-1", "abc"])
def test_deleting_what_is_not_there_is_not_found(susan, fill_in, post_id):
    assert fill_in("/", to=f"/posts/{post_id}/delete").status_code == 404


def test_reading_an_address_deletes_nothing(client, susan, write):
    post_id = write(susan, "one")
    assert client.get(f"/posts/{post_id}/delete").status_code == 405
    assert bodies() == ["one"]


def test_posts_come_no_faster_than_a_person_writes(susan, fill_in):
    for number in range(30):
        assert fill_in("/", to="/post", body=f"post {number}").status_code == 302
    assert fill_in("/", to="/post", body="one more").status_code == 429
    assert len(bodies()) == 30
