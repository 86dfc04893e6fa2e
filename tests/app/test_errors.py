import pytest


@pytest.mark.parametrize("accept", ["*/*", "text/html", "application/json"])
def test_unknown_path_is_a_page_outside_the_api_and_json_inside(client, accept):
    page = client.get("/nope", headers={"Accept": accept})
    assert (page.status_code, page.mimetype) == (404, "text/html")
    answer = client.get("/api/nope", headers={"Accept": accept})
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert answer.json["error"] == "Not Found"


def test_wrong_method_names_the_right_ones(client):
    response = client.delete("/health")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


