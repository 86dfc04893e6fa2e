import pytest


def test_theme_is_the_systems_by_default(client):
    assert "data-bs-theme" not in client.get("/nope").text


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_chosen_theme_applies_at_once_and_is_saved(client, chosen):
    assert f'data-bs-theme="{chosen}"' in client.get(f"/nope?theme={chosen}").text
    assert f'data-bs-theme="{chosen}"' in client.get("/nope").text


def test_auto_restores_the_theme_of_the_system(client):
    client.get("/nope?theme=dark")
    client.get("/nope?theme=auto")
    assert "data-bs-theme" not in client.get("/nope").text


def test_unknown_theme_is_ignored(client):
    client.get("/nope?theme=dark")
    response = client.get('/nope?theme="><script>')
    assert "Set-Cookie" not in response.headers
    assert 'data-bs-theme="dark"' in response.text


def test_theme_cookie_is_named_after_the_instance(app, client):
    client.get("/nope?theme=dark")
    assert client.get_cookie(f"{app.config['SESSION_COOKIE_NAME']}_theme").value == "dark"
