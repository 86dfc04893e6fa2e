"""JavaScript shows times in the reader's zone, recent ones as relative; the server renders all in UTC."""

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
    ("locale", "shown"),
    [
        (
            "en",
            {
                "now": timedelta(),
                "1 minute ago": timedelta(minutes=1, seconds=10),
                "59 minutes ago": timedelta(minutes=59),
                "23 hours ago": timedelta(hours=23, minutes=50),
                "6 days ago": timedelta(days=6, hours=23),
            },
        ),
        ("fr", {"maintenant": timedelta(), "il y a 5 minutes": timedelta(minutes=5, seconds=10)}),
        ("es", {"hace 1 hora": timedelta(hours=1, minutes=1)}),  # codespell:ignore hace
    ],
)
def test_recent_time_is_relative(at, register, locale, shown):
    page = at(locale=locale)
    register(page).post("Hello")
    posted = datetime.now(UTC)
    for words, passed in shown.items():
        page.clock.set_system_time(posted + passed)
        page.reload()
        time = page.locator(".post time")
        expect(time).to_have_text(words)
        expect(time).to_have_attribute("title", ABSOLUTE)


@pytest.mark.parametrize(
    ("zone", "locale", "moment", "shown", "title"),
    [
        (
            "Asia/Tokyo",
            "en",
            "2026-08-31T23:30:00+00:00",
            "Sep 1, 2026, 8:30 AM",
            "September 1, 2026 at 8:30:00 AM GMT+9",
        ),
        ("Asia/Tokyo", "fr", "2026-08-31T23:30:00+00:00", "1 sept. 2026, 08:30", "1 septembre 2026 à 08:30:00 UTC+9"),
        (
            "Asia/Tokyo",
            "es",
            "2026-08-31T23:30:00+00:00",
            "1 sept 2026, 8:30",
            "1 de septiembre de 2026, 8:30:00 GMT+9",
        ),
        ("America/New_York", "en", "2026-03-08T06:59:00+00:00", "Mar 8, 2026, 1:59 AM", "1:59:00 AM EST"),
        ("America/New_York", "en", "2026-03-08T07:00:00+00:00", "Mar 8, 2026, 3:00 AM", "3:00:00 AM EDT"),
        ("Asia/Kathmandu", "en", "2026-08-31T18:15:00+00:00", "Sep 1, 2026, 12:00 AM", "12:00:00 AM GMT+5:45"),
        ("Asia/Tokyo", "en", "nonsense", "as it was", None),
    ],
)
def test_time_is_in_zone_of_reader(visit, zone, locale, moment, shown, title):
    page = visit(locale=locale, timezone_id=zone)
    page.goto("/auth/login")
    page.evaluate(
        "moment => { document.querySelector('main').innerHTML = `<time datetime='${moment}'>as it was</time>` }", moment
    )
    time = page.locator("main time")
    expect(time).to_have_text(shown)
    if title:
        expect(time).to_have_attribute("title", re.compile(re.escape(title)))
    else:
        expect(time).not_to_have_attribute("title", re.compile(""))


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_times_of_all_pages_name_their_zone_or_are_local(visit, register, javascript):
    susan = register(visit(javascript=javascript, timezone_id="Asia/Tokyo"))
    david = register(visit())
    david.follow(susan)
    david.write_to(susan, "Hello")
    susan.post("Hello")
    susan.make_token("phone")
    susan.ask_for_archive()
    page = susan.page
    finished = page.locator("main a[download]")
    if javascript:  # a script reloads the page, which would interrupt a reload from here
        expect(finished).to_be_visible(timeout=60_000)
    while not finished.count():
        page.reload()
    page.clock.install(time=datetime.now(UTC) + timedelta(days=10))
    paths = ["/", f"/user/{susan.username}", "/messages", f"/messages/with/{david.username}", "/notifications"]
    for path in [*paths, "/settings/tokens", "/settings/export"]:
        page.goto(path)
        times = page.locator("main time")
        expect(times.first).to_have_text(ABSOLUTE)
        assert [(path, text) for text in times.all_inner_texts() if ("UTC" in text) == javascript] == []


def test_old_and_future_times_stay_absolute(at, register):
    page = at()
    register(page).post("Hello")
    for passed in (timedelta(days=7, minutes=1), -timedelta(hours=1)):
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
