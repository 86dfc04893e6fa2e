"""The catalogues are complete, up to date with the code, and written as each language is."""

import re
from pathlib import Path

import pytest

from app.i18n import catalogues

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "app" / "translations"
LANGUAGES = catalogues.languages(FOLDER)


@pytest.fixture(scope="module")
def texts():
    """What the code says."""
    return catalogues.extract(ROOT)


@pytest.fixture(params=LANGUAGES)
def source(request):
    """Each catalogue's file."""
    return catalogues.source_of(FOLDER, request.param)


def strings(language):
    """Every translation of `language`, plural forms apart."""
    for message in catalogues.read(catalogues.source_of(FOLDER, language)):
        if message.id:
            yield from message.string if isinstance(message.string, (tuple, list)) else (message.string,)


def test_french_and_spanish_are_there():
    assert {"fr", "es"} <= set(LANGUAGES)


def test_every_text_of_the_code_is_in_it_and_no_other(source, texts):
    here, there = ({(message.context, message.id) for message in one} for one in (catalogues.read(source), texts))
    assert here ^ there == set(), "run: flask translate update"


def test_nothing_is_left_untranslated(source):
    assert catalogues.untranslated(catalogues.read(source)) == []


def test_nothing_is_a_guess(source):
    assert [message.id for message in catalogues.read(source) if message.fuzzy and message.id] == []


def test_placeholders_are_those_of_the_text(source):
    wrong = [f"{message.id}: {error}" for message, errors in catalogues.read(source).check() for error in errors]
    assert wrong == []


def test_no_path_or_name_of_a_machine_is_in_it(source):
    assert not re.search(r"^#: /|\w@\w|Generated-By|Date:", source.read_text(encoding="utf-8"), re.M)


# Lexique des règles typographiques en usage à l'Imprimerie nationale: a no-break space before : and inside « »,
# a narrow one before ; ! and ?; the apostrophe is ’.
@pytest.mark.parametrize(
    "fault", [r"[^\u00a0]:(?!/)", r"[^\u202f][;!?]", r"«[^\u00a0]", r"[^\u00a0]»", r"\w'\w", r"\.\.\.", r" $|^ |  "]
)
def test_french_is_set_as_french_is(fault):
    assert [text for text in strings("fr") if re.search(fault, text)] == []


def test_spanish_opens_what_it_closes():
    assert [
        text for text in strings("es") if text.count("?") != text.count("¿") or text.count("!") != text.count("¡")
    ] == []
