"""The catalogues are complete and up to date with the code; test_typography.py reads their typography."""

import re
from pathlib import Path

import pytest

from app.i18n import catalogues

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "app" / "translations"
LANGUAGES = catalogues.languages(FOLDER)


@pytest.fixture(scope="module")
def texts():
    """The texts of the code."""
    return catalogues.extract(ROOT)


@pytest.fixture(params=LANGUAGES)
def source(request):
    """The file of each catalogue."""
    return catalogues.source_of(FOLDER, request.param)


def test_french_and_spanish_catalogues_exist():
    assert {"fr", "es"} <= set(LANGUAGES)


def test_catalogue_has_the_texts_of_the_code(source, texts):
    here, there = ({(message.context, message.id) for message in one} for one in (catalogues.read(source), texts))
    assert here ^ there == set(), "run: flask translate update"


def test_catalogue_is_fully_translated(source):
    assert catalogues.untranslated(catalogues.read(source)) == []


def test_catalogue_has_no_fuzzy_entries(source):
    assert [message.id for message in catalogues.read(source) if message.fuzzy and message.id] == []


def test_translations_keep_the_placeholders(source):
    wrong = [f"{message.id}: {error}" for message, errors in catalogues.read(source).check() for error in errors]
    assert wrong == []


def test_catalogue_names_no_machine_person_or_date(source):
    assert not re.search(r"^#: /|\w@\w|Generated-By|Date:", source.read_text(encoding="utf-8"), re.M)
