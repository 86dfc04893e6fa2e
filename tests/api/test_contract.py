"""The API responds as its OpenAPI description says."""

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from app.web import rate_limits

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


@pytest.fixture
def description(client):
    return client.get("/api/openapi.json").json


def test_every_route_has_an_operation_with_a_summary(app, description):
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


def test_docs_page_shows_every_path_and_schema(client, description):
    page = client.get("/api/docs")
    assert page.status_code == 200
    for path in description["paths"]:
        assert path in page.text
    for schema in description["components"]["schemas"]:
        assert f'id="{schema}"' in page.text


@pytest.mark.parametrize(
    ("kind", "statuses"),
    [(GenerationMode.POSITIVE, {200, 201, 204, 400, 404}), (GenerationMode.NEGATIVE, {400, 404})],
    ids=["valid", "invalid"],
)
def test_response_to_generated_values_is_described(app, susan, john, token_of, basic, write, api, kind, statuses):
    """Each operation gets valid or invalid values: no response is a server error or missing in the description."""
    write(susan, "hello")
    api("POST", f"/conversations/{john.id}", {"body": "hello"})
    headers = {"token": {"Authorization": f"Bearer {token_of(susan)}"}, "password": basic("susan"), None: {}}
    seen = set()
    for operation in operations_of(app):
        if operation.method == "delete" and "/tokens" in operation.path:  # it would revoke the token in use
            continue
        seen |= send_generated(operation, kind, headers[credential(operation)])
    assert seen >= statuses


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}], ids=str)
@pytest.mark.parametrize("kind", GenerationMode, ids=["valid", "invalid"])
def test_response_without_valid_credentials_is_a_described_401(app, susan, header, kind):
    for operation in operations_of(app):
        if credential(operation):
            assert 401 in send_generated(operation, kind, header, examples=6)


def operations_of(app):
    return [found.ok() for found in schemathesis.openapi.from_wsgi("/api/openapi.json", app).get_all_operations()]


def credential(operation):
    """Return what the operation requires: "token", "password", or None."""
    return next((name for way in operation.definition.raw.get("security", ()) for name in way), None)


def send_generated(operation, kind, headers, examples=12):
    """Send requests with generated values of that kind, check each response; return the status codes."""
    statuses = set()

    @given(case=operation.as_strategy(kind))
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def try_one(case):
        rate_limits.reset()
        statuses.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    try_one()
    return statuses
