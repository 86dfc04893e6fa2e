"""The catalogues of the user interface: gettext files, `translations/LANGUAGE/LC_MESSAGES/messages.po`.

Their files change only where a text did: no dates, no line numbers, nothing of the machine that wrote them.
"""

import hashlib
import os
import re
import uuid
from io import BytesIO
from pathlib import Path

HEADER = "# {language} texts of Microblog.\n# Update with `flask translate update`, check with `make lint`."
# Header lines that differ from one run or machine to the next and tell a reader nothing.
NOISE = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To'
    rb"|Project-Id-Version).*\n",
    re.M,
)
# Beside Babel's own names for a text: those that a lazy one has in the code.
KEYWORDS = {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}


def languages(folder: Path) -> list[str]:
    """The codes of the languages that have a catalogue, in order."""
    return sorted(source.parent.parent.name for source in _sources(folder))


def source_of(folder: Path, language: str) -> Path:
    """Where the catalogue of `language` is or would be."""
    return folder / language / "LC_MESSAGES" / "messages.po"


def _sources(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/messages.po"))


def compiled_elsewhere(folder: Path, data_dir: Path) -> Path:
    """Where compiled catalogues go when their own folder is read-only (a read-only root, a mounted source).

    The name is a digest of the sources, so a folder that outlives them (a volume) is never taken for theirs.
    """
    digest = hashlib.sha256()
    for source in _sources(folder):
        digest.update(source.read_bytes())
    return Path(data_dir) / "translations" / digest.hexdigest()[:12]


def compile_all(folder: Path, data_dir: Path, everything: bool = False) -> list[Path]:
    """Compile each catalogue that has no current compiled form, or all; return the files written.

    Raises OSError where neither `folder` nor `data_dir` can be written.
    """
    from babel.messages.mofile import write_mo

    written = []
    elsewhere = compiled_elsewhere(folder, data_dir)
    for source in _sources(folder):
        target = source.with_suffix(".mo")
        spare = elsewhere / target.relative_to(folder)
        if not everything and (_is_current(target, source) or spare.exists()):
            continue
        if not os.access(source.parent, os.W_OK):
            target = spare
            target.parent.mkdir(parents=True, exist_ok=True)
        compiled = BytesIO()
        write_mo(compiled, read(source))
        _replace(target, compiled.getvalue())
        written.append(target)
    return written


def _is_current(target: Path, source: Path) -> bool:
    return target.exists() and target.stat().st_mtime >= source.stat().st_mtime


def _replace(target: Path, content: bytes):
    """Write `target` as a whole, for whoever reads it at this moment."""
    temporary = target.with_suffix(f".{uuid.uuid4().hex}")
    temporary.write_bytes(content)
    temporary.replace(target)


def read(source: Path):
    """The catalogue in `source`, a babel.messages.catalog.Catalog."""
    from babel.messages.pofile import read_po

    with open(source, "rb") as file:
        return read_po(file, locale=source.parent.parent.name)


def extract(root: Path):
    """A catalogue, without a language, of every text in the code under `root`, as `babel.cfg` there says."""
    from babel.messages import extract as babel_extract
    from babel.messages.catalog import Catalog
    from babel.messages.frontend import parse_mapping_cfg

    with open(root / "babel.cfg", encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = babel_extract.extract_from_dir(
        root,
        methods,
        options,
        keywords=babel_extract.DEFAULT_KEYWORDS | KEYWORDS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=lambda path: Path(path).is_relative_to(root / "app") and Path(path).name != "__pycache__",
    )
    catalogue = Catalog(project="Microblog", charset="utf-8", fuzzy=False)
    # By file, then by text: the order of a file's lines is as fleeting as their numbers.
    for file, line, message, comments, context in sorted(found, key=lambda text: (text[0], str(text[2]))):
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


def update(source: Path, texts) -> int:
    """Bring the catalogue in `source` up to date with `texts`, the code's; return how many lack a translation.

    Translations of texts that are gone go too, and none is guessed: a guess looks like the work of a translator.
    """
    catalogue = read(source)
    catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    write(source, catalogue)
    return len(untranslated(catalogue))


def create(source: Path, texts) -> int:
    """Make the catalogue of a new language in `source`, for `texts`; return how many there are to translate."""
    from babel.messages.catalog import Catalog

    language = source.parent.parent.name
    source.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale=language, project="Microblog", charset="utf-8", fuzzy=False)
    catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    write(source, catalogue)
    return len(untranslated(catalogue))


def untranslated(catalogue) -> list[str]:
    """The texts of `catalogue` that lack a translation, or one of its plural forms."""
    empty = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and not all(forms):
            empty.append(message.id if isinstance(message.id, str) else message.id[0])
    return empty


def write(source: Path, catalogue):
    """Write `catalogue` as `source`, the same bytes whenever its texts are the same."""
    from babel.messages.pofile import write_po

    catalogue.header_comment = HEADER.format(language=catalogue.locale.english_name)
    content = BytesIO()
    write_po(content, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    _replace(source, NOISE.sub(b"", content.getvalue()).rstrip() + b"\n")
