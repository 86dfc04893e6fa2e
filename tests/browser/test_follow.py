"""Following in place by JavaScript, or by a form that leads back to the page."""

import json
import re

import pytest
from playwright.sync_api import expect

LIMIT = "You've reached the limit. Try again in a minute."
SLOWLY = {"status": 429, "content_type": "application/json", "body": json.dumps({"message": LIMIT})}


@pytest.fixture
def profile(visit, register):
    """profile(…): a page of `visit` with the profile of another user, as a new user sees it."""

    def profile(**arguments):
        page = visit(**arguments)
        other = register(page, name="Susan")
        other.log_out()
        register(page)
        page.goto(f"/user/{other.username}")
        page.username = other.username
        return page

    return profile


def button(page, name):
    return page.locator("main").get_by_role("button", name=name, exact=True)


@pytest.mark.parametrize(
    ("locale", "follow", "unfollow", "followers"),
    [
        ("en", "Follow", "Unfollow", ["0 followers", "1 follower"]),
        ("fr", "Suivre", "Ne plus suivre", ["0 abonné", "1 abonné"]),
        ("es", "Seguir", "Dejar de seguir", ["0 seguidores", "1 seguidor"]),
    ],
)
def test_follow_updates_button_and_count_in_place(profile, locale, follow, unfollow, followers):
    page = profile(locale=locale)
    page.evaluate("document.body.dataset.same = 'yes'")
    for name, count in ((follow, followers[1]), (unfollow, followers[0]), (follow, followers[1])):
        button(page, name).click()
        expect(page.locator(".profile-standing span").first).to_have_text(count)
    expect(button(page, unfollow)).to_be_visible()
    expect(page.locator("body")).to_have_attribute("data-same", "yes")
    page.reload()
    expect(button(page, unfollow)).to_be_visible()
    expect(page.locator(".profile-standing span").first).to_have_text(followers[1])


def test_follow_keeps_focus_and_is_announced(profile):
    page = profile()
    button(page, "Follow").focus()
    page.keyboard.press("Enter")
    expect(button(page, "Unfollow")).to_be_focused()
    expect(page.locator("body > [role=status]")).to_have_text("Followed \u2068Susan\u2069.")
    page.keyboard.press("Enter")
    expect(button(page, "Follow")).to_be_focused()
    expect(page.locator("body > [role=status]")).to_have_text("Unfollowed \u2068Susan\u2069.")


def test_follow_updates_all_buttons_of_user(profile):
    page = profile()
    page.evaluate("document.querySelector('h1').append(document.querySelector('[data-follow]').cloneNode(true))")
    button(page, "Follow").first.click()
    expect(button(page, "Unfollow")).to_have_count(2)


def test_follow_offline_shows_message_and_recovers(profile):
    page = profile(expected=["ERR_INTERNET_DISCONNECTED"])
    page.context.set_offline(True)
    button(page, "Follow").click()
    expect(page.locator(".profile [role=alert]")).to_have_text("The site is not responding. Try again in a moment.")
    page.context.set_offline(False)
    button(page, "Follow").click()
    expect(button(page, "Unfollow")).to_be_visible()
    expect(page.locator(".profile [role=alert]")).to_have_count(0)


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (SLOWLY, LIMIT),
        ({"status": 502, "content_type": "text/html", "body": "<h1>Bad gateway</h1>"}, "The site is not responding."),
    ],
)
def test_refused_follow_shows_reason(profile, answer, text):
    page = profile(expected=[f"{answer['status']}: "])
    page.route("**/follow/*", lambda route: route.fulfill(**answer))
    for _ in range(2):
        button(page, "Follow").click()
        expect(page.locator(".profile [role=alert]")).to_contain_text(text)
    expect(page.locator(".profile [role=alert]")).to_have_count(1)


def test_follow_after_session_end_shows_advice(profile):
    page = profile(expected=["400: ", "401: "])
    page.context.clear_cookies()
    button(page, "Follow").click()
    expect(page.locator(".profile [role=alert]")).to_contain_text("Reload it")


def test_double_click_sends_one_request(profile):
    page = profile()
    sent = []
    page.on("request", lambda request: sent.append(request.url) if request.method == "POST" else None)
    page.evaluate("const follow = document.querySelector('[data-follow]'); follow.click(); follow.click();")
    expect(button(page, "Unfollow")).to_be_visible()
    assert len(sent) == 1


def test_without_javascript_follow_leads_back_to_profile(profile):
    page = profile(javascript=False)
    button(page, "Follow").click()
    expect(page).to_have_url(re.compile(f"/user/{page.username}$"))
    expect(page.locator(".alert-success")).to_contain_text("Followed")
    button(page, "Unfollow").click()
    expect(page.locator(".alert-success")).to_contain_text("Unfollowed")
    expect(button(page, "Follow")).to_be_visible()
