import pytest

from app.search.marking import marked
from app.search.words import MOST_ASKED, TERM_ROOM, asked, indexed

FAMILY = "👨‍👩‍👧‍👦"


def is_found(text, question):
    """Whether the index of `text` has all that is asked for."""
    return set(asked(question)) <= set(indexed(text).split())


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Un CAFÉ crème", "cafe"),
        ("un cafe", "CAFÉ"),
        ("decomposed: cafe\u0301", "café"),
        ("Straße", "STRASSE"),
        ("İstanbul", "istanbul"),
        ("ΣΊΣΥΦΟΣ", "σίσυφος"),
        ("ｆｕｌｌ width", "full"),
        ("soft\u00adhyphen", "softhyphen"),
        ("don't", "don't"),
        ("multi-agent", "multi-agent"),
        ("I like C++ and C#", "C++"),
        ("a #tag here", "#tag"),
        ("hello @bob", "@bob"),
        ("see snake_case", "case"),
        ("the and of it", "the of"),
        ("a b", "b"),
        ("今日は日本の朝ごはんです", "日本"),
        ("今日は日本の朝ごはんです", "朝"),
        ("今日は日本の朝ごはんです", "日本の朝"),
        ("ｶﾀｶﾅ", "カタカナ"),
        ("한국어를 공부합니다", "한국어"),
        ("วันนี้อากาศดีมาก", "อากาศ"),
        ("שָׁלוֹם עולם", "שלום"),
        ("مرحبًا بالعالم", "مرحبا"),
        ("हिन्दी में", "हिन्दी"),
        ("sushi🍣!", "🍣"),
        ("thumbs 👍🏽", "👍"),
        (f"us {FAMILY}", FAMILY),
        ("heart ❤️", "❤"),
        ("flag 🇫🇷🇪🇸", "🇪🇸"),
        ("\u202eright to left\u202c", "right"),
    ],
)
def test_it_is_found(text, question):
    assert asked(question)
    assert is_found(text, question)


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("🍣", "🍺"),
        ("concatenate", "cat"),
        ("one", "one two"),
        ("か", "が"),
        ("東京", "京東"),
        ("flag 🇫🇷", "🇪🇸"),
        ("हिन्दी", "हनद"),
    ],
)
def test_it_is_not_found(text, question):
    assert not is_found(text, question)


@pytest.mark.parametrize(
    "question", ["", " \n\t", '"', "*", "(((", "+-~<>@", "%_", "\u200b", "\u202e", "́", "。！？", "…"]
)
def test_what_has_no_words_asks_for_nothing(question):
    assert asked(question) == ()


@pytest.mark.parametrize(
    "text", ["word " * 200, "z" * 1000, "日本" * 500, "e\u0301\u0302\u0303" * 250, FAMILY * 140, "\0a"]
)
def test_terms_are_what_every_database_takes_for_one_word(text):
    for term in [*indexed(text).split(), *asked(text)]:
        assert 3 <= len(term) <= TERM_ROOM
        assert term.isascii()
        assert term.isalnum()


def test_what_is_longer_than_any_question_is_cut():
    assert len(asked(" ".join(f"word{number}" for number in range(1000)))) == MOST_ASKED


@pytest.mark.parametrize(
    ("text", "question", "html"),
    [
        ("Un café, du CAFE", "cafe", "Un <mark>café</mark>, du <mark>CAFE</mark>"),
        ("今日は日本の朝です", "日本の", "今日は<mark>日本の</mark>朝です"),
        ("<b>bold</b> & bold", "bold", "&lt;b&gt;<mark>bold</mark>&lt;/b&gt; &amp; <mark>bold</mark>"),
        ('<script>alert("x")</script>', "nothing", "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;"),
        ("{} %s", "s", "{} %<mark>s</mark>"),
        ("plain", "", "plain"),
        ("🍣🍺", "🍺", "🍣<mark>🍺</mark>"),
    ],
)
def test_hits_are_marked_and_all_is_escaped(text, question, html):
    assert str(marked(text, asked(question))) == html


def test_of_names_the_words_that_begin_so_are_marked():
    assert str(marked("Susan Sue Lasus", asked("su"), beginnings=True)) == "<mark>Susan</mark> <mark>Sue</mark> Lasus"
