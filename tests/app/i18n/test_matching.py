"""The catalogue nearest to what a browser asks for, by CLDR's data."""

import pytest

from app.i18n.matching import nearest

CODES = ("en", "es", "fr", "zh_Hant", "pt_BR")


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("zh-TW", "zh_Hant"),
        ("zh-HK", "zh_Hant"),
        ("zh-MO", "zh_Hant"),
        ("zh-Hant-TW", "zh_Hant"),
        ("ZH-HANT", "zh_Hant"),
        ("cmn-Hant", "zh_Hant"),
        ("pt-PT", "pt_BR"),
        ("pt", "pt_BR"),
        ("pt-AO", "pt_BR"),
        ("pt_BR", "pt_BR"),
        ("fr-CA", "fr"),
        ("en-GB", "en"),
        ("es-419", "es"),
        ("fr-CA-u-hc-h12", "fr"),
        ("fr-x-private", "fr"),
        ("ca-ES", None),
        ("de", None),
        ("tlh", None),
        ("*", None),
        ("", None),
        ("i-klingon", None),
        ("fr\n", None),
        ("a" * 9000, None),
        ("-fr", None),
    ],
)
def test_regional_tag_finds_the_nearest_code(tag, code):
    assert nearest([tag], CODES) == code


@pytest.mark.parametrize(
    ("tag", "codes", "code"),
    [
        ("pt-AO", ("pt_BR", "pt_PT"), "pt_PT"),
        ("pt", ("pt_PT", "pt_BR"), "pt_BR"),
        ("es-MX", ("es", "es_419"), "es_419"),
        ("es-ES", ("es_419", "es"), "es"),
        ("zh-MO", ("zh_Hant", "zh_Hant_HK"), "zh_Hant_HK"),
        ("zh-TW", ("zh", "zh_TW"), "zh_TW"),
        ("zh-SG", ("zh_Hant", "zh_Hans"), "zh_Hans"),
        ("de-CH", ("de_AT", "de"), "de"),
        ("sr-ME", ("sr", "sr_Latn"), "sr_Latn"),
        ("nb-NO", ("nn", "nb"), "nb"),
        ("no", ("nb",), "nb"),
        ("iw", ("he",), "he"),
    ],
)
def test_nearest_of_several_codes_is_found(tag, codes, code):
    assert nearest([tag], codes) == code
    assert nearest([tag], reversed(codes)) == code


def test_other_script_is_a_last_resort():
    assert nearest(["zh-CN", "zh", "en"], CODES) == "en"
    assert nearest(["zh-CN", "zh"], CODES) == "zh_Hant"
    assert nearest(["zh-TW", "zh"], ("en", "zh_Hans")) == "zh_Hans"


def test_first_tag_with_a_code_wins():
    assert nearest(["de", "pt-PT", "fr"], CODES) == "pt_BR"
    assert nearest([f"x{letter}" for letter in "abcdefghijklmnopqrstuv"] + ["fr"], CODES) is None  # too many


def test_every_locale_that_babel_knows_finds_itself():
    from babel.localedata import locale_identifiers

    known = [code for code in locale_identifiers() if "root" not in code and "POSIX" not in code]
    languages = {code: code for code in known if "_" not in code}
    assert [code for code in languages if nearest([code], languages) != code] == []
