import gc
import os
import re
import shutil
import tracemalloc
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
from babel import Locale, localedata
from flask_babel import force_locale, gettext, ngettext
from sqlalchemy.exc import OperationalError

from app import create_app
from app.auth.services import start_session
from app.database import db
from app.extensions import babel
from app.i18n import locales
from app.i18n.catalogues import compile_all, fallback_folder
from app.users.models import User
from config import Config


def language_of(response):
    return re.search(r'<html lang="([^"]*)"', response.text)[1]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("fr", "fr"),
        ("fr-CA", "fr"),
        ("es-419,fr;q=0.5", "es"),
        ("de, fr;q=0.2, *;q=0.1", "fr"),
        ("fr;q=0, es;q=0.1", "es"),
        ("FR", "fr"),
        ("de", "en"),
        ("tlh;q=nonsense,,;", "en"),
        ("", "en"),
    ],
)
def test_accept_language_selects_the_language(client, header, language):
    assert language_of(client.get("/nope", headers={"Accept-Language": header})) == language


def test_lang_parameter_overrides_accept_language_and_is_stored(client):
    french = {"Accept-Language": "fr"}
    assert language_of(client.get("/nope?lang=es", headers=french)) == "es"
    assert language_of(client.get("/nope", headers=french)) == "es"


# The stage hardened has locale data for the languages of its catalogues only.
LACKING = "this image has no locale data of the language"


@pytest.fixture
def regional(app, monkeypatch):
    """A Brazilian and a Traditional Chinese catalogue, without texts."""
    if not localedata.exists("zh_Hant"):
        pytest.skip(LACKING)
    monkeypatch.setitem(app.config, "LANGUAGES", app.config["LANGUAGES"] | {"pt_BR": "Português", "zh_Hant": "中文"})


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "en"),
        ("zh-CN", "zh-Hant"),
        ("pt-PT,pt;q=0.8", "pt-BR"),
        ("pt", "pt-BR"),
        ("pt;q=0, fr", "fr"),
    ],
)
def test_accept_language_selects_the_nearest_catalogue(client, regional, header, language):
    assert language_of(client.get("/nope", headers={"Accept-Language": header})) == language


@pytest.mark.parametrize("choice", ["pt_BR", "pt-BR", "pt-br", "pt-PT", "pt"])
def test_lang_parameter_selects_the_nearest_catalogue(client, regional, choice):
    assert language_of(client.get("/nope", query_string={"lang": choice})) == "pt-BR"
    assert language_of(client.get("/nope", headers={"Accept-Language": "fr"})) == "pt-BR"


def test_stored_choice_outlives_its_catalogue(client, regional):
    with client.session_transaction() as session:
        session["lang"] = "pt_PT"
    assert language_of(client.get("/nope")) == "pt-BR"


@pytest.mark.parametrize("unknown", ["de", "", "../fr", "fr\n"])
def test_unavailable_lang_parameter_is_ignored(client, unknown):
    client.get("/nope?lang=fr")
    assert language_of(client.get("/nope", query_string={"lang": unknown})) == "fr"


def test_long_lists_of_languages_take_no_memory(client):
    client.get("/nope", headers={"Accept-Language": "fr"})
    tracemalloc.start()
    try:
        for number in range(5):
            tags = ",".join(f"{number}-{tag:x}" for tag in range(7000))
            client.get("/nope", headers={"Accept-Language": tags})
            client.get(f"/health?lang={number}{'x' * 60_000}")
        urlsplit.cache_clear()  # holds the addresses of the test's client
        gc.collect()
        assert tracemalloc.get_traced_memory()[0] < 1_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize(("setting", "language"), [("es", "es"), (None, "fr"), ("de", "fr"), ("es_AR", "es")])
def test_user_setting_overrides_the_lang_parameter(app, client, setting, language):
    with app.app_context():
        user = User(username="susan", email="susan@example.org", password_hash="", locale=setting)
        user.username_key, user.email_key = user.username, user.email
        db.session.add(user)
        db.session.flush()
        token = start_session(user, "", remember=False)
        db.session.commit()
    client.get("/nope?lang=fr")
    with client.session_transaction() as session:
        session["_user_id"] = token
    assert language_of(client.get("/nope")) == language


def test_titles_differ_between_languages(app, client):
    pages = {code: client.get(f"/nope?lang={code}").text for code in app.config["LANGUAGES"]}
    titles = {code: re.search(r"<title>(.*)</title>", page)[1] for code, page in pages.items()}
    assert set(titles) == {"en", "fr", "es"}
    assert len(set(titles.values())) == 3


def test_menu_shows_languages_by_their_own_names(app):
    assert app.config["LANGUAGES"] == {"en": "English", "es": "Español", "fr": "Français"}


@pytest.mark.skipif(not localedata.exists("ar_EG"), reason=LACKING)
def test_page_has_the_direction_of_its_language(client, monkeypatch):
    assert '<html lang="en" dir="ltr"' in client.get("/nope").text
    monkeypatch.setattr(locales, "locale_of_browser", lambda: "ar_EG")
    assert '<html lang="ar-EG" dir="rtl"' in client.get("/nope").text


def test_commands_are_in_english(context):
    assert gettext("Page not found") == "Page not found"


def test_database_error_page_is_translated_without_a_query(app, client, monkeypatch):
    def fail():
        raise OperationalError("", {}, Exception("unavailable"))

    monkeypatch.setitem(app.view_functions, "timelines.home", fail)
    monkeypatch.setattr("app.extensions.login._load_user", fail)
    response = client.get("/?lang=fr")
    assert (response.status_code, language_of(response)) == (503, "fr")


@pytest.fixture
def catalogues(tmp_path, monkeypatch):
    """A function that writes a French catalogue with this translation of "Page not found"; returns its path."""
    folder = tmp_path / "translations"
    source = folder / "fr" / "LC_MESSAGES" / "messages.po"
    source.parent.mkdir(parents=True)
    monkeypatch.setattr(locales, "CATALOGUES", folder)

    def write(translation):
        source.write_text(
            'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
            f'msgid "Page not found"\nmsgstr "{translation}"\n',
            encoding="utf-8",
        )
        return source

    write("Perdue")
    yield write
    vars(babel).pop("domain_instance", None)


def title(app):
    """Return the title of the French 404 page."""
    vars(babel).pop("domain_instance", None)  # Flask-Babel caches catalogues per process
    return re.search(r"<title>([^–]*) –", app.test_client().get("/nope?lang=fr").text)[1]


def test_development_compiles_edited_catalogues(catalogues, environ):
    environ = environ | {"APP_ENVIRONMENT": "DEV"}
    assert title(create_app(Config(environ))) == "Perdue"
    source = catalogues("Introuvable")
    later = source.with_suffix(".mo").stat().st_mtime + 1
    os.utime(source, (later, later))
    assert title(create_app(Config(environ))) == "Introuvable"


def test_production_compiles_nothing_at_startup(catalogues, environ):
    assert title(create_app(Config(environ))) == "Page not found"


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("en", ["0 followers", "1 follower", "2 followers"]),
        ("fr", ["0 abonné", "1 abonné", "2 abonnés"]),
        ("es", ["0 seguidores", "1 seguidor", "2 seguidores"]),
    ],
)
def test_plurals_follow_the_rule_of_the_language(context, locale, words):
    with force_locale(locale):
        counted = [ngettext("%(count)s follower", "%(count)s followers", n, count=n) for n in range(3)]
    assert counted == words


def test_languages_are_known_to_babel(app):
    for code in app.config["LANGUAGES"]:
        assert Locale.parse(code).get_display_name()


@pytest.mark.parametrize(
    ("locale", "written"),
    [
        ("en", "Aug 31, 2026, 2:19\u202fPM\u00a0UTC"),
        ("fr", "31 août 2026, 14:19\u00a0UTC"),
        ("es", "31 ago 2026, 14:19\u00a0UTC"),
    ],
)
def test_moment_has_the_format_of_the_locale_without_seconds_and_its_zone(context, locale, written):
    with force_locale(locale):
        assert locales.format_moment(datetime(2026, 8, 31, 14, 19, 50, tzinfo=UTC)) == written


@pytest.mark.parametrize("compiled", [["es"], ["fr"], ["es", "fr"]])
def test_plurals_are_those_of_the_language_wherever_it_is_compiled(environ, tmp_path, monkeypatch, compiled):
    """Some catalogues are compiled beside their sources, the others in DATA_DIR."""
    folder, data_dir = tmp_path / "translations", tmp_path / "data"
    shutil.copytree(locales.CATALOGUES, folder)
    monkeypatch.setattr(locales, "CATALOGUES", folder)
    compile_all(folder, data_dir, everything=True)
    for code in compiled:
        beside = folder / code / "LC_MESSAGES" / "messages.mo"
        target = fallback_folder(folder, data_dir) / code / "LC_MESSAGES" / "messages.mo"
        target.parent.mkdir(parents=True)
        beside.rename(target)
    app = create_app(Config(environ | {"DATA_DIR": str(data_dir)}))
    vars(babel).pop("domain_instance", None)
    with app.test_request_context():
        for code, words in {"es": "0 seguidores", "fr": "0 abonné", "en": "0 followers"}.items():
            with force_locale(code):
                assert ngettext("%(count)s follower", "%(count)s followers", 0, count=0) == words
    vars(babel).pop("domain_instance", None)
