import pytest

from app.search import words
from app.search.marking import marked
from app.search.words import MAX_QUERY_TERMS, MAX_TERM_LENGTH, index_text, query_terms

FAMILY = "👨‍👩‍👧‍👦"


def is_found(text, query):
    """Whether the index of `text` has all terms of the query."""
    return set(query_terms(query)) <= set(index_text(text).split())


@pytest.mark.parametrize(
    ("text", "query"),
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
def test_query_matches_text(text, query):
    assert query_terms(query)
    assert is_found(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
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
def test_query_does_not_match_text(text, query):
    assert not is_found(text, query)


@pytest.mark.parametrize("query", ["", " \n\t", '"', "*", "(((", "+-~<>@", "%_", "\u200b", "\u202e", "́", "。！？", "…"])
def test_query_without_words_has_no_terms(query):
    assert query_terms(query) == ()


@pytest.mark.parametrize(
    "text", ["word " * 200, "z" * 1000, "日本" * 500, "e\u0301\u0302\u0303" * 250, FAMILY * 140, "\0a"]
)
def test_terms_are_short_and_alphanumeric(text):
    for term in [*index_text(text).split(), *query_terms(text)]:
        assert 3 <= len(term) <= MAX_TERM_LENGTH
        assert term.isascii()
        assert term.isalnum()


def test_number_of_query_terms_is_limited():
    assert len(query_terms(" ".join(f"word{number}" for number in range(1000)))) == MAX_QUERY_TERMS


@pytest.mark.parametrize(
    ("text", "query", "html"),
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
def test_matches_are_marked_and_text_is_escaped(text, query, html):
    assert str(marked(text, query_terms(query))) == html


def test_prefix_matches_are_marked():
    assert str(marked("Susan Sue Lasus", query_terms("su"), prefix=True)) == "<mark>Susan</mark> <mark>Sue</mark> Lasus"


def test_long_words_are_not_cached():
    before = words._cached_term.cache_info().currsize
    long = [words.term(f"{number:0500}") for number in range(100)]
    assert words._cached_term.cache_info().currsize == before
    assert len(long[0]) == MAX_TERM_LENGTH
