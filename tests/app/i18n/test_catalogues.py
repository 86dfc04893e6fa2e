import os
import shutil

import pytest
from babel import localedata
from babel.support import Translations

from app.i18n import catalogues, locales
from app.ops import cli

PO = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n > 1);\\n"

msgid "Hello"
msgstr "Bonjour"
"""


@pytest.fixture
def folder(tmp_path):
    """A folder of catalogues, with French."""
    source = tmp_path / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO, encoding="utf-8")
    return tmp_path / "translations"


@pytest.fixture
def read_only(monkeypatch):
    """Make the folder of catalogues look read-only, for root too."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)


def compiled(target):
    with open(target, "rb") as file:
        return Translations(file).gettext("Hello")


def test_compile_writes_next_to_the_source(folder, tmp_path):
    (target,) = catalogues.compile_all(folder, tmp_path / "data")
    assert target == folder / "fr" / "LC_MESSAGES" / "messages.mo"
    assert compiled(target) == "Bonjour"
    assert sorted(path.name for path in target.parent.iterdir()) == ["messages.mo", "messages.po"]


def test_compile_skips_current_catalogues_unless_all_are_requested(folder, tmp_path):
    catalogues.compile_all(folder, tmp_path)
    assert catalogues.compile_all(folder, tmp_path) == []
    assert len(catalogues.compile_all(folder, tmp_path, everything=True)) == 1


def test_compile_replaces_a_stale_catalogue(folder, tmp_path):
    (target,) = catalogues.compile_all(folder, tmp_path)
    source = target.with_suffix(".po")
    source.write_text(PO.replace("Bonjour", "Salut"), encoding="utf-8")
    os.utime(target, (0, 0))
    catalogues.compile_all(folder, tmp_path)
    assert compiled(target) == "Salut"


@pytest.mark.parametrize("content", [b"", b"\xde\x12\x04\x95", b"\0" * 500], ids=["empty", "magic", "zeros"])
@pytest.mark.parametrize("writable", [True, False])
def test_compile_replaces_a_broken_catalogue(folder, tmp_path, monkeypatch, content, writable):
    """A power failure may leave one that is newer than its source."""
    monkeypatch.setattr(os, "access", lambda path, mode: writable or mode != os.W_OK)
    (target,) = catalogues.compile_all(folder, tmp_path)
    target.write_bytes(content)
    assert catalogues.compile_all(folder, tmp_path) == [target]
    assert compiled(target) == "Bonjour"


def test_compile_falls_back_to_the_data_directory(folder, tmp_path, read_only):
    data = tmp_path / "data"
    (target,) = catalogues.compile_all(folder, data)
    assert target == catalogues.fallback_folder(folder, data) / "fr" / "LC_MESSAGES" / "messages.mo"
    assert catalogues.compile_all(folder, data) == []


def test_fallback_of_an_older_release_is_not_used(folder, tmp_path, read_only):
    (old,) = catalogues.compile_all(folder, tmp_path)
    old_source = folder / "fr" / "LC_MESSAGES" / "messages.po"
    old_source.write_text(PO.replace("Bonjour", "Salut"), encoding="utf-8")
    (new,) = catalogues.compile_all(folder, tmp_path)
    assert (compiled(old), compiled(new)) == ("Bonjour", "Salut")


def test_compiled_catalogue_bears_no_time(folder, tmp_path):
    """Two builds of an image have the same content."""
    (target,) = catalogues.compile_all(folder, tmp_path)
    with open(target, "rb") as file:
        headers = Translations(file).info()
    assert headers["pot-creation-date"] == headers["po-revision-date"] == "1970-01-01 00:00+0000"


@pytest.mark.parametrize("forms", [('""', '""'), ('"%(n)s réponse"', '""'), ('""', '"%(n)s réponses"')])
def test_untranslated_plural_is_that_of_its_source_language(folder, tmp_path, forms):
    """In French, 0 is singular; in English, plural."""
    source = folder / "fr" / "LC_MESSAGES" / "messages.po"
    plural = 'msgid "%(n)s reply"\nmsgid_plural "%(n)s replies"\nmsgstr[0] {}\nmsgstr[1] {}\n'
    source.write_text(f"{PO}\n{plural.format(*forms)}", encoding="utf-8")
    (target,) = catalogues.compile_all(folder, tmp_path)
    with open(target, "rb") as file:
        translations = Translations(file)
    found = [translations.ngettext("%(n)s reply", "%(n)s replies", number) for number in (0, 1, 2)]
    assert found == ["%(n)s replies", "%(n)s reply", "%(n)s replies"]
    assert compiled(target) == "Bonjour"


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with one template and no catalogue yet, for the commands to work on."""
    if not (cli.ROOT / "babel.cfg").exists():
        pytest.skip("images hold no babel.cfg")
    (tmp_path / "app" / "templates").mkdir(parents=True)
    shutil.copy(cli.ROOT / "babel.cfg", tmp_path)
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.setattr(locales, "CATALOGUES", tmp_path / "app" / "translations")
    write_template(tmp_path, '{{ _("Hello") }} {{ ngettext("%(num)s post", "%(num)s posts", 2) }}')
    return tmp_path


def write_template(project, text):
    (project / "app" / "templates" / "page.html").write_text(text, encoding="utf-8")


def po(project, language="fr"):
    return project / "app" / "translations" / language / "LC_MESSAGES" / "messages.po"


def flask(app, *arguments):
    return app.test_cli_runner().invoke(args=["translate", *arguments])


def translate(project, text, translation):
    source = po(project).read_text(encoding="utf-8")
    assert f'msgid "{text}"\nmsgstr ""' in source
    po(project).write_text(
        source.replace(f'msgid "{text}"\nmsgstr ""', f'msgid "{text}"\nmsgstr "{translation}"'), encoding="utf-8"
    )


def test_init_creates_a_catalogue_with_plural_forms(app, project):
    result = flask(app, "init", "fr")
    assert (result.exit_code, result.output) == (
        0,
        "app/translations/fr/LC_MESSAGES/messages.po: 2 texts to translate; then run: flask translate compile\n",
    )
    source = po(project).read_text(encoding="utf-8")
    assert "plural=(n > 1)" in source
    assert 'msgid_plural "%(num)s posts"\nmsgstr[0] ""\nmsgstr[1] ""' in source
    assert "fuzzy" not in source


@pytest.mark.parametrize("language", ["en", "fr", "xx", "../fr", "FR", "", "fr_CA.UTF-8"])
def test_init_rejects_existing_and_invalid_languages(app, project, language):
    flask(app, "init", "fr")
    before = po(project).read_bytes()
    assert flask(app, "init", language).exit_code == os.EX_USAGE
    assert po(project).read_bytes() == before


def test_init_rejects_a_code_too_long_for_the_user_table(app, project):
    result = flask(app, "init", "zh_Hans_CN")
    assert (result.exit_code, result.output) == (
        os.EX_USAGE,
        "microblog: zh_Hans_CN is too long: the limit is 8 characters; use zh_Hans\n",
    )
    assert not catalogues.source_of(project / "app" / "translations", "zh_Hans_CN").exists()
    assert flask(app, "init", "zh_Hans").exit_code == 0


def test_update_adds_new_texts_and_removes_obsolete_ones(app, project):
    flask(app, "init", "fr")
    translate(project, "Hello", "Bonjour")
    write_template(project, '{{ _("Hello") }} {{ _("Good bye") }}')
    assert flask(app, "update").output == "app/translations/fr/LC_MESSAGES/messages.po: 1 text to translate\n"
    source = po(project).read_text(encoding="utf-8")
    assert 'msgid "Hello"\nmsgstr "Bonjour"' in source
    assert 'msgid "Good bye"\nmsgstr ""' in source
    assert "%(num)s posts" not in source


def test_update_does_no_fuzzy_matching(app, project):
    flask(app, "init", "fr")
    translate(project, "Hello", "Bonjour")
    write_template(project, '{{ _("Hello!") }}')
    flask(app, "update")
    assert "Bonjour" not in po(project).read_text(encoding="utf-8")


def test_update_is_idempotent(app, project):
    flask(app, "init", "fr")
    translate(project, "Hello", "Bonjour")
    flask(app, "update")
    before = po(project).read_bytes()
    write_template(project, '\n\n\n<p>{{ ngettext("%(num)s post", "%(num)s posts", 3) }}\n{{ _("Hello") }}')
    flask(app, "update")
    assert po(project).read_bytes() == before
    assert str(project).encode() not in before


def test_texts_in_python_code_are_extracted(app, project):
    (project / "app" / "forms.py").write_text('field(_l("Name"))\nlazy_ngettext("a", "b", 2)\n', encoding="utf-8")
    flask(app, "init", "fr")
    source = po(project).read_text(encoding="utf-8")
    assert "#: app/forms.py\nmsgid" in source
    assert 'msgid "Name"' in source
    assert 'msgid_plural "b"' in source


@pytest.mark.skipif(not localedata.exists("de"), reason="this image has no locale data of the language, as hardened")
@pytest.mark.parametrize("arguments", [["init", "de"], ["update"]])
def test_commands_that_extract_require_babel_cfg(app, tmp_path, monkeypatch, arguments):
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    result = flask(app, *arguments)
    assert result.exit_code == os.EX_USAGE
    assert "babel.cfg is missing, as in an image; run this in a checkout of the source" in result.stderr
    assert result.stderr.count("\n") == 1


def test_broken_template_fails_the_extraction(app, project):
    write_template(project, '{% if x %}{{ _("Hello") }}')
    assert flask(app, "init", "fr").exit_code != 0


def test_compile_prints_the_files_written(app, project):
    flask(app, "init", "fr")
    assert flask(app, "compile").output == f"compiled {po(project).with_suffix('.mo')}\n"
    assert flask(app, "compile", "--missing").output == ""


@pytest.mark.parametrize("command", ["compile", "update"])
def test_catalogue_in_another_encoding_is_named(app, project, command):
    flask(app, "init", "fr")
    po(project).write_text(PO.replace("Bonjour", "Très bien"), encoding="latin-1")
    result = flask(app, command)
    assert (result.exit_code, result.stderr.count("\n")) == (os.EX_CONFIG, 1)
    assert "messages.po is not in UTF-8" in result.stderr


def test_compile_without_a_writable_folder_names_the_setting(app, project, monkeypatch, read_only, tmp_path):
    flask(app, "init", "fr")
    (tmp_path / "file").touch()
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path / "file")
    result = flask(app, "compile")
    assert (result.exit_code, result.stderr.count("\n")) == (os.EX_CANTCREAT, 1)
    assert "DATA_DIR" in result.stderr
