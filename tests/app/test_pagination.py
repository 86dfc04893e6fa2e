from types import SimpleNamespace

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest

from app.database import LARGEST_ID
from app.pagination import Key, key_from, paginate

SIZE = 3


class Rows:
    """Rows with these ids, which can be fetched by key as a query does; counts the fetches."""

    def __init__(self, *ids):
        self.ids = list(ids)
        self.fetched = 0

    def __call__(self, key, limit):
        self.fetched += 1
        ids = sorted(self.ids, reverse=key.after is None)
        if key.after is not None:
            ids = [one for one in ids if one > key.after]
        if key.before is not None:
            ids = [one for one in ids if one < key.before]
        return [SimpleNamespace(id=one) for one in ids[:limit]]


def ids(page):
    return [row.id for row in page.items]


@pytest.mark.parametrize(
    ("query", "key"),
    [
        ("", Key()),
        ("before=7", Key(before=7)),
        ("after=0", Key(after=0)),
        ("before=0007", Key(before=7)),
        ("before=99999999999999999999", Key(before=LARGEST_ID)),
        ("after=" + "9" * 5000, Key(after=LARGEST_ID)),
        ("page=2", Key()),
    ],
)
def test_query_string_is_read_as_a_key(app, query, key):
    assert key_from(arguments(app, query)) == key


@pytest.mark.parametrize(
    "query",
    [
        "before=-1",
        "before=abc",
        "before=",
        "before=1.5",
        "after=1e3",
        "before=٣",
        "before=²",
        "after=%00",
        "before=1 2",
        "before=5&after=3",
        "before=5&before=4",
        "after=1&after=1",
    ],
)
def test_invalid_key_is_a_bad_request(app, query):
    with pytest.raises(BadRequest):
        key_from(arguments(app, query))


def arguments(app, query) -> MultiDict:
    with app.test_request_context(f"/?{query}") as context:
        return context.request.args


@pytest.mark.parametrize("key", [Key(), Key(before=5), Key(after=0)])
def test_key_survives_a_query_string(key):
    assert key_from(MultiDict({name: str(value) for name, value in key.arguments.items()})) == key


def test_empty_list_is_a_page_without_neighbours():
    page = paginate(Rows(), Key(), SIZE)
    assert (ids(page), page.older, page.newer) == ([], None, None)


def test_only_page_has_no_neighbours_when_full():
    page = paginate(Rows(1, 2, 3), Key(), SIZE)
    assert (ids(page), page.older, page.newer) == ([3, 2, 1], None, None)


def test_pages_lead_to_the_oldest_rows_and_back():
    rows = Rows(*range(1, 9))
    first = paginate(rows, Key(), SIZE)
    second = paginate(rows, first.older, SIZE)
    third = paginate(rows, second.older, SIZE)
    assert [ids(page) for page in (first, second, third)] == [[8, 7, 6], [5, 4, 3], [2, 1]]
    assert (first.newer, third.older) == (None, None)

    assert ids(paginate(rows, third.newer, SIZE)) == [5, 4, 3]
    back = paginate(rows, second.newer, SIZE)
    assert (ids(back), back.newer, back.older) == ([8, 7, 6], None, Key(before=6))


def test_new_rows_neither_shift_nor_repeat_others():
    rows = Rows(*range(1, 31))
    seen, key, newest = [], Key(), 30
    while key is not None:
        page = paginate(rows, key, SIZE)
        seen += ids(page)
        key = page.older
        newest += 1
        rows.ids.append(newest)
    assert seen == list(range(30, 0, -1))


def test_key_of_a_deleted_row_still_works():
    assert ids(paginate(Rows(1, 2, 5), Key(before=4), SIZE)) == [2, 1]


def test_partial_page_of_newer_rows_is_filled_up():
    page = paginate(Rows(*range(1, 9)), Key(after=7), SIZE)
    assert (ids(page), page.newer) == ([8, 7, 6], None)


def test_key_after_the_newest_row_returns_the_newest_page():
    assert ids(paginate(Rows(1, 2, 3, 4), Key(after=LARGEST_ID), SIZE)) == [4, 3, 2]


def test_page_before_the_oldest_row_links_to_the_newest_page():
    page = paginate(Rows(5, 6), Key(before=5), SIZE)
    assert (ids(page), page.older, page.newer) == ([], None, Key())


@pytest.mark.parametrize("key", [Key(), Key(before=9), Key(before=4), Key(after=2)])
def test_page_takes_one_fetch(key):
    rows = Rows(*range(1, 9))
    paginate(rows, key, SIZE)
    assert rows.fetched == 1
