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
    """The ids of the posts that are rendered, in order."""
    ids = []
    article = rendering._article
    monkeypatch.setattr(rendering, "_article", lambda post, *viewer: ids.append(post.id) or article(post, *viewer))
    return ids


def test_post_is_rendered_once_for_all_pages_and_viewers(app, client, susan, make_user, write, log_in, rendered):
    write(susan, "Hello")
    make_user("john")
    make_user("mary")
    for name in ("john", "mary"):
        other = app.test_client()
        log_in(name, client=other)
        for path in ("/explore", "/user/susan"):
            assert "Hello" in other.get(path).text
    assert len(rendered) == 1


def test_delete_button_is_shown_to_the_author_only(app, client, susan, make_user, write, log_in):
    write(susan, "Hello")
    make_user("john")
    other = app.test_client()
    log_in("john", client=other)
    assert 'formaction="/posts/' in client.get("/explore").text
    assert 'formaction="/posts/' not in other.get("/explore").text
    assert 'formaction="/posts/' in client.get("/explore").text


def test_administrator_can_delete_any_post_and_confirms_its_author(
    app, client, susan, make_administrator, write, log_in
):
    write(susan, "Hello")
    write(make_administrator("john"), "I look after this")
    other = app.test_client()
    log_in("john", client=other)
    for _ in range(2):  # neither viewer gets what is cached for the other
        assert client.get("/explore").text.count('name="ask" value="') == 1
        page = other.get("/explore").text
        assert page.count('name="ask" value="') == 2
        assert page.count('name="ask" value="Delete this post by @susan?"') == 1


def test_delete_buttons_follow_the_administrator_role(client, susan, make_user, write):
    write(make_user("john"), "Hello")
    assert 'name="ask"' not in client.get("/explore").text
    promote(susan)
    db.session.commit()
    assert 'name="ask"' in client.get("/explore").text
    demote(susan)
    db.session.commit()
    assert 'name="ask"' not in client.get("/explore").text


def test_renamed_author_shows_at_once_on_cached_posts(client, susan, write):
    write(susan, "Hello")
    assert "<bdi>susan</bdi>" in client.get("/explore").text
    susan.display_name = "Susan B."
    db.session.commit()
    assert "<bdi>Susan B.</bdi>" in client.get("/explore").text
    susan.username = susan.username_key = "sue"
    db.session.commit()
    assert 'href="/user/sue"' in client.get("/explore").text


def test_post_is_cached_once_per_locale(client, susan, write, rendered):
    write(susan, "Hello")
    for locale, button in [("en", "Delete"), ("fr", "Supprimer"), ("en", "Delete")]:
        page = client.get("/explore", headers={"Accept-Language": locale}).text
        assert button in page.partition("<article")[2].partition("</article>")[0]
    assert len(rendered) == 2


def test_post_body_has_lang_attribute_if_known(client, susan, write):
    write(susan, "Quelle belle journée pour une promenade", "Hm.")
    page = client.get("/explore").text
    assert '<p class="post-body" dir="auto" lang="fr">Quelle' in page
    assert '<p class="post-body" dir="auto">Hm.' in page


def test_links_of_cached_posts_have_the_script_name(client, susan, write):
    write(susan, "Hello")
    assert 'href="/user/susan"' in client.get("/explore").text
    mounted = client.get("/explore", environ_overrides={"SCRIPT_NAME": "/blog"}).text
    assert 'href="/blog/user/susan"' in mounted
    assert 'src="/blog/avatar/' in mounted


def test_posts_are_not_cached_while_templates_reload(app, client, susan, write, monkeypatch, rendered):
    write(susan, "Hello")
    monkeypatch.setattr(app.jinja_env, "auto_reload", True)
    client.get("/explore")
    client.get("/explore")
    assert len(rendered) == 2


def test_post_has_machine_readable_time_in_utc(client, susan, write):
    write(susan, "Hello")
    assert '+00:00"' in client.get("/explore").text.partition('<time datetime="')[2][:40]
