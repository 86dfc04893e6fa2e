"""The script behind "Translate", on a page that is given the button: the site under test may have no service."""

import pytest
from playwright.sync_api import expect

BUTTON = """(actions) => {
    const button = document.createElement("button");
    button.setAttribute("form", "actions");
    button.setAttribute("formaction", "/posts/1/translation");
    button.dataset.translate = "";
    button.textContent = "Translate";
    actions.append(button);
}"""


@pytest.fixture
def button(page, register):
    """The button, beside a post."""
    register(page).post("Hello")
    page.locator(".post-actions").evaluate(BUTTON)
    if not page.locator('script[src*="translate.js"]').count():
        page.add_script_tag(url="/static/js/translate.js", type="module")
    return page.locator("[data-translate]")


def answer(page, html, status=200):
    page.route("**/translation", lambda route: route.fulfill(status=status, content_type="text/html", body=html))


def test_what_a_post_says_is_shown_in_place_and_has_the_focus(page, button):
    answer(page, '<h1>A page</h1><section class="translation"><p lang="fr">Bonjour</p></section>')
    button.click()
    expect(page.locator(".post .translation")).to_have_text("Bonjour")
    expect(page.locator(".translation")).to_be_focused()
    expect(button).to_have_count(0)


def test_a_message_is_shown_in_place_until_another_try_succeeds(page, button):
    answer(page, '<div class="alert"><svg></svg><div>Too slow.</div></div>')
    button.click()
    expect(page.locator(".translation-problem")).to_have_text("Too slow.")
    expect(button).to_be_enabled()
    page.unroute("**/translation")
    answer(page, '<section class="translation">Bonjour</section>')
    button.click()
    expect(page.locator(".translation")).to_have_text("Bonjour")
    expect(page.locator(".translation-problem")).to_have_count(0)


def test_what_is_no_answer_to_show_is_left_to_the_browser(page, button):
    answer(page, "<title>Elsewhere</title>")
    button.click()
    expect(page).to_have_title("Elsewhere")
