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
def test_characters_are_counted_as_a_person_counts_them(written, characters):
    assert text.count(written) == characters


@pytest.mark.parametrize(
    "unseen", ["", " \n\t", "\u200b", "\u00a0\u2003", "\u3164", "\u2800", "\ufeff\u202e", "\u2060\xad"]
)
def test_text_of_unseen_characters_is_blank(unseen):
    assert text.is_blank(unseen)


@pytest.mark.parametrize("seen", [".", "\u200bx", "🫠", "م"])
def test_text_with_something_to_see_is_not_blank(seen):
    assert not text.is_blank(seen)


@pytest.mark.parametrize("unfit", ["a\0b", "\x07", "\x1b[31m", "\ud800", "\x85"])
def test_control_characters_and_halves_of_pairs_are_not_storable(unfit):
    assert not text.is_storable(unfit)


def test_lines_directions_and_emoji_are_storable():
    assert text.is_storable("one\n\ttwo \u202e \u200d 👩‍👩‍👧‍👦")


@pytest.mark.parametrize("name", ["susan", "\u202enasus", "\u2067x", "a\u2069\u202eb", "\u2068\u2066x\u2069\u2069"])
def test_what_is_isolated_turns_nothing_around_it(name):
    isolated = text.isolated(name)
    assert re.findall("[\u2066-\u2069]", isolated) == ["\u2068", "\u2069"]  # one opened, and closed at the end
    assert (isolated[0], isolated[-1]) == ("\u2068", "\u2069")
    assert re.sub("[\u2066-\u2069]", "", name) == isolated[1:-1]


def test_tidy_keeps_lines_and_makes_a_textareas_newline_one_character():
    assert text.tidy("  cafe\u0301\r\nau lait\r\n ") == "café\nau lait"


def test_tidy_line_is_one_line():
    assert text.tidy_line(" Susan\r\n\tB.\u00a0 Anthony ") == "Susan B. Anthony"
