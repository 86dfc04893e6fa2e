"""The counter in the composer counts as the server does (app/text.py)."""

import pytest
from playwright.sync_api import expect

LIMIT = 140


CHARACTERS = {
    "a": 1,
    "👩‍👩‍👧‍👦": 1,
    "🇫🇷🇪🇸": 2,
    "e\u0301": 1,
    "one\ntwo": 7,
    "  a  \n": 1,
    "x" * 141: 141,
}


def test_counter_counts_graphemes(page, register):
    register(page)
    for typed, characters in CHARACTERS.items():
        page.locator("#body").fill(typed)
        expect(page.locator(".composer .count"), typed).to_have_text(str(LIMIT - characters))


def test_counter_and_server_agree_on_limit(page, register):
    person = register(page)
    family = "👩‍👩‍👧‍👦"
    full = family * 20 + "\n" + "x" * 119
    page.locator("#body").fill(full)
    expect(page.locator(".composer .count")).to_have_text("0")
    person.post(full)
    expect(page.locator(".post-body")).to_have_text(full)
    person.post(full + "x")
    expect(page.locator("#body")).to_have_value(full + "x")
    expect(page.locator("#body-error")).to_be_visible()
    expect(page.locator(".composer .count")).to_have_text("-1")


def test_counter_is_announced_only_near_limit(page, register):
    register(page)
    told = page.locator(".composer [role=status]")
    page.locator("#body").fill("x" * 100)
    expect(told).to_have_text("")
    page.locator("#body").fill("x" * 125)
    expect(told).to_have_text("Characters left: 15")


@pytest.mark.parametrize("locale", ["en", "fr", "es"])
def test_composer_help_fits_on_one_line_on_phone(visit, register, locale):
    page = visit(locale=locale, width=360)
    register(page)
    assert page.locator("#body-help").bounding_box()["height"] < 40  # CSS pixels; a line is 21


@pytest.mark.parametrize("width", [320, 380])
def test_counter_leaves_the_button_in_its_row_on_phone(visit, register, width):
    page = visit(locale="fr", width=width)
    register(page)
    button, card = page.locator(".composer [type=submit]"), page.locator(".composer").bounding_box()
    before = button.bounding_box()
    page.locator("#body").fill("Bonjour")
    after, counter = button.bounding_box(), page.locator(".composer .count").bounding_box()
    assert after["y"] == before["y"] <= counter["y"] < before["y"] + before["height"]
    assert counter["height"] < 30  # CSS pixels: one line
    assert after["x"] + after["width"] <= card["x"] + card["width"] - 16
