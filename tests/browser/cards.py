"""Where a person's card is found on a page that shows posts of `writer` (places.py)."""

import re


def author(page, number=0):
    return page.locator(".post-author").nth(number)


def card(page):
    return page.get_by_role("dialog", name=re.compile("Wolfeschlegelstein"))


def inside(page, selector):
    return card(page).locator(selector)


def wait(page, milliseconds):
    """Let so much time pass on the page, faster than it does, and what was asked meanwhile be heard of."""
    page.clock.run_for(milliseconds)
    page.evaluate("fetch('/health')")
