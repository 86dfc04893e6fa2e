import os
import shutil

import pytest
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
    """A folder of catalogues with French in it."""
    source = tmp_path / "translations" / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    source.write_text(PO, encoding="utf-8")
    return tmp_path / "translations"


@pytest.fixture
def read_only(monkeypatch):
    """Nothing beside the catalogues can be written, whoever runs the tests (root writes anywhere)."""
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK)


def compiled(target):
    with open(target, "rb") as file:
        return Translations(file).gettext("Hello")


def test_compiles_beside_the_source(folder, tmp_path):
    (target,) = catalogues.compile_all(folder, tmp_path / "data")
    assert target == folder / "fr" / "LC_MESSAGES" / "messages.mo"
    assert compiled(target) == "Bonjour"
    assert sorted(path.name for path in target.parent.iterdir()) == ["messages.mo", "messages.po"]


def test_current_one_is_left_alone_unless_all_are_asked_for(folder, tmp_path):
    catalogues.compile_all(folder, tmp_path)
    assert catalogues.compile_all(folder, tmp_path) == []
    assert len(catalogues.compile_all(folder, tmp_path, everything=True)) == 1


def test_stale_one_is_compiled_anew(folder, tmp_path):
    (target,) = catalogues.compile_all(folder, tmp_path)
    source = target.with_suffix(".po")
    source.write_text(PO.replace("Bonjour", "Salut"), encoding="utf-8")
    os.utime(target, (0, 0))
    catalogues.compile_all(folder, tmp_path)
    assert compiled(target) == "Salut"


def test_read_only_folder_is_compiled_into_the_data_directory(folder, tmp_path, read_only):
    data = tmp_path / "data"
    (target,) = catalogues.compile_all(folder, data)
    assert target == catalogues.compiled_elsewhere(folder, data) / "fr" / "LC_MESSAGES" / "messages.mo"
    assert catalogues.compile_all(folder, data) == []


def test_volume_that_outlives_a_release_does_not_speak_for_the_next(folder, tmp_path, read_only):
    (old,) = catalogues.compile_all(folder, tmp_path)
    old_source = folder / "fr" / "LC_MESSAGES" / "messages.po"
    old_source.write_text(PO.replace("Bonjour", "Salut"), encoding="utf-8")
    (new,) = catalogues.compile_all(folder, tmp_path)
    assert (compiled(old), compiled(new)) == ("Bonjour", "Salut")


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A project of one template and no catalogue yet, for the commands to work on; its folder."""
    if not (cli.ROOT / "babel.cfg").exists():
        pytest.skip("an image holds no babel.cfg: catalogues are edited in a checkout")
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


def test_init_makes_a_catalogue_with_the_plural_forms_of_its_language(app, project):
    result = flask(app, "init", "fr")
    assert (result.exit_code, result.output) == (
        0,
        "app/translations/fr/LC_MESSAGES/messages.po: 2 texts to translate, then: flask translate compile\n",
    )
    source = po(project).read_text(encoding="utf-8")
    assert "plural=(n > 1)" in source
    assert 'msgid_plural "%(num)s posts"\nmsgstr[0] ""\nmsgstr[1] ""' in source
    assert "fuzzy" not in source


@pytest.mark.parametrize("language", ["en", "fr", "xx", "../fr", "FR", "", "fr_CA.UTF-8"])
def test_init_refuses_what_is_there_or_is_no_language(app, project, language):
    flask(app, "init", "fr")
    before = po(project).read_bytes()
    assert flask(app, "init", language).exit_code == cli.EX_USAGE
    assert po(project).read_bytes() == before


def test_init_refuses_a_code_that_an_account_cannot_keep_and_says_which_one_it_can(app, project):
    result = flask(app, "init", "zh_Hans_CN")
    assert (result.exit_code, result.output) == (
        cli.EX_USAGE,
        "microblog: zh_Hans_CN is longer than what an account keeps of its language; use zh_Hans\n",
    )
    assert not catalogues.source_of(project / "app" / "translations", "zh_Hans_CN").exists()
    assert flask(app, "init", "zh_Hans").exit_code == 0


def test_update_keeps_translations_takes_new_texts_and_drops_old_ones(app, project):
    flask(app, "init", "fr")
    translate(project, "Hello", "Bonjour")
    write_template(project, '{{ _("Hello") }} {{ _("Good bye") }}')
    assert flask(app, "update").output == "app/translations/fr/LC_MESSAGES/messages.po: 1 text to translate\n"
    source = po(project).read_text(encoding="utf-8")
    assert 'msgid "Hello"\nmsgstr "Bonjour"' in source
    assert 'msgid "Good bye"\nmsgstr ""' in source
    assert "%(num)s posts" not in source


def test_update_never_guesses(app, project):
    flask(app, "init", "fr")
    translate(project, "Hello", "Bonjour")
    write_template(project, '{{ _("Hello!") }}')
    flask(app, "update")
    assert "Bonjour" not in po(project).read_text(encoding="utf-8")


def test_update_changes_nothing_where_no_text_did(app, project):
    flask(app, "init", "fr")
    translate(project, "Hello", "Bonjour")
    flask(app, "update")
    before = po(project).read_bytes()
    write_template(project, '\n\n\n<p>{{ ngettext("%(num)s post", "%(num)s posts", 3) }}\n{{ _("Hello") }}')
    flask(app, "update")
    assert po(project).read_bytes() == before
    assert str(project).encode() not in before


def test_texts_of_python_code_are_found_too(app, project):
    (project / "app" / "forms.py").write_text('field(_l("Name"))\nlazy_ngettext("a", "b", 2)\n', encoding="utf-8")
    flask(app, "init", "fr")
    source = po(project).read_text(encoding="utf-8")
    assert "#: app/web/forms.py\nmsgid" in source
    assert 'msgid "Name"' in source
    assert 'msgid_plural "b"' in source


@pytest.mark.parametrize("arguments", [["init", "de"], ["update"]])
def test_without_the_list_of_where_texts_are_one_line_says_where_to_go(app, tmp_path, monkeypatch, arguments):
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    result = flask(app, *arguments)
    assert result.exit_code == cli.EX_USAGE
    assert "babel.cfg is not here, as in an image: catalogues are edited in a checkout" in result.stderr
    assert result.stderr.count("\n") == 1


def test_broken_template_is_an_error_not_a_text_less(app, project):
    write_template(project, '{% if x %}{{ _("Hello") }}')
    assert flask(app, "init", "fr").exit_code != 0


def test_compile_says_what_it_wrote(app, project):
    flask(app, "init", "fr")
    assert flask(app, "compile").output == f"compiled {po(project).with_suffix('.mo')}\n"
    assert flask(app, "compile", "--missing").output == ""


def test_compile_that_can_write_nowhere_says_what_to_set(app, project, monkeypatch, read_only, tmp_path):
    flask(app, "init", "fr")
    (tmp_path / "file").touch()
    monkeypatch.setitem(app.config, "DATA_DIR", tmp_path / "file")
    result = flask(app, "compile")
    assert result.exit_code == cli.EX_CANTCREAT
    assert "DATA_DIR" in result.stderr
    assert result.stderr.count("\n") == 1
