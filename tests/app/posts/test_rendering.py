import pytest

from app.database import db
from app.posts import rendering
from app.users.services import demote, promote


@pytest.fixture
def susan(susan, log_in):
    """The user, signed in."""
    log_in("susan")
    return susan


@pytest.fixture(autouse=True)
def rendered(monkeypatch):
    """The ids of the posts that were rendered, in that order, starting with nothing kept."""
    ids = []
    article = rendering._article
    monkeypatch.setattr(rendering, "_article", lambda post, *reader: ids.append(post.id) or article(post, *reader))
    return ids


def test_a_post_is_rendered_once_for_all_pages_and_readers(app, client, susan, make_user, write, log_in, rendered):
    write(susan, "Hello")
    make_user("john")
    make_user("mary")
    for name in ("john", "mary"):
        other = app.test_client()
        log_in(name, client=other)
        for path in ("/explore", "/user/susan"):
            assert "Hello" in other.get(path).text
    assert len(rendered) == 1


def test_its_author_alone_sees_the_button(app, client, susan, make_user, write, log_in):
    write(susan, "Hello")
    make_user("john")
    other = app.test_client()
    log_in("john", client=other)
    assert 'formaction="/posts/' in client.get("/explore").text
    assert 'formaction="/posts/' not in other.get("/explore").text
    assert 'formaction="/posts/' in client.get("/explore").text


def test_an_administrator_sees_the_button_on_every_post_and_is_asked_whose_it_is(
    app, client, susan, make_administrator, write, log_in
):
    write(susan, "Hello")
    write(make_administrator("john"), "I look after this")
    other = app.test_client()
    log_in("john", client=other)
    for _ in range(2):  # each sees their own, whoever comes first
        assert client.get("/explore").text.count('data-confirm="') == 1
        page = other.get("/explore").text
        assert page.count('data-confirm="') == 2
        assert page.count('data-confirm="Delete this post by @susan?"') == 1


def test_the_buttons_come_and_go_with_the_administrator(client, susan, make_user, write):
    write(make_user("john"), "Hello")
    assert "data-confirm" not in client.get("/explore").text
    promote(susan)
    db.session.commit()
    assert "data-confirm" in client.get("/explore").text
    demote(susan)
    db.session.commit()
    assert "data-confirm" not in client.get("/explore").text


def test_a_new_name_shows_at_once_on_every_post(client, susan, write):
    write(susan, "Hello")
    assert "<bdi>susan</bdi>" in client.get("/explore").text
    susan.display_name = "Susan B."
    db.session.commit()
    assert "<bdi>Susan B.</bdi>" in client.get("/explore").text
    susan.username = susan.username_key = "sue"
    db.session.commit()
    assert 'href="/user/sue"' in client.get("/explore").text


def test_each_language_has_its_words_and_dates(client, susan, write, rendered):
    write(susan, "Hello")
    english = client.get("/explore", headers={"Accept-Language": "en"}).text
    french = client.get("/explore", headers={"Accept-Language": "fr"}).text
    assert client.get("/explore", headers={"Accept-Language": "en"}).text == english
    assert len(rendered) == 2
    assert french != english


def test_a_posts_text_names_its_language_where_it_is_known(client, susan, write):
    write(susan, "Quelle belle journée pour une promenade", "Hm.")
    page = client.get("/explore").text
    assert '<p class="post-body" dir="auto" lang="fr">Quelle' in page
    assert '<p class="post-body" dir="auto">Hm.' in page


def test_addresses_follow_the_path_that_the_site_is_mounted_at(client, susan, write):
    write(susan, "Hello")
    assert 'href="/user/susan"' in client.get("/explore").text
    mounted = client.get("/explore", environ_overrides={"SCRIPT_NAME": "/blog"}).text
    assert 'href="/blog/user/susan"' in mounted
    assert 'src="/blog/avatar/' in mounted


def test_a_template_that_is_being_edited_is_rendered_anew(app, client, susan, write, monkeypatch, rendered):
    write(susan, "Hello")
    monkeypatch.setattr(app.jinja_env, "auto_reload", True)
    client.get("/explore")
    client.get("/explore")
    assert len(rendered) == 2


def test_the_moment_of_writing_is_there_for_programs_too(client, susan, write):
    write(susan, "Hello")
    assert '+00:00"' in client.get("/explore").text.partition('<time datetime="')[2][:40]
