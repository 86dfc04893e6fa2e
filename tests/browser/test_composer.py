"""The counter in the composer counts as the server does (app/text.py)."""

import pytest
from playwright.sync_api import expect

LIMIT = 140


@pytest.mark.parametrize(
    ("typed", "characters"),
    [
        ("a", 1),
        ("👩‍👩‍👧‍👦", 1),
        ("🇫🇷🇪🇸", 2),
        ("e\u0301", 1),
        ("one\ntwo", 7),
        ("  a  \n", 1),
        ("x" * 141, 141),
    ],
)
def test_counts_characters_as_people_do(page, register, typed, characters):
    register(page)
    page.locator("#body").fill(typed)
    expect(page.locator(".composer .count")).to_have_text(str(LIMIT - characters))


def test_text_of_full_length_is_accepted_and_one_more_is_given_back(page, register):
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


def test_screen_reader_is_told_only_when_it_gets_tight(page, register):
    register(page)
    told = page.locator(".composer [role=status]")
    page.locator("#body").fill("x" * 100)
    expect(told).to_have_text("")
    page.locator("#body").fill("x" * 125)
    expect(told).to_have_text("Characters left: 15")


@pytest.mark.parametrize("locale", ["en", "fr", "es"])
def test_on_a_phone_its_help_stays_on_a_line(visit, register, locale):
    page = visit(locale=locale, width=360)
    register(page)
    assert page.locator("#body-help").bounding_box()["height"] < 40  # CSS pixels; a line is 21
