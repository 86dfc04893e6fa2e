"""Live messages and notifications: two users, each with their own browser."""

import re

import pytest
from people import press
from playwright.sync_api import expect


@pytest.fixture
def susan_and_david(visit, register):
    """Susan on a desktop, David on a phone in French, each with a clock that the test controls."""
    susan, david = visit(), visit(locale="fr-FR", width=360)
    for page in (susan, david):
        page.clock.install()
    return register(susan, name="Susan"), register(david, name="David")


def badge(person, kind):
    return person.page.locator(f'[data-badge="{kind}"]')


def test_live_message_counts_once_until_seen(susan_and_david):
    susan, david = susan_and_david
    david.page.goto("/")
    expect(david.page).to_have_title(re.compile(r"^Accueil"))
    susan.page.goto(f"/messages/with/{david.username}")
    susan.fill(body="Hello David 🫠")
    david.ask()
    expect(badge(david, "messages")).to_contain_text("1")
    expect(badge(david, "notifications")).to_be_hidden()  # the notification of the message is not counted again
    expect(david.page).to_have_title(re.compile(r"^\(1\) Accueil"))

    david.page.goto(f"/messages/with/{susan.username}")
    expect(david.page.locator(".message-body")).to_have_text("Hello David 🫠")
    expect(badge(david, "messages")).to_be_hidden()
    expect(david.page.locator(".mark-seen")).to_have_count(0)
    expect(david.page).to_have_title(re.compile(f"^Convers.* @{susan.username} "))

    david.page.locator(".composer textarea").fill("Bonjour")
    press(david.page.locator(".composer [type=submit]"))
    susan.ask()
    expect(susan.page.locator(".message-body")).to_have_text(["Hello David 🫠", "Bonjour"])


def without_times(row):
    """The HTML of a row, without what js/times.js changes."""
    return re.sub("<time.*?</time>", "", row.evaluate("row => row.outerHTML"))


def test_live_notification_is_rendered_by_server(susan_and_david):
    susan, david = susan_and_david
    susan.page.goto(f"/messages/with/{david.username}")
    david.page.goto("/notifications")
    rows = david.page.get_by_role("log").locator(".rows li")
    expect(david.page.locator(".empty")).to_be_visible()
    expect(david.page.locator("[data-mark-read]")).to_be_hidden()
    susan.fill(body="Hello")
    david.ask()
    expect(rows).to_have_count(1)
    expect(david.page.locator(".empty")).to_be_hidden()
    susan.follow(david)
    david.ask()
    expect(rows).to_have_count(2)
    expect(rows.first.locator("a")).to_have_attribute("href", f"/user/{susan.username}")
    susan.write_to(david, "Hello again")
    david.ask()
    expect(rows.first.locator("a")).to_have_attribute("href", re.compile("^/messages/"))
    expect(rows).to_have_count(2)
    live = [without_times(row) for row in rows.all()]
    david.page.reload()
    assert [without_times(row) for row in rows.all()] == live
    press(david.page.locator("[data-mark-read] button"))
    expect(david.page.locator(".rows .unread")).to_have_count(0)


def test_polling_stops_when_session_ends(visit, register, site):
    page = visit(expected=["401: "])
    page.clock.install()
    person = register(page)
    with page.expect_response("**/news?*"), page.expect_response("**/poll"):
        page.goto(f"/messages/with/{person.username}")
    page.context.clear_cookies()
    with page.expect_response("**/news?*") as news, page.expect_response("**/poll*") as badges:
        person.ask()
    assert (news.value.status, badges.value.status) == (401, 401)
    page.evaluate("new Promise((settled) => setTimeout(settled))")  # lets the scripts handle the responses
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.fast_forward(60_000)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")  # as when the page becomes visible
    page.evaluate("fetch('/health')")  # after any other request
    assert asked == [f"{site}/health"]


def test_without_javascript_button_marks_as_read(visit, register):
    susan, david = register(visit(javascript=False)), register(visit(javascript=False))
    susan.page.goto(f"/messages/with/{david.username}")
    susan.fill(body="Hello")
    david.page.goto("/messages")
    expect(badge(david, "messages")).to_contain_text("1")
    david.page.locator(".rows a").click()
    expect(badge(david, "messages")).to_contain_text("1")
    david.page.locator(".mark-seen button").click()
    expect(badge(david, "messages")).to_be_hidden()
