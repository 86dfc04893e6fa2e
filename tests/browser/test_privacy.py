"""What is left in a browser after signing out."""

import re

import pytest
from people import PASSWORD, Person, press
from playwright.sync_api import expect

SECRET = "The key is under the blue flowerpot"


@pytest.fixture
def keeping_browser(browser_type, browser_type_launch_args):
    """Chromium with its back/forward cache, which Playwright turns off."""
    browser = browser_type.launch(**browser_type_launch_args, ignore_default_args=["--disable-back-forward-cache"])
    yield browser
    browser.close()


@pytest.fixture
def person(keeping_browser, site, register):
    """A user in that browser."""
    context = keeping_browser.new_context(base_url=site)
    return register(context.new_page())


def test_back_after_signing_out_shows_nothing_private(person, writer):
    page = person.page
    page.goto(f"/messages/with/{writer.username}")
    person.fill(body=SECRET)
    expect(page.locator(".thread")).to_contain_text(SECRET)
    page.goto("/settings/address")
    expect(page.locator("main")).to_contain_text(person.address)
    person.log_out()
    for _step in range(3):
        page.go_back(wait_until="commit")
        expect(page).to_have_url(re.compile("/auth/login"))
        assert not any(private in page.content() for private in (SECRET, person.address, 'class="account"'))


def test_page_in_a_second_tab_is_signed_out_with_the_first(person):
    page = person.page
    page.goto("/settings")
    second = page.context.new_page()
    second.goto("/settings")
    Person(second, person.username).log_out()
    page.reload()
    expect(page).to_have_url(re.compile("/auth/login"))


def test_user_signs_out_a_lost_device_without_javascript(visit, register):
    page = visit(javascript=False, width=360)
    person = register(page)
    lost = visit(javascript=False)
    lost.goto("/auth/login")
    Person(lost, person.username).fill(username=person.username, password=PASSWORD)
    page.goto("/settings")
    devices = page.locator(".devices li")
    expect(devices).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    press(devices.locator("button"))
    expect(devices).to_have_count(1)
    lost.goto("/settings")
    expect(lost).to_have_url(re.compile("/auth/login"))
