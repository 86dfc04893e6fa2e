"""Templates and static files: texts can be translated, scripts and styles are not inline, nothing is external."""

import re
from html.parser import HTMLParser
from pathlib import Path

import jinja2
import pytest

APP = Path(__file__).resolve().parents[2] / "app"
TEMPLATES = sorted((APP / "templates").rglob("*.html"))
STATIC = sorted(path for path in (APP / "static").rglob("*") if path.suffix in {".css", ".js", ".svg"})
READ = {
    "alt",
    "title",
    "placeholder",
    "aria-label",
    "aria-description",
    "content",
    "value",
}  # attributes shown to users
NOT_READ = {"viewport", "color-scheme"}  # <meta name=…> whose content is not text
LETTER = re.compile(r"[^\W\d_]")
FOREIGN = re.compile(r"(?:https?:)?//[\w-]+\.[\w.-]+")
OURS = {"http://www.w3.org"}  # the namespace of SVG, which browsers do not fetch


def relative(path):
    return str(path.relative_to(APP))


class Reader(HTMLParser):
    """Collects the texts of a template, and its inline scripts and styles."""

    def __init__(self):
        super().__init__()
        self.texts, self.inline = [], []

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag == "style" or (tag == "script" and "src" not in attributes):
            self.inline.append(f"<{tag}>")
        for name, value in attributes.items():
            if name == "style" or name.startswith("on") or value.strip().lower().startswith("javascript:"):
                self.inline.append(f'{name}="{value}"')
            hidden = tag == "input" and attributes.get("type") == "hidden"
            if name in READ and LETTER.search(value) and attributes.get("name") not in NOT_READ and not hidden:
                self.texts.append(f'{name}="{value}"')

    def handle_data(self, data):
        if LETTER.search(data):
            self.texts.append(data.strip())


def read(source):
    """Return a Reader of the template `source` without its expressions, statements and comments."""
    tokens = jinja2.Environment(extensions=["jinja2.ext.do"]).lex(source)
    reader = Reader()
    reader.feed("".join(value if kind == "data" else " " for _line, kind, value in tokens))
    reader.close()
    return reader


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_texts_can_be_translated(path):
    assert read(path.read_text(encoding="utf-8")).texts == [], 'write {{ _("…") }}'


@pytest.mark.parametrize("path", TEMPLATES, ids=relative)
def test_template_has_no_inline_script_or_style(path):
    assert read(path.read_text(encoding="utf-8")).inline == [], "the content security policy forbids it"


@pytest.mark.parametrize("path", [*TEMPLATES, *STATIC], ids=relative)
def test_file_loads_nothing_from_other_hosts(path):
    assert set(FOREIGN.findall(path.read_text(encoding="utf-8"))) <= OURS


@pytest.mark.parametrize(
    ("source", "texts", "inline"),
    [
        ("<p>Hello</p>", ["Hello"], []),
        ('<img alt="Hello {{ name }}">', ['alt="Hello "'], []),
        ('<a aria-label="{{ _("Hello") }}" class="x">{# no text #} – {{ _("Hello") }} @{{ name }} 1</a>', [], []),
        ('<meta name="viewport" content="width=device-width">', [], []),
        ("<!doctype html><script>go()</script>", ["go()"], ["<script>"]),
        ('<p style="color: red" onclick="go({{ x }})"></p>', [], ['style="color: red"', 'onclick="go( )"']),
    ],
)
def test_reader_finds_faults(source, texts, inline):
    reader = read(source)
    assert [" ".join(text.split()) for text in reader.texts] == texts
    assert [" ".join(text.split()) for text in reader.inline] == inline
