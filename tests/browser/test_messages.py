"""Two people write to each other, each at a browser of their own."""

import re

import pytest
from people import press
from playwright.sync_api import expect


@pytest.fixture
def susan_and_david(visit, register):
    """Susan at a screen, David at a phone in French, each with a clock that the test can set."""
    susan, david = visit(), visit(locale="fr-FR", width=360)
    for page in (susan, david):
        page.clock.install()
    return register(susan, name="Susan"), register(david, name="David")


def badge(person, kind):
    return person.page.locator(f'[data-badge="{kind}"]')


def test_messages_appear_without_a_reload_and_count_until_they_are_seen(susan_and_david):
    susan, david = susan_and_david
    david.page.goto("/")
    expect(david.page).to_have_title(re.compile(r"^Accueil"))
    susan.page.goto(f"/messages/with/{david.username}")
    susan.fill(body="Hello David 🫠")
    david.ask()
    expect(badge(david, "messages")).to_contain_text("1")
    expect(david.page).to_have_title(re.compile(r"^\(2\) Accueil"))  # the message, and the notification of it

    david.page.goto(f"/messages/with/{susan.username}")
    expect(david.page.locator(".message-body")).to_have_text("Hello David 🫠")
    expect(badge(david, "messages")).to_be_hidden()
    expect(david.page.locator(".mark-seen")).to_have_count(0)
    expect(david.page).to_have_title(re.compile("^\u2068Susan\u2069"))

    david.page.locator(".composer textarea").fill("Bonjour")
    press(david.page.locator(".composer [type=submit]"))
    susan.ask()
    expect(susan.page.locator(".message-body")).to_have_text(["Hello David 🫠", "Bonjour"])


def test_a_new_follower_appears_in_the_open_list(susan_and_david):
    susan, david = susan_and_david
    susan.page.goto(f"/messages/with/{david.username}")
    susan.fill(body="So that his list is not empty")
    david.page.goto("/notifications")
    expect(david.page.locator("[data-notifications] li")).to_have_count(1)
    susan.page.goto(f"/user/{david.username}")
    susan.page.get_by_role("button", name="Follow").click()
    expect(susan.page.get_by_role("button", name="Unfollow")).to_be_visible()
    david.ask()
    first = david.page.locator("[data-notifications] li").first
    expect(first.locator("a")).to_have_attribute("href", f"/user/{susan.username}")
    expect(first).to_contain_text("Susan")


def test_nothing_is_asked_any_more_when_the_session_has_ended(visit, register, site):
    page = visit(expected=["401: "])
    page.clock.install()
    person = register(page)
    with page.expect_response("**/news?*"), page.expect_response("**/poll"):
        page.goto(f"/messages/with/{person.username}")
    page.context.clear_cookies()
    with page.expect_response("**/news?*") as news, page.expect_response("**/poll*") as badges:
        person.ask()
    assert (news.value.status, badges.value.status) == (401, 401)
    page.evaluate("new Promise((settled) => setTimeout(settled))")  # the scripts have read the answers
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(60_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when the page is seen again
    page.evaluate("fetch('/health')")  # comes after whatever was asked before it
    assert asked == [f"{site}/health"]


def test_without_javascript_a_button_marks_as_read(visit, register):
    susan, david = register(visit(javascript=False)), register(visit(javascript=False))
    susan.page.goto(f"/messages/with/{david.username}")
    susan.fill(body="Hello")
    david.page.goto("/messages")
    expect(badge(david, "messages")).to_contain_text("1")
    david.page.locator(".rows a").click()
    expect(badge(david, "messages")).to_contain_text("1")
    david.page.locator(".mark-seen button").click()
    expect(badge(david, "messages")).to_be_hidden()
