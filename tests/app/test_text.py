import re

import pytest

from app import text


@pytest.mark.parametrize(
    ("written", "characters"),
    [
        ("", 0),
        ("café", 4),
        ("cafe\u0301", 4),
        ("👩‍👩‍👧‍👦", 1),
        ("🇫🇷🇪🇸", 2),
        ("🫠", 1),
        ("a\nb", 3),
        ("Z̷̢̛a̶l̴g̵o̸", 5),
    ],
)
def test_count_counts_grapheme_clusters(written, characters):
    assert text.count(written) == characters


@pytest.mark.parametrize(
    "invisible", ["", " \n\t", "\u200b", "\u00a0\u2003", "\u3164", "\u2800", "\ufeff\u202e", "\u2060\xad"]
)
def test_text_of_invisible_characters_is_blank(invisible):
    assert text.is_blank(invisible)


@pytest.mark.parametrize("visible", [".", "\u200bx", "🫠", "م"])
def test_text_with_a_visible_character_is_not_blank(visible):
    assert not text.is_blank(visible)


@pytest.mark.parametrize("value", ["a\0b", "\x07", "\x1b[31m", "\ud800", "\x85"])
def test_control_characters_and_lone_surrogates_are_not_storable(value):
    assert not text.is_storable(value)


def test_newlines_bidi_controls_and_emoji_are_storable():
    assert text.is_storable("one\n\ttwo \u202e \u200d 👩‍👩‍👧‍👦")


@pytest.mark.parametrize("name", ["susan", "\u202enasus", "\u2067x", "a\u2069\u202eb", "\u2068\u2066x\u2069\u2069"])
def test_isolated_text_holds_one_isolate(name):
    isolated = text.isolated(name)
    assert re.findall("[\u2066-\u2069]", isolated) == ["\u2068", "\u2069"]  # balanced
    assert (isolated[0], isolated[-1]) == ("\u2068", "\u2069")
    assert re.sub("[\u2066-\u2069]", "", name) == isolated[1:-1]


def test_tidy_normalizes_newlines_and_composes_characters():
    assert text.tidy("  cafe\u0301\r\nau lait\r\n ", 100) == "café\nau lait"


def test_tidy_line_joins_words_by_single_spaces():
    assert text.tidy_line(" Susan\r\n\tB.\u00a0 Anthony ", 100) == "Susan B. Anthony"


@pytest.mark.parametrize("tidy", [text.tidy, text.tidy_line])
def test_text_that_fits_is_composed_whatever_surrounds_it(tidy):
    assert tidy("\r\n" * 100 + "e\u0301" * 5 + " " * 100, 10) == "é" * 5


MARKS = "a" + "\u0301\u0327" * 10_000  # normalizing them takes the square of their number
FLAGS = "\U0001f1e6" * 20_000  # and so does counting flags


@pytest.mark.parametrize("typed", [MARKS, FLAGS], ids=["marks", "flags"])
@pytest.mark.parametrize(
    ("page", "field", "most"),
    [
        ("/post", "body", 1000),
        ("/messages/with/john", "body", 3500),
        ("/edit_profile", "display_name", 400),
        ("/edit_profile", "about_me", 1000),
        ("/settings/tokens", "name", 256),
    ],
)
def test_long_text_comes_back_without_work_on_all_of_it(
    susan, john, log_in, fill_in, worked_on, page, field, most, typed
):
    log_in("susan")
    refused = fill_in(page, **{"username": "susan", field: typed})
    assert refused.status_code == 400
    assert re.search("Use (at most|fewer combined)", refused.text)
    assert typed in refused.text
    assert max(worked_on) <= most + 1
