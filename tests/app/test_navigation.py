"""Navigation: the menu marks the current page and buttons return to it, at any path prefix (SCRIPT_NAME)."""

import re

import pytest

MOUNTED = pytest.mark.parametrize("root", ["", "/blog"])


@pytest.fixture
def visit(client, make_user, log_in):
    """`visit("/explore", "/blog")`: the response to Susan, with the site at the prefix /blog."""
    make_user("susan")
    log_in("susan")
    return lambda path, root: client.get(path, environ_overrides={"SCRIPT_NAME": root})


@MOUNTED
@pytest.mark.parametrize("path", ["/", "/explore", "/messages", "/notifications"])
def test_menu_marks_only_the_current_page(visit, path, root):
    page = visit(path, root).text
    nav = page[page.index('<nav class="site-nav"') : page.index("</nav>")]
    assert re.findall(r'<a href="([^"]*)" aria-current="page">', nav) == [f"{root}{path}"]


@MOUNTED
def test_menu_marks_nothing_on_other_pages(visit, root):
    page = visit("/user/susan", root).text
    assert 'aria-current="page"' not in page


def test_cached_menu_depends_on_the_path_prefix(visit):
    for root in ("", "/blog", ""):  # the menu is cached
        assert f'<a href="{root}/explore" aria-current="page">' in visit("/explore", root).text


@MOUNTED
def test_button_returns_to_its_page(visit, root):
    assert f'name="next" value="{root}/explore?before=9"' in visit("/explore?before=9", root).text


@MOUNTED
@pytest.mark.parametrize(
    ("path", "login"),
    [("/explore?x=1", "/auth/login?next={root}/explore?x%3D1"), ("/", "/auth/login?next={root}/")],
)
def test_sign_in_returns_to_the_requested_page(client, root, path, login):
    response = client.get(path, environ_overrides={"SCRIPT_NAME": root})
    assert response.location == root + login.format(root=root)
    asks = "see this page" in client.get(response.location.removeprefix(root)).text
    assert asks == (path != "/")  # the home page is where new visitors arrive


def test_each_page_has_its_own_title_and_one_heading(visit, client, make_user):
    make_user("john")
    paths = [
        "/", "/explore", "/post", "/user/susan", "/user/john", "/edit_profile", "/search", "/search?q=one",
        "/search?q=two", "/search/people", "/search/people?q=one", "/messages", "/messages/with/john",
        "/notifications", "/settings", "/settings/password", "/settings/address", "/settings/tokens",
        "/settings/export", "/api/docs", "/nope",
    ]  # fmt: skip
    pages = {path: visit(path, "").text for path in paths}
    titles = [re.search("<title>(.*?)</title>", page)[1] for page in pages.values()]
    assert len(set(titles)) == len(titles)
    assert [path for path, page in pages.items() if page.count("<h1") != 1] == []


def test_long_search_does_not_fill_the_title(visit):
    assert len(re.search("<title>(.*?)</title>", visit("/search?q=" + "x" * 900, "").text)[1]) < 100
