"""Fixtures of the tests that break things (`make test-faults`), and the report at their end."""

import inspect
import json
import re

import pytest
from load import PASSWORD, Load, sign_in, sign_up_all


@pytest.fixture(scope="session")
def image(build, any_builder):
    return build("optimized", any_builder)


@pytest.fixture
def serve(image, start):
    """serve(*options): starts the application with these options of `docker run`, and waits until it is ready."""

    def serve(*options, **arguments):
        site = start(image, options=options, port=True, **arguments)
        assert site.wait_for_answer("/health/ready").status == 200
        return site

    return serve


@pytest.fixture
def load():
    """load(site, number=8, …): clients with accounts of their own, as a context; see load.Load."""

    def load(site, number=8, **options):
        return Load(sign_up_all(("127.0.0.1", site.port), number), **options)

    return load


@pytest.fixture
def author():
    """author(site): signs in the author of 20,000 posts, whose export takes a while. For a site without accounts."""

    def author(site):
        seed = ("--users", "1", "--posts", "20000", "--follows", "0", "--password", PASSWORD)
        name = re.search(r"Sign in as (\w+)", site.exec("flask", "seed", *seed))[1]
        return sign_in(("127.0.0.1", site.port), 1, name)

    return author


@pytest.fixture
def counted(request, record_property):
    """counted(answered=312, slowest=0.4): figures for the report, which shows them below the test's docstring."""
    record_property("done", inspect.getdoc(request.function))

    def counted(**figures):
        for name, figure in figures.items():
            record_property(name.replace("_", " "), figure)

    return counted


def pytest_terminal_summary(terminalreporter):
    """Prints what was done in each test, and what was counted."""
    reports = [each for each in terminalreporter.getreports("passed") if dict(each.user_properties).get("done")]
    if reports:
        terminalreporter.section("what was done, and what was counted")
    for report in reports:
        (_, done), *figures = report.user_properties
        terminalreporter.line(f"{report.nodeid.rpartition('::')[2]}: {done}")
        for name, figure in figures:
            terminalreporter.line(f"    {name}: {figure if isinstance(figure, str) else json.dumps(figure)}")
