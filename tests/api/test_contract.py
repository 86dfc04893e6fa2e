"""The API answers what its description promises, whatever it is asked."""

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

from app.web.rate_limits import counter

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


@pytest.mark.parametrize(
    ("kind", "answers"),
    [(GenerationMode.POSITIVE, {200, 201, 204, 400, 404}), (GenerationMode.NEGATIVE, {400, 404})],
)
def test_whatever_is_asked_the_answer_is_one_that_is_described(
    app, susan, john, token_of, basic, write, api, kind, answers
):
    """Right values, then wrong ones, in every place: no answer is a fault of ours, none is not described."""
    write(susan, "hello")
    api("POST", f"/conversations/{john.id}", {"body": "hello"})
    headers = {"token": {"Authorization": f"Bearer {token_of(susan)}"}, "password": basic("susan"), None: {}}
    asked = set()
    for operation in operations_of(app):
        if operation.method == "delete" and "/tokens" in operation.path:  # it would end its own
            continue
        asked |= ask(operation, kind, headers[asks_for(operation)])
    assert asked >= answers


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer x"}, {"Authorization": "Basic eDp5"}])
@pytest.mark.parametrize("kind", GenerationMode)
def test_whoever_says_not_who_they_are_is_told_so_as_it_is_described(app, susan, header, kind):
    for operation in operations_of(app):
        if asks_for(operation):
            assert 401 in ask(operation, kind, header, examples=6)


def operations_of(app):
    return [found.ok() for found in schemathesis.openapi.from_wsgi("/api/openapi.json", app).get_all_operations()]


def asks_for(operation):
    """What whoever asks must show: "token", "password", or None."""
    return next((name for way in operation.definition.raw.get("security", ()) for name in way), None)


def ask(operation, kind, headers, examples=12):
    """Ask with values of that kind; the status codes of the answers, each of which is checked."""
    answers = set()

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
        counter.reset()
        answers.add(case.call_and_validate(headers=headers, checks=CHECKS).status_code)

    try_one()
    return answers
