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


def test_tidy_keeps_lines_and_makes_a_textareas_newline_one_character():
    assert text.tidy("  cafe\u0301\r\nau lait\r\n ") == "café\nau lait"


def test_tidy_line_is_one_line():
    assert text.tidy_line(" Susan\r\n\tB.\u00a0 Anthony ") == "Susan B. Anthony"
