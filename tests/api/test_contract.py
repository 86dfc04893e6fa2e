"""The API answers what its description promises, whatever it is asked."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def description(client):
    return client.get("/api/openapi.json").json


def test_every_route_of_the_api_is_described_with_what_it_does(app, description):
    routes = {
        (rule.rule.replace("<id:", "{").replace(">", "}"), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api/") and rule.rule not in ("/api/openapi.json", "/api/docs")
    }
    described = {
        (path, method): operation
        for path, operations in description["paths"].items()
        for method, operation in operations.items()
        if method != "parameters"
    }
    assert set(described) == routes
    for operation in described.values():
        assert operation["summary"].endswith(".")


def test_the_description_is_shown_on_a_page_of_this_site(client, description):
    page = client.get("/api/docs")
    assert page.status_code == 200
    for path in description["paths"]:
        assert path in page.text
    for schema in description["components"]["schemas"]:
        assert f'id="{schema}"' in page.text


def test_whatever_is_asked_the_answer_is_one_that_is_described(app, susan, john, token_of, write, api):
    """Values of every kind, right and wrong, in every place: no answer is a fault of ours, none is not described."""
    write(susan, "hello")
    api("POST", f"/conversations/{john.id}", {"body": "hello"})
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", app)
    asked = set()
    for result in schema.get_all_operations():
        operation = result.ok()
        if "/tokens" in operation.path:  # it would end its own
            continue
        ask(app, operation, token_of(susan), asked)
    assert {200, 201, 204, 400, 404} <= asked


def ask(app, operation, token, asked):
    from app.limits import limiter

    @given(case=operation.as_strategy())
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_one(case):
        limiter.reset()
        answer = case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=CHECKS)
        asked.add(answer.status_code)

    try_one()
