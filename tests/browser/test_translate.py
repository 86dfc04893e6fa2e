"""js/translate.js, on a post that is given the button: the site under test may have no translation service."""

import json

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
FORMS = '<script type="module" src="/static/js/forms.js'
TRANSLATION = {"html": '<section class="translation"><p lang="fr">Bonjour</p></section>'}


@pytest.fixture
def page(visit):
    """A page on which translations may fail."""
    return visit(expected=["503: ", "502: "])


def add_script(route):
    """Add js/translate.js to a page without it, before js/forms.js, which submits what no script has taken over."""
    response = route.fetch()
    html = response.text()
    if "js/translate.js" not in html:
        html = html.replace(FORMS, f'<script type="module" src="/static/js/translate.js"></script>{FORMS}')
    route.fulfill(response=response, body=html)


@pytest.fixture
def button(page, register):
    """The button, beside a post."""
    register(page).post("Hello")
    page.route("**/", add_script)
    page.goto("/")
    page.locator(".post-actions").evaluate(BUTTON)
    return page.locator("[data-translate]")


def answer(page, value, status=200):
    """Answer scripts with JSON. A form that is sent gets a page with the title "Elsewhere"."""

    def fulfill(route):
        if route.request.headers.get("x-requested-with") != "fetch":
            route.fulfill(content_type="text/html", body="<title>Elsewhere</title>")
        elif isinstance(value, str):
            route.fulfill(status=status, content_type="text/html", body=value)
        else:
            route.fulfill(status=status, content_type="application/json", body=json.dumps(value))

    page.route("**/translation", fulfill)


def test_translation_is_shown_in_place_and_focused(page, button):
    answer(page, TRANSLATION)
    button.click()
    expect(page.locator(".post .translation")).to_have_text("Bonjour")
    expect(page.locator(".translation")).to_be_focused()
    expect(button).to_have_count(0)


def test_failed_translation_shows_message_until_retry_succeeds(page, button):
    answer(page, {"error": "Service Unavailable", "message": "Too slow."}, status=503)
    button.click()
    expect(page.locator(".translation-problem")).to_have_text("Too slow.")
    expect(page.locator(".translation-problem")).to_be_focused()
    expect(button).to_be_enabled()
    page.unroute("**/translation")
    answer(page, TRANSLATION)
    button.click()
    expect(page.locator(".translation")).to_have_text("Bonjour")
    expect(page.locator(".translation-problem")).to_have_count(0)


@pytest.mark.parametrize("status", [200, 502])
def test_unusable_answer_submits_form(page, button, status):
    answer(page, "<h1>Bad gateway</h1>", status=status)
    button.click()
    expect(page).to_have_title("Elsewhere")
