"""The shapes of what the API answers: each schema serialises what it describes."""

from typing import Any

from marshmallow import Schema, fields

from app.api.stored import Boolean, DateTime, Integer, OwnEmail, Part, Path, Paths, String
from app.notifications.texts import text_of


class Error(Schema):
    error = fields.String(required=True, metadata={"description": "The name of the status."})
    message = fields.String(required=True, metadata={"description": "What is wrong, and with which field."})


class Row(Schema):
    """Describes and dumps a row, an object with these attributes."""


class Links(Schema):
    self = fields.String(required=True)
    next = fields.String(allow_none=True)
    prev = fields.String(allow_none=True)


class Meta(Schema):
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)
    total_items = fields.Integer(required=True)


class UserLinks(Row):
    self = Path("/api/users/")
    followers = Path("/api/users/", suffix="/followers")
    following = Path("/api/users/", suffix="/following")
    avatar = Path("/avatar/", suffix=".svg")


class User(Row):
    """A row of api/queries.py."""

    id = Integer(required=True)
    username = String(required=True)
    display_name = String(required=True)
    about_me = String(required=True)
    email = OwnEmail(metadata={"description": "Only of the caller."})
    last_seen = DateTime(required=True, attribute="last_seen_at")
    post_count = Integer(required=True)
    follower_count = Integer(required=True)
    following_count = Integer(required=True)
    links = Paths(UserLinks, data_key="_links", required=True)


class Users(Schema):
    items = fields.Nested(User, many=True, required=True)
    meta = fields.Nested(Meta, data_key="_meta", required=True)
    links = fields.Nested(Links, data_key="_links", required=True)


class Deletion(Schema):
    due_at = fields.DateTime(required=True)


class Token(Row):
    id = Integer(required=True)
    name = String(required=True)
    created_at = DateTime(required=True)
    expires_at = DateTime(required=True)


class IssuedToken(Token):
    token = String(required=True, metadata={"description": "Shown only once."})


class Tokens(Schema):
    items = fields.Nested(Token, many=True, required=True)


class Person(Row):
    """A user in short."""

    id = Integer(required=True)
    username = String(required=True)
    display_name = String(required=True)


class Author(Person):
    """The user who wrote a post."""

    id = Integer(required=True, attribute="author_id")


class PostLinks(Row):
    self = Path("/api/posts/")
    author = Path("/api/users/", "author_id")


class Post(Row):
    """A posts.queries.PostRow."""

    id = Integer(required=True)
    body = String(required=True)
    language = String(required=True, allow_none=True, metadata={"description": "A BCP 47 tag, if known."})
    created_at = DateTime(required=True)
    author = Part(Author, required=True)
    links = Paths(PostLinks, data_key="_links", required=True)


class Posts(Schema):
    items = fields.Nested(Post, many=True, required=True)


class People(Schema):
    items = fields.Nested(Person, many=True, required=True)


class Translation(Schema):
    language = fields.String(required=True)
    body = fields.String(required=True)


class Message(Row):
    """A row of messages.queries."""

    id = Integer(required=True)
    body = String(required=True)
    created_at = DateTime(required=True)
    outgoing = Boolean(required=True, metadata={"description": "Whether the caller wrote it."})


class Messages(Schema):
    items = fields.Nested(Message, many=True, required=True)


class Correspondent(Person):
    """The other user of a conversation."""

    id = Integer(required=True, attribute="user_id")


class Conversation(Row):
    """A row of messages.queries.people."""

    person = Part(
        Correspondent, when="user_id", required=True, metadata={"description": "Null if the account was deleted."}
    )
    unread = Integer(required=True)
    newest = Part(Message, required=True)


class Conversations(Schema):
    items = fields.Nested(Conversation, many=True, required=True)


class Actor(Person):
    """The user who caused a notification."""

    id = Integer(required=True, attribute="actor_id")


class Text(fields.String):
    """What a notification says, in the language of the request."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> str:
        """The sentence of a row of notifications.queries."""
        return text_of(obj)


class Notification(Row):
    """A row of notifications.queries."""

    id = Integer(required=True)
    kind = String(required=True)
    text = Text(required=True, metadata={"description": "In the language of the request."})
    unread = Boolean(required=True)
    created_at = DateTime(required=True)
    actor = Part(Actor, required=True, when="actor_id")


class Notifications(Schema):
    items = fields.Nested(Notification, many=True, required=True)
