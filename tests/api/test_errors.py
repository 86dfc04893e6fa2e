"""Errors under /api are JSON; pages' are in tests/app/test_errors.py."""

import pytest


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
@pytest.mark.parametrize("path", ["/api", "/api/", "/api/nope", "/api/nope/0"])
def test_an_unknown_path_is_json_whatever_is_accepted(client, path, accept):
    answer = client.get(path, headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.json["error"] == "Not Found"
    assert answer.json["message"]


def test_a_path_that_only_begins_like_it_is_a_page(client):
    assert client.get("/apiary").mimetype == "text/html"


def test_a_nul_is_refused_in_json(client):
    answer = client.get("/api/nope?q=%00")
    assert (answer.status_code, answer.json["error"]) == (400, "Bad Request")


def test_a_body_too_large_is_refused_in_json(app, client):
    answer = client.post("/api/nope", json={"body": "x" * app.config["MAX_CONTENT_LENGTH"]})
    assert (answer.status_code, answer.json["error"]) == (413, "Request Entity Too Large")


def test_an_unexpected_error_is_json_that_tells_nothing(app, client, monkeypatch):
    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)

    def boom():
        raise RuntimeError("swordfish")

    monkeypatch.setattr(app, "preprocess_request", boom)
    answer = client.get("/api/nope")
    assert (answer.status_code, answer.json["error"]) == (500, "Internal Server Error")
    assert "swordfish" not in answer.text


@pytest.mark.parametrize("number", [2**63, "9" * 20, "9" * 5000])
@pytest.mark.parametrize(("method", "sent"), [("GET", None), ("PUT", {})])
def test_a_number_too_large_for_an_id_is_nobodys_whatever_is_done_with_it(api, number, method, sent):
    answer = api(method, f"/users/{number}", sent)
    assert (answer.status_code, answer.json["error"]) == (404, "Not Found")
