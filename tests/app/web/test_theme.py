import pytest


def test_follows_the_system_until_somebody_chooses(client):
    assert "data-bs-theme" not in client.get("/nope").text


@pytest.mark.parametrize("chosen", ["light", "dark"])
def test_choice_is_shown_at_once_and_kept(client, chosen):
    assert f'data-bs-theme="{chosen}"' in client.get(f"/nope?theme={chosen}").text
    assert f'data-bs-theme="{chosen}"' in client.get("/nope").text


def test_auto_takes_the_choice_back(client):
    client.get("/nope?theme=dark")
    client.get("/nope?theme=auto")
    assert "data-bs-theme" not in client.get("/nope").text


def test_unknown_theme_changes_nothing(client):
    client.get("/nope?theme=dark")
    response = client.get('/nope?theme="><script>')
    assert "Set-Cookie" not in response.headers
    assert 'data-bs-theme="dark"' in response.text


def test_instances_on_one_host_keep_their_own(app, client):
    client.get("/nope?theme=dark")
    assert client.get_cookie(f"{app.config['SESSION_COOKIE_NAME']}_theme").value == "dark"
