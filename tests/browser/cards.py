"""Locators of the user card, on a page with posts by `writer` (places.py)."""

import re


def author(page, number=0):
    return page.locator(".post-author").nth(number)


def card(page):
    return page.get_by_role("dialog", name=re.compile("Wolfeschlegelstein"))


def inside(page, selector):
    return card(page).locator(selector)


def wait(page, milliseconds):
    """Advance the page's clock, and wait until requests sent meanwhile are observed."""
    page.clock.run_for(milliseconds)
    page.evaluate("fetch('/health')")
