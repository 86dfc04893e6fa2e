import pytest

from app.database import db
from app.relationships.services import follow


def test_users_are_listed_in_numbered_pages(api, susan, make_user):
    for number in range(4):
        make_user(f"user{number}")
    first = api("GET", "/users?per_page=2").json
    assert first["_meta"] == {"page": 1, "per_page": 2, "total_pages": 3, "total_items": 5}
    assert first["_links"] == {
        "self": "/api/users?page=1&per_page=2",
        "next": "/api/users?page=2&per_page=2",
        "prev": None,
    }
    names, link = [], first["_links"]["self"]
    while link:
        page = api("GET", link.removeprefix("/api")).json
        names += [user["username"] for user in page["items"]]
        link = page["_links"]["next"]
    assert names == ["susan", "user0", "user1", "user2", "user3"]
    assert api("GET", "/users?page=99").json["items"] == []


def test_page_has_ten_users_by_default_and_up_to_a_hundred(api, susan, make_user):
    for number in range(10):
        make_user(f"user{number}")
    for query, shown, meta in (
        ("", 10, {"page": 1, "per_page": 10, "total_pages": 2, "total_items": 11}),
        ("?per_page=100", 11, {"page": 1, "per_page": 100, "total_pages": 1, "total_items": 11}),
    ):
        answer = api("GET", f"/users{query}")
        assert (answer.status_code, len(answer.json["items"]), answer.json["_meta"]) == (200, shown, meta)


@pytest.mark.parametrize("listed", ["followers", "following"])
def test_pages_of_followers_and_followed_link_to_one_another(api, susan, make_user, listed):
    others = [make_user(f"user{number}") for number in range(5)]
    for other in others:
        follow(*((other.id, susan.id) if listed == "followers" else (susan.id, other.id)))
    db.session.commit()
    path = f"/users/{susan.id}/{listed}"

    def address(page):
        return f"/api{path}?page={page}&per_page=2"

    for page, names, before, after in (
        (1, ["user0", "user1"], None, address(2)),
        (2, ["user2", "user3"], address(1), address(3)),
        (3, ["user4"], address(2), None),
    ):
        answer = api("GET", f"{path}?page={page}&per_page=2").json
        assert [user["username"] for user in answer["items"]] == names
        assert answer["_meta"] == {"page": page, "per_page": 2, "total_pages": 3, "total_items": 5}
        assert answer["_links"] == {"self": address(page), "next": after, "prev": before}


@pytest.mark.parametrize(
    "query", ["page=0", "page=x", "page=99999999999999999999", "per_page=101", "per_page=0", "page="]
)
def test_invalid_page_is_refused_with_the_name_of_the_argument(api, susan, query):
    for path in ("/users", f"/users/{susan.id}/followers", f"/users/{susan.id}/following"):
        answer = api("GET", f"{path}?{query}")
        assert answer.status_code == 400
        assert answer.json["message"].startswith("p")  # page or per_page
