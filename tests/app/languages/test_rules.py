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
def test_tag_is_reduced_to_primary_tag(context, tag, language):
    assert rules.language(tag) == language


@pytest.mark.parametrize("tag", ["", "-", "xx", "en glish", "english", "fr\n", "ｆｒ", "🫠", "a" * 10_000])
def test_unknown_language_is_refused(context, tag):
    with pytest.raises(Invalid, match="Unknown language"):
        rules.language(tag)


@pytest.mark.parametrize("nothing", ["", None])
def test_no_choice_is_none(context, nothing):
    assert rules.language_or_none(nothing) is None


@pytest.mark.parametrize(("reader", "name"), [("en", "German"), ("fr", "Allemand"), ("es", "Alemán")])
def test_language_names_follow_page_language(app, reader, name):
    with app.test_request_context(headers={"Accept-Language": reader}):
        choices = language_choices()
    assert ("de", name) in choices
    assert {tag for tag, _name in choices} == rules.LANGUAGES
    assert [tag for tag, name in choices if name.lower() == tag] == []
