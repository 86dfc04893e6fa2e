import pytest

from app.exceptions import Invalid
from app.posts import rules

FAMILY = "👩‍👩‍👧‍👦"  # seven code points


@pytest.mark.parametrize(
    "text", ["Hello", "مرحبا", "日本語", "🫠", FAMILY, "e\u0301", "#", "\u200bx", "<b>no</b>", "a\n\nb\tc"]
)
def test_any_text_that_shows_something_can_be_a_post(context, text):
    assert rules.body(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\n\r\n\t", "\u00a0", "\u2028", "\u3000"),  # separators
        *("\u200b", "\u200b \u200b", "\ufeff", "\u202e\u202c", "\u2060\u00ad\u180e"),  # format characters
        *("\u3164", "\u115f\u1160", "\u2800", "\ufe0f", "\u034f", "\U000e0041"),  # fillers, selectors, tags
    ],
)
def test_text_with_nothing_to_see_is_refused(context, text):
    with pytest.raises(Invalid, match="Write something first"):
        rules.body(text)


@pytest.mark.parametrize("character", ["a", "é", "日", "🫠", FAMILY, "🇫🇷", "क्षि"])
def test_a_post_has_at_most_140_characters_as_a_person_counts_them(context, character):
    assert rules.body(character * 140) == character * 140
    with pytest.raises(Invalid, match="at most 140"):
        rules.body(character * 141)


def test_marks_piled_on_a_character_are_limited_by_what_the_column_holds(context):
    assert rules.body("a" + "\u0317" * 999)
    with pytest.raises(Invalid, match="too many marks"):
        rules.body("a" + "\u0317" * 1000)


def test_a_newline_of_a_browser_counts_as_one_character(context):
    assert rules.body("a" * 70 + "\r\n" + "b" * 69) == "a" * 70 + "\n" + "b" * 69


@pytest.mark.parametrize("text", ["a\x07", "\x1b[31mred", "a\x85b", "half \ud83d"])
def test_control_characters_are_refused(context, text):
    with pytest.raises(Invalid, match="control characters"):
        rules.body(text)


def test_white_space_around_is_dropped_and_marks_are_composed(context):
    assert rules.body("  cafe\u0301 \n") == "café"
