import pytest

from app.exceptions import Invalid
from app.posts import rules

FAMILY = "👩‍👩‍👧‍👦"  # seven code points


@pytest.mark.parametrize(
    "text", ["Hello", "مرحبا", "日本語", "🫠", FAMILY, "e\u0301", "#", "\u200bx", "<b>no</b>", "a\n\nb\tc"]
)
def test_visible_text_is_accepted(context, text):
    assert rules.body(text)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "\n\r\n\t", "\u00a0", "\u2028", "\u3000"),  # separators
        *("\u200b", "\u200b \u200b", "\ufeff", "\u202e\u202c", "\u2060\u00ad\u180e"),  # format characters
        *("\u3164", "\u115f\u1160", "\u2800", "\ufe0f", "\u034f", "\U000e0041"),  # fillers, selectors, tags
    ],
)
def test_invisible_text_is_refused(context, text):
    with pytest.raises(Invalid, match="Write something"):
        rules.body(text)


@pytest.mark.parametrize("character", ["a", "é", "日", "🫠", FAMILY, "🇫🇷", "क्षि"])
def test_post_has_at_most_140_graphemes(context, character):
    assert rules.body(character * 140) == character * 140
    with pytest.raises(Invalid, match="at most 140"):
        rules.body(character * 141)


def test_combining_marks_are_limited_by_the_column_size(context):
    assert rules.body("a" + "\u0317" * 999)
    with pytest.raises(Invalid, match="fewer combined"):
        rules.body("a" + "\u0317" * 1000)


def test_crlf_counts_as_one_character(context):
    assert rules.body("a" * 70 + "\r\n" + "b" * 69) == "a" * 70 + "\n" + "b" * 69


@pytest.mark.parametrize("text", ["a\x07", "\x1b[31mred", "a\x85b", "half \ud83d"])
def test_control_characters_are_refused(context, text):
    with pytest.raises(Invalid, match="control characters"):
        rules.body(text)


def test_text_is_stripped_and_composed(context):
    assert rules.body("  cafe\u0301 \n") == "café"
