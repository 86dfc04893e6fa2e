from types import SimpleNamespace

import pytest
from prometheus_client import REGISTRY
from werkzeug.test import Client

from app.metrics import http_requests
from app.metrics.http_requests import Measured


@pytest.fixture
def measured(app):
    """A client of the application behind the middleware."""
    return Client(Measured(app.wsgi_app))


def value(name, **labels):
    return REGISTRY.get_sample_value(f"microblog_http_{name}", labels) or 0


@pytest.mark.parametrize(
    ("method", "path", "labels"),
    [
        ("GET", "/user/susan", {"method": "GET", "route": "/user/<username>", "status": "302"}),
        ("GET", "/api/users/7", {"method": "GET", "route": "/api/users/<id:user_id>", "status": "401"}),
        ("HEAD", "/auth/login?next=/a", {"method": "HEAD", "route": "/auth/login", "status": "200"}),
        ("GET", "/static/logo.svg", {"method": "GET", "route": "/static/<path:filename>", "status": "200"}),
        ("GET", "/no/such/page", {"method": "GET", "route": "none", "status": "404"}),
        ("DELETE", "/auth/login", {"method": "DELETE", "route": "none", "status": "405"}),
        ("BREW", "/auth/login", {"method": "other", "route": "none", "status": "405"}),
        ("POST", "/auth/login", {"method": "POST", "route": "/auth/login", "status": "400"}),
    ],
)
def test_request_is_counted_by_method_route_and_status(measured, method, path, labels):
    count = {name: labels[name] for name in ("method", "route")}
    before = value("requests_total", **labels), value("request_duration_seconds_count", **count)
    assert measured.open(path, method=method).status_code == int(labels["status"])
    assert value("requests_total", **labels) == before[0] + 1
    assert value("request_duration_seconds_count", **count) == before[1] + 1


def test_duration_is_that_of_the_application(monkeypatch):
    clock = iter([10.0, 12.5])
    monkeypatch.setattr(http_requests, "time", SimpleNamespace(perf_counter=lambda: next(clock)))
    labels = {"method": "GET", "route": "none"}
    before = value("request_duration_seconds_sum", **labels)

    def application(environ, start_response):
        start_response("200 OK", [])
        return [b""]

    assert Client(Measured(application)).get("/").status_code == 200
    assert value("request_duration_seconds_sum", **labels) == pytest.approx(before + 2.5)


def test_failure_of_the_application_is_counted(app, measured, monkeypatch):
    monkeypatch.setattr(app, "testing", False)
    monkeypatch.setitem(app.view_functions, "health.live", lambda: 1 / 0)
    labels = {"method": "GET", "route": "/health", "status": "500"}
    before = value("requests_total", **labels)
    assert measured.get("/health").status_code == 500
    assert value("requests_total", **labels) == before + 1
