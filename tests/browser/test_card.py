"""The user card opens beside a post's links to its author, by mouse, keyboard or touch, and closes again."""

import re

import pytest
from cards import author, card, inside, wait
from playwright.sync_api import expect


def opened_by_keyboard(page):
    """Tab to the first author's name, which opens the card."""
    page.locator("#body").focus()
    while not author(page).evaluate("link => link === document.activeElement"):
        page.keyboard.press("Tab")
    expect(card(page)).to_be_visible()


def test_hover_opens_card_and_pointer_can_enter_it(meet, writer):
    page = meet()
    page.clock.install()
    author(page).hover()
    expect(card(page)).to_be_visible()
    expect(card(page)).to_contain_text(f"@{writer.username}")
    expect(inside(page, ".profile-standing")).to_contain_text(re.compile(r"\d following"))
    expect(card(page)).to_contain_text("Last seen")
    inside(page, ".handle").hover()
    page.keyboard.press("Tab")  # moving the focus doesn't close it
    wait(page, 600)  # twice the delay of closing
    expect(card(page)).to_be_visible()
    page.mouse.move(1, 1)
    expect(card(page)).to_have_count(0)


def test_hover_on_avatar_opens_card(meet):
    page = meet()
    page.locator(".post-avatar").first.hover()
    expect(card(page)).to_be_visible()
    author(page).hover()
    expect(card(page)).to_be_visible()


def test_passing_pointer_sends_no_request(meet):
    page = meet()
    page.clock.install()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/popup" in request.url else None)
    for number in range(4):
        author(page, number).hover()
    page.mouse.move(1, 1)
    wait(page, 800)  # twice the delay of opening
    assert asked == []


def test_leaving_link_aborts_request(meet):
    page = meet()
    page.route("**/popup", lambda _route: None)  # never answered
    with page.expect_event("requestfailed") as failed:
        with page.expect_request("**/popup"):
            author(page).hover()
        page.mouse.move(1, 1)
    assert failed.value.url.endswith("/popup")
    expect(card(page)).to_have_count(0)


def test_card_is_cached_until_form_is_sent(meet):
    page = meet()
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/popup" in request.url else None)
    for number in range(3):
        author(page, number).hover()
        expect(card(page)).to_be_visible()
        page.mouse.move(1, 1)
        expect(card(page)).to_have_count(0)
    assert len(asked) == 1
    page.evaluate("document.dispatchEvent(new Event('submit'))")
    author(page).hover()
    expect(card(page)).to_be_visible()
    assert len(asked) == 2


def test_card_is_in_tab_order(meet):
    page = meet()
    opened_by_keyboard(page)
    expect(author(page)).to_be_focused()
    page.keyboard.press("Tab")
    expect(inside(page, ".person-card-head")).to_be_focused()
    page.keyboard.press("Tab")
    expect(inside(page, "button")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Shift+Tab")
    expect(author(page)).to_be_focused()
    expect(card(page)).to_be_visible()
    for _step in range(3):
        page.keyboard.press("Tab")
    expect(author(page)).not_to_be_focused()
    expect(card(page)).to_have_count(0)


@pytest.mark.parametrize("steps", [0, 2])
def test_escape_closes_card_and_focuses_link(meet, steps):
    page = meet()
    page.clock.install()
    opened_by_keyboard(page)
    for _step in range(steps):
        page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)
    expect(author(page)).to_be_focused()
    wait(page, 800)  # twice the delay of opening
    expect(card(page)).to_have_count(0)
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    expect(card(page)).to_be_visible()


def test_escape_closes_card_under_pointer(meet):
    page = meet()
    author(page).hover()
    expect(card(page)).to_be_visible()
    page.keyboard.press("Escape")
    expect(card(page)).to_have_count(0)


def test_first_tap_opens_card_whose_link_leads_to_profile(meet, writer):
    page = meet(width=360, has_touch=True)
    author(page).tap()
    expect(card(page)).to_be_visible()
    expect(card(page)).to_be_focused()
    page.locator(".post-body").nth(3).tap()
    expect(card(page)).to_have_count(0)
    author(page).tap()
    inside(page, ".person-card-head").tap()
    expect(page).to_have_url(re.compile(f"/user/{writer.username}$"))


def test_second_tap_follows_link(meet, writer):
    page = meet(width=360, has_touch=True)
    author(page).tap()
    expect(card(page)).to_be_visible()
    author(page).tap()
    expect(page).to_have_url(re.compile(f"/user/{writer.username}$"))


def test_scrolling_by_touch_leaves_card_open(meet):
    page = meet(width=360, height=500, has_touch=True)
    author(page).tap()
    expect(card(page)).to_be_visible()
    before = card(page).bounding_box()["y"]
    browser = page.context.new_cdp_session(page)
    for kind, *heights in (("touchStart", 400), ("touchMove", 360), ("touchMove", 310), ("touchEnd",)):
        points = [{"x": 10, "y": height} for height in heights]  # beside the card
        browser.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    page.wait_for_function("scrollY > 0")
    assert card(page).bounding_box()["y"] < before


def test_click_follows_link(meet, writer):
    page = meet()
    author(page).hover()
    expect(card(page)).to_be_visible()
    author(page).click()
    expect(page).to_have_url(re.compile(f"/user/{writer.username}$"))


def test_card_is_closed_on_pagehide(meet):
    page = meet()
    author(page).hover()
    expect(card(page)).to_be_visible()
    page.evaluate("window.dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))")
    expect(card(page)).to_have_count(0)


def test_unfollow_in_card_keeps_it_open(meet, writer):
    page = meet()
    author(page).hover()
    number = inside(page, "[data-followers]").inner_text()
    inside(page, f"[formaction='/unfollow/{writer.username}']").click()
    expect(inside(page, f"[formaction='/follow/{writer.username}']")).to_be_visible()
    expect(inside(page, "[data-followers]")).not_to_have_text(number)
    page.keyboard.press("Escape")
    page.locator(".brand").hover()
    author(page).hover()
    expect(inside(page, f"[formaction='/follow/{writer.username}']")).to_be_visible()  # not the cached card


def test_failed_unfollow_in_card_shows_message(meet, writer):
    page = meet(expected=["ERR_INTERNET_DISCONNECTED"])
    author(page).hover()
    expect(card(page)).to_be_visible()
    page.context.set_offline(True)
    inside(page, f"[formaction='/unfollow/{writer.username}']").click()
    expect(inside(page, "[role=alert]")).to_be_visible()
