"""Fixtures for the tests of search."""

import pytest

from app.pagination import NEWEST
from app.search import queries
from app.search.words import query_terms


@pytest.fixture
def found(context):
    """`found("hello")`: the bodies of the posts that match, on one page."""
    return lambda query: [row.body for row in queries.posts(query_terms(query), NEWEST, 100).items]


@pytest.fixture
def users_found(context):
    """`users_found("su")`: the usernames of the users that match, on one page."""
    return lambda query: [row.username for row in queries.users(query_terms(query), NEWEST, 100).items]
