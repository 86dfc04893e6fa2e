import subprocess
import sys

import pytest

from app.i18n.catalogues import read, source_of
from app.i18n.locales import CATALOGUES
from app.languages import rules
from app.languages.rules import detect
from app.ops.seed_words import PEOPLE
from config import ROOT


@pytest.mark.parametrize("language", PEOPLE)
def test_most_seed_posts_are_detected(language):
    found = [detect(sentence) for sentence in PEOPLE[language][2]]
    assert found.count(language) > len(found) / 2
    assert set(found) <= {language, None}


@pytest.mark.parametrize("language", ["fr", "es"])
def test_short_texts_are_seldom_misdetected(language):
    texts = [message.string for message in read(source_of(CATALOGUES, language)) if isinstance(message.string, str)]
    found = [detect(text) for text in texts]
    assert found.count(language) > 0.5 * len(found)
    assert sum(one not in (language, None) for one in found) < 0.03 * len(found)


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", "🫠", "👩‍👩‍👧‍👦 👩‍👩‍👧‍👦 👩‍👩‍👧‍👦", "12345678 90 %", "!!! … ???"),
        *("Bonjour", "日本語です", "שלום", "Merci !!!!!!!!!!!!", "été 2026 2026 2026"),  # fewer than eight letters
        *("क्षमा करें", "नमस्ते जी"),  # combining marks are not letters
        *("https://www.lemonde.fr/une/longue/adresse", "@francois_dupont @marie_curie", "#bonjouratous #vivelafrance"),
    ],
)
def test_too_few_letters_are_not_detected(text):
    assert detect(text) is None


@pytest.mark.parametrize(
    "text", ["hahahahahaha", "lol lol lol lol", "asdfghjkl qwertz", "aaaaaaaaaaaaa", "C++ Python Rust"]
)
def test_ambiguous_text_is_not_detected(text):
    assert detect(text) is None


def test_eight_letters_are_detected():
    assert detect("ありがとうござい") == "ja"
    assert detect("ありがとうござ") is None


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Quelle belle journée 👩‍👩‍👧‍👦🫠 pour une promenade !", "fr"),
        ("QUELLE BELLE JOURNÉE POUR UNE PROMENADE", "fr"),
        ("Quelle belle journée\npour une promenade\tau bord de l'eau", "fr"),
        ("@susan @john Quelle belle journée pour une promenade https://example.com/the/quick/brown/fox #sunny", "fr"),
        ("下雨天最适合写代码和喝茶。", "zh"),
        ("צהריים טובים לכולם, מה שלומכם היום?", "he"),
    ],
)
def test_noise_does_not_affect_detection(text, language):
    assert detect(text) == language


def test_combining_marks_and_overrides_are_harmless():
    assert detect("Z" + "\u0335\u0321" * 400 + "algo") is None
    assert detect("\u202eQuelle belle journée pour une promenade\u202c") == "fr"


def test_each_language_is_its_own_primary_tag():
    assert {rules.primary(tag) for tag in rules.LANGUAGES} == rules.LANGUAGES


OFFLINE = """
import socket
def refuse(*arguments): raise AssertionError("network access")
socket.socket.connect = socket.getaddrinfo = refuse
from app.languages.rules import detect
print(detect("Quelle belle journée pour une promenade"))
"""


def test_detection_uses_no_network(environ):
    done = subprocess.run(
        [sys.executable, "-c", OFFLINE], cwd=ROOT, env=environ, capture_output=True, text=True, check=True
    )
    assert done.stdout == "fr\n"
