"""Light and dark themes: the system's preference, and the user's choice, which overrides it."""

import pytest
from playwright.sync_api import expect

LIGHT, DARK = "rgb(243, 245, 241)", "rgb(14, 20, 18)"


def background(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


@pytest.mark.parametrize(("scheme", "colour"), [("light", LIGHT), ("dark", DARK)])
def test_theme_follows_system(visit, scheme, colour):
    page = visit(color_scheme=scheme)
    page.goto("/auth/login")
    assert background(page) == colour


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
@pytest.mark.parametrize(("scheme", "choice", "colour"), [("light", "dark", DARK), ("dark", "light", LIGHT)])
def test_theme_choice_overrides_system(visit, scheme, choice, colour, javascript):
    page = visit(color_scheme=scheme, javascript=javascript)
    page.goto("/auth/login")
    page.locator(f".site-footer a[href*='theme={choice}']").click()
    expect(page.locator("body")).to_have_css("background-color", colour)
    page.goto("/auth/register")
    expect(page.locator("body")).to_have_css("background-color", colour)
    page.locator(".site-footer a[href*='theme=auto']").click()
    expect(page.locator("body")).to_have_css("background-color", DARK if scheme == "dark" else LIGHT)
