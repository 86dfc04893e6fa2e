"""What shows a state is visible in dark and light, where colours are forced, and where more contrast is wanted."""

import re

import pytest
from playwright.sync_api import expect

SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def style(element, name):
    return element.evaluate(f"element => getComputedStyle(element).{name}")


def luminance(colour):
    """The relative luminance of "rgb(…)" (WCAG 2.2)."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@SCHEMES
def test_select_arrow_has_contrast_in_every_theme(visit, register, scheme):
    page = visit(color_scheme=scheme)
    register(page)
    for chosen in ("auto", "light", "dark"):
        page.goto(f"/edit_profile?theme={chosen}")
        select = page.locator("#locale")
        arrow = re.search(r"rgb\([^)]+\)", style(select, "backgroundImage"))[0]
        assert contrast(arrow, style(select, "backgroundColor")) >= 3, chosen


@SCHEMES
def test_forced_colours_show_state(visit, meet, register, scheme):
    page = visit(color_scheme=scheme, forced_colors="active")
    reader, other = register(page), register(visit())
    other.follow(reader)
    page.goto("/notifications")
    for kind in (".site-nav a", ".site-footer .choices a"):
        current, another = (
            page.locator(f"{kind}[aria-current]").first,
            page.locator(f"{kind}:not([aria-current])").first,
        )
        assert style(current, "backgroundColor") != style(another, "backgroundColor")
    unread = page.locator(".rows .unread a")
    surface = style(page.locator("body"), "backgroundColor")
    assert contrast(style(unread, "borderInlineStartColor"), surface) >= 3
    page.locator("[data-mark-read] button").click()
    expect(page.locator(".rows .unread")).to_have_count(0)
    assert style(page.locator(".rows a"), "borderInlineStartColor") == surface
    page.goto("/")
    assert style(page.locator("#language"), "appearance") == "auto"  # the browser draws the arrow in a system colour
    button = page.locator(".composer .btn-primary")
    assert contrast(style(button, "color"), style(button, "backgroundColor")) >= 4.5


def test_more_contrast_strengthens_quiet_text_and_lines(visit):
    page = visit(contrast="more")
    page.goto("/auth/register")
    assert style(page.locator(".form-text").first, "color") == style(page.locator("h1"), "color")
