"""The dashboard for Grafana asks, in valid PromQL, for metrics and labels that the application exports."""

import json
from pathlib import Path

import promql_parser
import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from app.metrics import http_requests, jobs, pool  # noqa: F401  pool: it registers its metrics

DASHBOARD = json.loads((Path(__file__).resolve().parents[2] / "deploy/grafana/microblog.json").read_text("utf-8"))
QUERIES = [target["expr"] for panel in DASHBOARD["panels"] for target in panel["targets"]]
SCRAPED = {"job"}  # labels that Prometheus adds


@pytest.fixture(scope="module")
def exported():
    """The application's metrics, as Prometheus gets them."""
    http_requests.REQUESTS.labels("GET", "/", "200").inc()
    http_requests.DURATION.labels("GET", "/").observe(0.1)
    jobs.ENDED.labels("export", "done").inc()
    families = text_string_to_metric_families(generate_latest().decode())
    return [
        family
        for family in families
        if family.name.startswith("microblog_") and not family.name.endswith("_created")  # which a server leaves out
    ]


@pytest.fixture(scope="module")
def labels(exported):
    """The labels of each time series."""
    return {sample.name: set(sample.labels) for family in exported for sample in family.samples}


def read(query):
    """Return the time series that a query selects, and all labels that it names."""
    series, named = [], set()

    def visit(expression):
        if isinstance(expression, promql_parser.MatrixSelector):
            expression = expression.vector_selector
        if isinstance(expression, promql_parser.VectorSelector):
            series.append(expression.name)
            named.update(matcher.name for matcher in expression.matchers.matchers)
        if isinstance(expression, promql_parser.AggregateExpr) and expression.modifier:
            named.update(expression.modifier.labels)

    promql_parser.walk(promql_parser.parse(query.replace("$__rate_interval", "5m")), visit)
    return series, named


def faults(query, labels):
    """Return the time series that are not exported, and the labels that none of the query's has."""
    series, named = read(query)
    known = SCRAPED.union(*(labels.get(name, set()) for name in series))
    return sorted(set(series) - set(labels)) + sorted(named - known)


@pytest.mark.parametrize("query", QUERIES)
def test_query_reads_exported_metrics(query, labels):
    assert read(query)[0]
    assert faults(query, labels) == []


def test_every_metric_has_a_panel(exported):
    shown = {name for query in QUERIES for name in read(query)[0]}
    assert [family.name for family in exported if not shown & {sample.name for sample in family.samples}] == []


def test_variables_read_exported_metrics(labels):
    [variable] = [each for each in DASHBOARD["templating"]["list"] if each["type"] == "query"]
    assert variable["query"].removeprefix("label_values(").removesuffix(", job)") in labels


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sum(microblog_no_such_total)", ["microblog_no_such_total"]),
        ("rate(microblog_http_requests[5m])", ["microblog_http_requests"]),
        ('microblog_jobs_total{state="done"}', ["state"]),
        ('sum by (path) (rate(microblog_http_requests_total{job="a"}[$__rate_interval]))', ["path"]),
        ('histogram_quantile(0.5, sum by (le) (microblog_http_request_duration_seconds_bucket{route="/"}))', []),
    ],
)
def test_faults_of_queries_are_found(query, found, labels):
    assert faults(query, labels) == found


def test_invalid_query_is_refused():
    with pytest.raises(ValueError, match="unclosed left parenthesis"):
        read("sum by (rate(microblog_jobs_total[5m])")
