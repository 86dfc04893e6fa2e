"""Two requests for the same rows, one between any two statements of the other: both get a defined answer."""

import itertools
from types import SimpleNamespace

import pytest
from sqlalchemy.exc import NoResultFound

from app.auth.services import issue_token, start_session
from app.database import db
from app.exceptions import NotFound
from app.messages.services import send
from app.posts.services import create_post
from app.relationships.services import follow
from app.users.models import User
from app.users.services import create_user, delete_user
from app.web import rate_limits

numbers = itertools.count()


@pytest.fixture
def prepare(app, context):
    """`prepare()`: make susan and david, who follow and write to each other; returns their ids and what they made."""

    def prepare():
        rate_limits.reset()
        names = [f"{name}{next(numbers)}" for name in ("susan", "david")]
        susan, david = [create_user(name, f"{name}@example.com", "correct horse") for name in names]
        for author, other in ((susan, david), (david, susan)):
            follow(author.id, other.id)
            send(author.id, other.id, "Hello")
        (susans, row), (davids, _row) = issue_token(susan), issue_token(david)
        made = {"post": create_post(susan.id, "Hello").id, "message": send(susan.id, david.id, "Bye").id}
        made |= {"session": start_session(susan, "", remember=False), "name": david.username}
        given = SimpleNamespace(susan=susan.id, david=david.id, susans=susans, davids=davids, token=row.id, **made)
        db.session.commit()
        return given

    return prepare


@pytest.fixture
def request_of(app):
    """`request_of("susan POST /posts", …)`: returns a function that sends the request and returns its status."""

    def request_of(request, **body):
        def send(given):
            sender, method, path = request.split()
            headers = {"Authorization": f"Bearer {getattr(given, sender + 's')}"}
            values = {name: value.format(given) if isinstance(value, str) else value for name, value in body.items()}
            path = f"/api{path.format(given)}"
            return app.test_client().open(path, method=method, json=values or None, headers=headers).status_code

        return send

    return request_of


def delete(name):
    """Return a function that deletes the account of that user, as `flask user delete` does; it returns a status."""

    def delete(given):
        try:
            delete_user(db.session.get_one(User, getattr(given, name)))
        except (NotFound, NoResultFound):
            return 404
        return 204

    return delete


POST = ("susan POST /posts", {"body": "Hello"})
FOLLOW, UNFOLLOW = ("susan POST /users/{0.david}/follow", {}), ("susan DELETE /users/{0.david}/follow", {})
SEND = ("susan POST /conversations/{0.david}", {"body": "Hello"})
DELETE_POST, DELETE_MESSAGE = ("susan DELETE /posts/{0.post}", {}), ("susan DELETE /messages/{0.message}", {})
DELETE_CONVERSATION = ("susan DELETE /conversations/{0.david}", {})
DELETE_DAVIDS = ("david DELETE /conversations/{0.susan}", {})
TAKE, TAKE_TOO = [(f"{name} PUT /users/{{0.{name}}}", {"username": "new{0.susan}"}) for name in ("susan", "david")]
ADDRESS = ("susan PUT /users/{0.susan}", {"email": "new{0.susan}@example.com", "password": "correct horse"})

# The request, what comes between, and the pairs of statuses: of the request, and of what came between.
RACES = {
    "post, account deleted": (POST, delete("susan"), {(404, 204), (201, 204), (410, 204)}),
    "delete post, account deleted": (DELETE_POST, delete("susan"), {(404, 204), (204, 204)}),
    "follow, followed account deleted": (FOLLOW, delete("david"), {(404, 204), (204, 204)}),
    "unfollow, followed account deleted": (UNFOLLOW, delete("david"), {(404, 204), (204, 204)}),
    "send, account deleted": (SEND, delete("susan"), {(404, 204), (201, 204), (410, 204)}),
    "send, recipient deleted": (SEND, delete("david"), {(404, 204), (201, 204), (410, 204)}),
    "send, conversation deleted": (SEND, DELETE_CONVERSATION, {(201, 204), (410, 204)}),
    "send, conversation deleted by recipient": (SEND, DELETE_DAVIDS, {(201, 204)}),
    "delete message, conversation deleted": (DELETE_MESSAGE, DELETE_CONVERSATION, {(404, 204), (204, 204)}),
    "delete message, account deleted": (DELETE_MESSAGE, delete("susan"), {(404, 204), (204, 204)}),
    "delete conversation twice": (DELETE_CONVERSATION, DELETE_CONVERSATION, {(404, 204), (204, 404)}),
    "rename, account deleted": (TAKE, delete("susan"), {(404, 204), (200, 204)}),
    "rename to one name": (TAKE, TAKE_TOO, {(400, 200), (200, 400)}),
    "new address, account deleted": (ADDRESS, delete("susan"), {(404, 204), (403, 204), (200, 204)}),
}


@pytest.mark.parametrize(("request_", "between", "expected"), RACES.values(), ids=RACES)
def test_each_request_of_a_race_has_a_defined_answer(interleave, prepare, request_of, request_, between, expected):
    first, second = [call if callable(call) else request_of(call[0], **call[1]) for call in (request_, between)]
    answers = interleave(prepare, second, first)
    assert answers
    assert set(answers) <= expected


@pytest.fixture
def submit(app, monkeypatch):
    """`submit(path)`: returns a function that submits a form to that path as susan, and returns the status."""
    monkeypatch.setitem(app.config, "WTF_CSRF_ENABLED", False)

    def submit(path):
        def send(given):
            client = app.test_client()
            with client.session_transaction() as session:
                session["_user_id"] = given.session
            return client.post(path.format(given), data={"body": "Hello", "seen": given.message}).status_code

        return send

    return submit


PATHS = ["/messages/with/{0.name}", "/messages/with/{0.name}/seen", "/messages/{0.message}/delete"]


@pytest.mark.parametrize("path", [*PATHS, "/follow/{0.name}", "/unfollow/{0.name}"])
def test_form_about_an_account_that_is_deleted_is_answered(interleave, prepare, submit, path):
    answers = interleave(prepare, delete("david"), submit(path))
    assert answers
    assert set(answers) <= {(302, 204), (404, 204)}
