import pytest

from config import Config, ConfigError


@pytest.mark.parametrize(
    "url",
    [
        "http://libretranslate:5000",
        "https://translate.example/api",
        "http://127.0.0.1:5000",
        "http://[::1]:5000",
        "https://sub.domain-1.example",
    ],
)
def test_translate_url_loses_trailing_slash(environ, url):
    for given in (url, f"{url}/"):
        taken = Config(environ | {"TRANSLATE_URL": given}).TRANSLATE_URL
        assert taken == url


@pytest.mark.parametrize(
    "url",
    [
        "libretranslate:5000",
        "ftp://translate.example",
        "http://",
        "http://translate.example:port",
        "http://translate.example:99999",
        "http://translate.example?key=secret",
        "http://me:secret@translate.example",
        "http://translate.example/a b",
        "http://translate.example\r\nX: y",
        "file:///etc/passwd",
    ],
)
def test_invalid_translate_url_is_refused_without_its_value(environ, url):
    with pytest.raises(ConfigError, match="TRANSLATE_URL") as refused:
        Config(environ | {"TRANSLATE_URL": url})
    assert "secret" not in str(refused.value)


def test_translation_settings_default_to_empty(environ):
    config = Config(environ)
    assert (config.TRANSLATE_URL, config.TRANSLATE_KEY) == ("", "")


def test_translate_key_can_be_in_file(environ, tmp_path):
    (tmp_path / "key").write_text("sesame\n")
    assert Config(environ | {"TRANSLATE_KEY_FILE": str(tmp_path / "key")}).TRANSLATE_KEY == "sesame"
