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
    """What the code says."""
    return catalogues.extract(ROOT)


@pytest.fixture(params=LANGUAGES)
def source(request):
    """Each catalogue's file."""
    return catalogues.source_of(FOLDER, request.param)


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
