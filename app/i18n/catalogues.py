"""Read, write and compile the catalogues of the UI: `translations/LANGUAGE/LC_MESSAGES/messages.po`, in gettext format.

A file changes only when a text does: it holds no dates, line numbers or names of the machine that wrote it.
"""

from __future__ import annotations

import gettext
import hashlib
import os
import re
import struct
import uuid
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # loaded when needed: a server compiles nothing
    from babel.messages.catalog import Catalog, Message

HEADER = "# {language} texts of Microblog.\n# Update with `flask translate update`, check with `make lint`."
# Header lines that differ between runs or machines.
NOISE = re.compile(
    rb'^"(?:POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator|Language-Team|Report-Msgid-Bugs-To'
    rb"|Project-Id-Version).*\n",
    re.M,
)
# The date in compiled catalogues, in place of the current one: the same source compiles to the same file.
EPOCH = datetime.fromtimestamp(0, UTC)
# Functions that mark texts in the code, besides Babel's defaults; (1, 2): the singular and plural arguments.
KEYWORDS = {"_l": None, "lazy_gettext": None, "lazy_ngettext": (1, 2)}


class BrokenCatalogue(ValueError):
    """A catalogue that cannot be read."""


def languages(folder: Path) -> list[str]:
    """Return the codes of the languages that have a catalogue, sorted."""
    return sorted(source.parent.parent.name for source in _sources(folder))


def source_of(folder: Path, language: str) -> Path:
    """Return the path of the catalogue of `language`, whether or not it exists."""
    return folder / language / "LC_MESSAGES" / "messages.po"


def _sources(folder: Path) -> list[Path]:
    return sorted(folder.glob("*/LC_MESSAGES/messages.po"))


def fallback_folder(folder: Path, data_dir: Path) -> Path:
    """Return the folder for compiled catalogues when `folder` is read-only, as on a read-only root filesystem.

    Its name is a digest of the sources: a volume that outlives a release never provides stale catalogues.
    """
    digest = hashlib.sha256()
    for source in _sources(folder):
        digest.update(source.read_bytes())
    return Path(data_dir) / "translations" / digest.hexdigest()[:12]


def compile_all(folder: Path, data_dir: Path, everything: bool = False) -> list[Path]:
    """Compile the catalogues that are missing or stale, or all if `everything`; return the files written.

    Raises OSError if neither `folder` nor `data_dir` is writable, and BrokenCatalogue.
    """
    from babel.messages.mofile import write_mo

    written = []
    fallback = fallback_folder(folder, data_dir)
    for source in _sources(folder):
        target = source.with_suffix(".mo")
        spare = fallback / target.relative_to(folder)
        if not everything and (_is_current(target, source) or _is_readable(spare)):
            continue
        if not os.access(source.parent, os.W_OK):
            target = spare
            target.parent.mkdir(parents=True, exist_ok=True)
        catalogue = read(source)
        # Babel would write the forms of the source language, to be chosen by the plural rule of this one.
        for message in _untranslated(catalogue):
            catalogue.delete(message.id, message.context)
        catalogue.creation_date = catalogue.revision_date = EPOCH
        compiled = BytesIO()
        write_mo(compiled, catalogue)
        _replace(target, compiled.getvalue())
        written.append(target)
    return written


def _is_current(target: Path, source: Path) -> bool:
    return _is_readable(target) and target.stat().st_mtime >= source.stat().st_mtime


def _is_readable(target: Path) -> bool:
    """Whether there is a compiled catalogue that pages can load: a power failure may have left an empty one."""
    try:
        with open(target, "rb") as file:
            gettext.GNUTranslations(file)
    except (OSError, ValueError, struct.error):
        return False
    return True


def _replace(target: Path, content: bytes) -> None:
    """Write `target` atomically, so that concurrent readers never see half of it."""
    temporary = target.with_suffix(f".{uuid.uuid4().hex}")
    temporary.write_bytes(content)
    temporary.chmod(0o644)  # whatever the umask: a container that mounts the checkout has another user
    temporary.replace(target)


def read(source: Path) -> Catalog:
    """Return the catalogue in `source`. Raises BrokenCatalogue."""
    from babel.messages.pofile import read_po

    try:
        with open(source, "rb") as file:
            return read_po(file, locale=source.parent.parent.name)
    except UnicodeDecodeError as error:
        raise BrokenCatalogue(f"{source} is not in UTF-8; save it in UTF-8") from error


def extract(root: Path) -> Catalog:
    """Return a catalogue, without a language, of every text in the code that `babel.cfg` in `root` lists."""
    from babel.messages import extract as babel_extract
    from babel.messages.catalog import Catalog
    from babel.messages.frontend import parse_mapping_cfg

    with open(root / "babel.cfg", encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)  # type: ignore[no-untyped-call]
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
    # Sorted by file, then text: in the order of the lines, moving code would change the catalogue.
    for path, line, message, comments, context in sorted(found, key=lambda text: (text[0], str(text[2]))):
        catalogue.add(message, None, [(path, line)], auto_comments=comments, context=context)
    return catalogue


def update(source: Path, texts: Catalog) -> int:
    """Add new `texts` to the catalogue in `source` and remove obsolete ones; return how many are untranslated.

    No fuzzy matching: a guess is easily mistaken for a translation.
    """
    catalogue = read(source)
    catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    write(source, catalogue)
    return len(untranslated(catalogue))


def create(source: Path, texts: Catalog) -> int:
    """Create the catalogue of a new language in `source` from `texts`; return how many there are to translate."""
    from babel.messages.catalog import Catalog

    language = source.parent.parent.name
    source.parent.mkdir(parents=True, exist_ok=True)
    catalogue = Catalog(locale=language, project="Microblog", charset="utf-8", fuzzy=False)
    catalogue.update(texts, no_fuzzy_matching=True, update_creation_date=False)
    write(source, catalogue)
    return len(untranslated(catalogue))


def untranslated(catalogue: Catalog) -> list[str]:
    """Return the texts of `catalogue` that lack a translation or one of its plural forms."""
    return [message.id if isinstance(message.id, str) else message.id[0] for message in _untranslated(catalogue)]


def _untranslated(catalogue: Catalog) -> list[Message]:
    found = []
    for message in catalogue:
        forms = message.string if isinstance(message.string, (tuple, list)) else (message.string,)
        if message.id and not all(forms):
            found.append(message)
    return found


def write(source: Path, catalogue: Catalog) -> None:
    """Write `catalogue` to `source`; equal texts give identical bytes."""
    from babel.messages.pofile import write_po

    catalogue.header_comment = HEADER.format(language=catalogue.locale.english_name)
    content = BytesIO()
    write_po(content, catalogue, width=100, include_lineno=False, ignore_obsolete=True)
    _replace(source, NOISE.sub(b"", content.getvalue()).rstrip() + b"\n")
