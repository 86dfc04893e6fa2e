from app import health


def test_live_answers_without_asking_the_database(client, monkeypatch):
    monkeypatch.delattr("app.health.db")
    for path in ("/health", "/health/", "/health/live"):
        response = client.get(path)
        assert (response.status_code, response.json) == (200, {"status": "ok"})


def test_ready_when_the_schema_is_current(client):
    assert client.get("/health/ready").json == {"status": "ok"}


def test_not_ready_while_the_schema_is_older_than_the_code(client, monkeypatch):
    monkeypatch.setattr(health, "newest_revision", lambda migrations: "newer")
    response = client.get("/health/ready")
    assert (response.status_code, response.json) == (503, {"status": "schema not current"})
