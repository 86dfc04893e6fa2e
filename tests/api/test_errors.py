"""Errors of the API are JSON; tests/app/web/test_errors.py has those of pages."""

import pytest


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/nope/0"])
def test_unknown_path_is_json_whatever_accept_says(client, path, accept):
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.json["error"] == "Not Found"
    assert answer.json["message"]


def test_path_that_only_starts_with_api_is_a_page(client):
    assert client.get("/apiary").mimetype == "text/html"


def test_nul_in_the_query_is_refused_in_json(client):
    answer = client.get("/api/nope?q=%00")
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")


def test_body_too_large_is_refused_in_json(app, client):
    answer = client.post("/api/nope", json={"body": "x" * app.config["MAX_CONTENT_LENGTH"]})
    assert (answer.status_code, answer.json["error"]) == (413, "Request Entity Too Large")


def test_unexpected_error_is_json_without_details(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def fail():
        raise RuntimeError("swordfish")

    monkeypatch.setattr(app, "preprocess_request", fail)
    answer = client.get("/api/nope")
    assert (answer.status_code, answer.json["error"]) == (500, "Internal Server Error")
    assert "swordfish" not in answer.text


@pytest.mark.parametrize("number", [2**63, "9" * 20, "9" * 5000], ids=["2**63", "20 digits", "5000 digits"])
@pytest.mark.parametrize(("method", "body"), [("GET", None), ("PUT", {})], ids=["GET", "PUT"])
def test_id_too_large_for_the_database_is_not_found(api, number, method, body):
    answer = api(method, f"/users/{number}", body)
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")
