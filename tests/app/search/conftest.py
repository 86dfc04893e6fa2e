"""What the tests of search share."""

import pytest

from app.pagination import NEWEST
from app.search import queries
from app.search.words import asked


@pytest.fixture
def found(context):
    """`found("hello")`: the texts of the posts that are found, on one page."""
    return lambda question: [row.body for row in queries.posts(asked(question), NEWEST, 100).items]


@pytest.fixture
def people_found(context):
    """`people_found("su")`: the usernames of the people that are found, on one page."""
    return lambda question: [row.username for row in queries.people(asked(question), NEWEST, 100).items]
