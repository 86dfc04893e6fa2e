"""The menu says where one is, and buttons lead back there, under whatever path the site is mounted."""

import re

import pytest

MOUNTED = pytest.mark.parametrize("root", ["", "/blog"])


@pytest.fixture
def visit(client, make_user, log_in):
    """`visit("/explore", "/blog")`: what Susan sees there, the site being mounted at /blog."""
    make_user("susan")
    log_in("susan")
    return lambda path, root: client.get(path, environ_overrides={"SCRIPT_NAME": root})


@MOUNTED
@pytest.mark.parametrize("path", ["/", "/explore", "/messages", "/notifications"])
def test_the_menu_marks_the_page_that_is_shown_and_no_other(visit, path, root):
    page = visit(path, root).text
    nav = page[page.index('<nav class="site-nav"') : page.index("</nav>")]
    assert re.findall(r'<a href="([^"]*)" aria-current="page">', nav) == [f"{root}{path}"]


@MOUNTED
def test_the_menu_marks_no_page_that_is_not_in_it(visit, root):
    page = visit("/user/susan", root).text
    assert 'aria-current="page"' not in page


def test_the_same_page_under_another_path_is_marked_there(visit):
    for root in ("", "/blog", ""):  # the menu is kept from one page to the next
        assert f'<a href="{root}/explore" aria-current="page">' in visit("/explore", root).text


@MOUNTED
def test_a_button_leads_back_to_the_page_it_was_on(visit, root):
    assert f'name="next" value="{root}/explore?before=9"' in visit("/explore?before=9", root).text


@MOUNTED
@pytest.mark.parametrize(
    ("path", "login"),
    [("/explore?x=1", "/auth/login?next={root}/explore?x%3D1"), ("/", "/auth/login?next={root}/")],
)
def test_the_login_leads_back_to_the_page_that_was_wanted(client, root, path, login):
    answer = client.get(path, environ_overrides={"SCRIPT_NAME": root})
    assert answer.location == root + login.format(root=root)
    told = "see this page" in client.get(answer.location.removeprefix(root)).text
    assert told == (path != "/")  # where everybody begins
