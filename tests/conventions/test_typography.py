"""French and Spanish are set as their typography asks, in prose and catalogues; code keeps plain spaces and quotes.

An HTTP header is code: write it between backquotes.
"""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from app.i18n import catalogues

ROOT = Path(__file__).resolve().parents[2]

# Lexique des règles typographiques en usage à l'Imprimerie nationale: a no-break space before : and inside « »,
# a narrow one before ; ! and ?; the apostrophe is ’. A unit stands after a no-break space, wide or narrow.
FRENCH_FAULTS = {
    "colon": r"[^\u00a0]:(?!/)",
    "high-mark": r"[^\u202f!?][;!?]",
    "opening-quote": r"«[^\u00a0]",
    "closing-quote": r"[^\u00a0]»",
    "straight-apostrophe": r"\w'\w",
    "straight-quote": r'"',
    "three-dots": r"\.\.\.",
    "unit": r"(?:\d|%\(\w+\)[ds]) (?:%(?!\()|(?:[kMG]?o|[kMG]io|ms|s|min|h)(?!\w))",
}
NOT_IN_CODE = re.compile(r"[\u00a0\u202f’]")

FENCED = re.compile(r"^(?:[> ]*)(`{3,}|~{3,}).*?^(?:[> ]*)\1[`~]*$", re.MULTILINE | re.DOTALL)
INLINE = re.compile(r"(`+)(?!`).+?(?<!`)\1(?!`)")
# Link targets, bare addresses, HTML tags and comments, the delimiters of tables, times of day.
NO_PROSE = re.compile(
    r"(?<=\])\([^)\n]*\)|^\[[^\]]+\]: [^\n]*|<!--.*?-->|<[^>\n]+>|https?://\S+|^[|: -]+$|\b\d+:\d\d\b", re.M | re.S
)


def prose(markdown):
    """Return `markdown` with each piece of code replaced by an x, and without addresses and tags."""
    return NO_PROSE.sub("", INLINE.sub("x", FENCED.sub("", markdown)))


def code(markdown):
    """Return the pieces of code of `markdown`: fenced blocks, then inline code."""
    fenced = [match[0] for match in FENCED.finditer(markdown)]
    return fenced + [match[0] for match in INLINE.finditer(FENCED.sub("", markdown))]


def french_faults(text):
    """Return the name of each rule that the French `text` breaks, with the place."""
    return [(name, text[max(found.start() - 20, 0) : found.end() + 10])
            for name, fault in FRENCH_FAULTS.items() for found in re.finditer(fault, text)]  # fmt: skip


def code_faults(markdown):
    """Return the pieces of code that hold a no-break space or a typographic apostrophe."""
    return [piece for piece in code(markdown) if NOT_IN_CODE.search(piece)]


def translations(language):
    """Return every translation of `language`, plural forms apart."""
    messages = catalogues.read(catalogues.source_of(ROOT / "app" / "translations", language))
    strings = (message.string for message in messages if message.id)
    return [text for string in strings for text in (string if isinstance(string, (tuple, list)) else (string,))]


def markdown_files():
    names = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT, check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    return [ROOT / name for name in sorted(filter(None, names.split("\0"))) if (ROOT / name).is_file()]


def relative(path):
    return str(path.relative_to(ROOT))


def french_points(path):
    """Return the French texts of a points.toml."""
    points = tomllib.loads(path.read_text(encoding="utf-8"))["point"]
    return [text for point in points for text in point.get("fr", {}).values()]


FILES = markdown_files()
CHECK_TEXTS = ROOT / "scripts" / "checking" / "words.toml"
POINTS = sorted((ROOT / "docker").glob("*/points.toml"))
FRENCH_FILES = [path for path in FILES if path.name.endswith(".fr.md")]


@pytest.mark.parametrize("path", FRENCH_FILES, ids=relative)
def test_french_file_follows_french_typography(path):
    assert french_faults(prose(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("path", FILES, ids=relative)
def test_code_has_plain_spaces_and_apostrophes(path):
    assert code_faults(path.read_text(encoding="utf-8")) == []


def test_french_catalogue_follows_french_typography():
    texts = translations("fr")
    assert [fault for text in texts for fault in french_faults(text)] == []
    assert [text for text in texts if re.search(r" $|^ |  ", text)] == []


def test_french_texts_of_make_check_follow_french_typography():
    texts = [table["fr"] for table in tomllib.loads(CHECK_TEXTS.read_text(encoding="utf-8")).values()]
    assert len(texts) > 60
    assert {text: faults for text in texts if (faults := french_faults(prose(text)))} == {}


@pytest.mark.parametrize("path", POINTS, ids=relative)
def test_french_points_follow_french_typography(path):
    assert {text: faults for text in french_points(path) if (faults := french_faults(prose(text)))} == {}


def test_spanish_catalogue_opens_what_it_closes():
    texts = translations("es")
    assert [text for text in texts if text.count("?") != text.count("¿") or text.count("!") != text.count("¡")] == []


@pytest.mark.parametrize(
    ("markdown", "rules"),
    [
        ("Construisez : c\u2019est prêt.", ["colon"]),
        ("`make run`: prêt", ["colon"]),
        ("`make run`\u00a0: prêt", []),
        ("**Pourquoi** ?", ["high-mark"]),
        ("Pourquoi\u00a0?", ["high-mark"]),
        ("Pourquoi\u202f?", []),
        ("Pourquoi\u202f?!", []),
        ("un fil ; une page", ["high-mark"]),
        ("« fil\u00a0»", ["opening-quote"]),
        ("«\u00a0fil »", ["closing-quote"]),
        ("l'image", ["straight-apostrophe"]),
        ("l'`ENTRYPOINT`", ["straight-apostrophe"]),
        ("l\u2019`ENTRYPOINT`", []),
        ('un "fil"', ["straight-quote"] * 2),
        ("la suite...", ["three-dots"]),
        ("265 Mo", ["unit"]),
        ("99 % du cache", ["unit"]),
        ("265\u00a0Mo, 3 minutes, 2 sondes", []),
        ("(%(size)s ko)", ["unit"]),
        ("(%(size)s\u00a0ko), %(name)s %(date)s", []),
        ("`curl -H 'Accept: text/html' localhost:5000?a;b`", []),
        ('> ```sh\n> echo "l\'image : 5 s"\n> ```\n', []),
        ("[le journal](docs/a.md?b:c \"d\") <http://localhost:5000> https://a.example/?b='c'd", []),
        ("| a |\n|:--|\n", []),
        ('<img src="a.png" alt="fil">', []),
    ],
)
def test_reader_sees_french_faults(markdown, rules):
    assert [name for name, _ in french_faults(prose(markdown))] == rules


@pytest.mark.parametrize(
    ("markdown", "count"),
    [
        ("```sh\ndocker\u00a0ps\n```\n", 1),
        ("> ```sh\n> echo l\u2019image\n> ```\n", 1),
        ("`Accept\u202f: text/html`", 1),
        ("``a `b\u00a0c` d`` et `e`", 1),
        ("```sh\ndocker ps # it's\n```\nl\u2019image\u00a0: `docker ps`", 0),
    ],
)
def test_reader_sees_faults_in_code(markdown, count):
    assert len(code_faults(markdown)) == count
