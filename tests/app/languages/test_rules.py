import pytest

from app.exceptions import Invalid
from app.languages import rules
from app.languages.names import language_choices


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("fr", "fr"),
        ("FR", "fr"),
        ("pt-BR", "pt"),
        ("zh_Hant_TW", "zh"),
        ("no", "nb"),
        ("iw", "he"),
        ("als", "gsw"),
    ],
)
def test_a_tag_is_brought_to_its_language(context, tag, language):
    assert rules.language(tag) == language


@pytest.mark.parametrize("tag", ["", "-", "xx", "en glish", "english", "fr\n", "ｆｒ", "🫠", "a" * 10_000])
def test_a_language_that_is_not_known_is_refused(context, tag):
    with pytest.raises(Invalid, match="not known"):
        rules.language(tag)


@pytest.mark.parametrize("nothing", ["", None])
def test_nothing_chosen_is_no_language(context, nothing):
    assert rules.language_or_none(nothing) is None


@pytest.mark.parametrize(("reader", "name"), [("en", "German"), ("fr", "Allemand"), ("es", "Alemán")])
def test_languages_have_names_in_the_language_of_the_page(app, reader, name):
    with app.test_request_context(headers={"Accept-Language": reader}):
        choices = language_choices()
    assert ("de", name) in choices
    assert {tag for tag, _name in choices} == rules.LANGUAGES
    assert [tag for tag, name in choices if name.lower() == tag] == []
