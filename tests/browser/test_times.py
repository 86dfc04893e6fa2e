"""JavaScript shows recent times as relative; the server renders all times as absolute."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

ABSOLUTE = re.compile(r"\d{4}.* \d{1,2}:\d\d")  # a year, later a time of day
HIDE = "hidden => { Object.defineProperty(document, 'hidden', { value: hidden, configurable: true }); "
HIDE += "document.dispatchEvent(new Event('visibilitychange')); }"


@pytest.fixture
def at(visit):
    """at(javascript=True, …): a page of `visit` whose clock the test controls."""

    def at(**arguments):
        page = visit(**arguments)
        page.clock.install(time=datetime.now(UTC))
        return page

    return at


@pytest.mark.parametrize(
    ("locale", "passed", "words"),
    [
        ("en", timedelta(), "now"),
        ("en", timedelta(minutes=1, seconds=10), "1 minute ago"),
        ("en", timedelta(minutes=59), "59 minutes ago"),
        ("en", timedelta(hours=23, minutes=50), "23 hours ago"),
        ("en", timedelta(days=6, hours=23), "6 days ago"),
        ("fr", timedelta(), "maintenant"),
        ("fr", timedelta(minutes=5, seconds=10), "il y a 5 minutes"),
        ("es", timedelta(hours=1, minutes=1), "hace 1 hora"),  # codespell:ignore hace
    ],
)
def test_recent_time_is_relative(at, register, locale, passed, words):
    page = at(locale=locale)
    register(page).post("Hello")
    page.clock.set_system_time(datetime.now(UTC) + passed)
    page.reload()
    time = page.locator(".post time")
    expect(time).to_have_text(words)
    expect(time).to_have_attribute("title", ABSOLUTE)


@pytest.mark.parametrize("passed", [timedelta(days=7, minutes=1), -timedelta(hours=1)])
def test_old_and_future_times_stay_absolute(at, register, passed):
    page = at()
    register(page).post("Hello")
    page.clock.set_system_time(datetime.now(UTC) + passed)
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(page.locator(".post time")).to_have_text(ABSOLUTE)


def test_relative_time_is_updated(at, register):
    page = at()
    register(page).post("Hello")
    time = page.locator(".post time")
    expect(time).to_have_text("now")
    page.clock.fast_forward("05:10")
    expect(time).to_have_text("5 minutes ago")
    page.clock.fast_forward(8 * 24 * 60 * 60 * 1000)
    expect(time).to_have_text(ABSOLUTE)


def test_times_pause_while_page_is_hidden(at, register):
    page = at()
    register(page).post("Hello")
    time = page.locator(".post time")
    expect(time).to_have_text("now")
    page.evaluate(HIDE, True)
    page.clock.fast_forward("05:10")
    expect(time).to_have_text("now")
    page.evaluate(HIDE, False)
    expect(time).to_have_text("5 minutes ago")


def test_times_on_all_pages_and_live_rows_are_relative(visit, register):
    susan, david = register(visit(), name="Susan"), register(visit())
    david.page.clock.install()
    david.page.goto("/notifications")
    susan.page.goto(f"/messages/with/{david.username}")
    susan.fill(body="Hello")
    expect(susan.page.locator(".message time")).to_have_text("now")
    expect(susan.page.locator(".message time")).to_have_attribute("aria-live", "off")  # or changes would be announced
    david.page.goto("/notifications")
    expect(david.page.locator("main time")).to_have_text("now")
    expect(david.page.locator("main time")).to_have_attribute("title", ABSOLUTE)
    susan.follow(david)
    expect(susan.page.locator(".profile time")).to_have_text("now")
    david.ask()
    expect(david.page.locator("main time")).to_have_text(["now", "now"])
    expect(david.page.locator("main time").first).to_have_attribute("title", ABSOLUTE)

    david.page.goto("/messages")
    expect(david.page.locator("main time")).to_have_text("now")
    david.page.goto(f"/messages/with/{susan.username}")
    susan.page.goto(f"/messages/with/{david.username}")
    susan.fill(body="Are you there?")
    david.ask()
    expect(david.page.locator("main time")).to_have_text(["now", "now"])


def test_without_javascript_times_are_absolute(visit, register):
    page = visit(javascript=False)
    register(page).post("Hello")
    expect(page.locator(".post time")).to_have_text(ABSOLUTE)
