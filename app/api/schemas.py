"""The shapes of what the API answers: each schema serialises what it describes."""

from typing import Any

from flask import request
from marshmallow import Schema, fields, missing

from app.notifications.texts import text_of
from app.web.hooks import noted_user


class Part(fields.Nested):
    """An object in an object, whose fields come from the same row; null where the row has no `when`.

    Its fields are dumped one by one: marshmallow's own `dump` takes several times as long, for every row of a page.
    """

    def __init__(self, nested: Any, *, when: str | None = None, **options: Any):
        super().__init__(nested, allow_none=when is not None, **options)
        self._when = when

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> dict[str, Any] | None:
        """The part of `obj`."""
        if self._when and getattr(obj, self._when) is None:
            return None
        parts = self.schema.dump_fields.items()
        return {field.data_key or name: field.serialize(name, obj, getattr) for name, field in parts}


class Path(fields.String):
    """The address of a resource on this site: a pattern for the row, as in "/api/posts/{row.id}"."""

    def __init__(self, pattern: str, **options: Any):
        super().__init__(required=True, **options)
        self._pattern = pattern

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> str:
        """The address for `obj`."""
        return request.script_root + self._pattern.format(row=obj)


class OwnEmail(fields.String):
    """A user's email address, for themselves alone."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> Any:
        """The address of `obj`, or nothing."""
        return obj.email if obj.id == noted_user() else missing


class Error(Schema):
    error = fields.String(required=True, metadata={"description": "The name of the status."})
    message = fields.String(required=True, metadata={"description": "What is wrong, and with which field."})


class Row(Schema):
    """Dumps the attributes of a row."""

    def get_attribute(self, obj: Any, attr: str, default: Any) -> Any:
        """The attribute alone: marshmallow's own looks for keys and dotted names too."""
        return getattr(obj, attr, default)


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
    self = Path("/api/users/{row.id}")
    followers = Path("/api/users/{row.id}/followers")
    following = Path("/api/users/{row.id}/following")
    avatar = Path("/avatar/{row.id}.svg")


class User(Row):
    """A row of api/queries.py."""

    id = fields.Integer(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    about_me = fields.String(required=True)
    email = OwnEmail(metadata={"description": "Only of the caller."})
    last_seen = fields.DateTime(required=True, attribute="last_seen_at")
    post_count = fields.Integer(required=True)
    follower_count = fields.Integer(required=True)
    following_count = fields.Integer(required=True)
    links = Part(UserLinks, data_key="_links", required=True)


class Users(Schema):
    items = fields.Nested(User, many=True, required=True)
    meta = fields.Nested(Meta, data_key="_meta", required=True)
    links = fields.Nested(Links, data_key="_links", required=True)


class Token(Row):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)


class IssuedToken(Token):
    token = fields.String(required=True, metadata={"description": "Shown only once."})


class Tokens(Schema):
    items = fields.Nested(Token, many=True, required=True)


class Person(Row):
    """A user in short."""

    id = fields.Integer(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)


class Author(Person):
    """The user who wrote a post."""

    id = fields.Integer(required=True, attribute="author_id")


class PostLinks(Row):
    self = Path("/api/posts/{row.id}")
    author = Path("/api/users/{row.author_id}")


class Post(Row):
    """A posts.queries.PostRow."""

    id = fields.Integer(required=True)
    body = fields.String(required=True)
    language = fields.String(required=True, allow_none=True, metadata={"description": "A BCP 47 tag, if known."})
    created_at = fields.DateTime(required=True)
    author = Part(Author, required=True)
    links = Part(PostLinks, data_key="_links", required=True)


class Posts(Schema):
    items = fields.Nested(Post, many=True, required=True)


class People(Schema):
    items = fields.Nested(Person, many=True, required=True)


class Translation(Schema):
    language = fields.String(required=True)
    body = fields.String(required=True)


class Message(Row):
    """A row of messages.queries."""

    id = fields.Integer(required=True)
    body = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    outgoing = fields.Boolean(required=True, metadata={"description": "Whether the caller wrote it."})


class Messages(Schema):
    items = fields.Nested(Message, many=True, required=True)


class Correspondent(Person):
    """The other user of a conversation."""

    id = fields.Integer(required=True, attribute="user_id")


class Conversation(Row):
    """A row of messages.queries.people."""

    person = Part(Correspondent, required=True)
    unread = fields.Integer(required=True)
    newest = Part(Message, required=True)


class Conversations(Schema):
    items = fields.Nested(Conversation, many=True, required=True)


class Actor(Person):
    """The user who caused a notification."""

    id = fields.Integer(required=True, attribute="actor_id")


class Text(fields.String):
    """What a notification says, in the language of the request."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> str:
        """The sentence of a row of notifications.queries."""
        return text_of(obj)


class Notification(Row):
    """A row of notifications.queries."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    text = Text(required=True, metadata={"description": "In the language of the request."})
    unread = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    actor = Part(Actor, required=True, when="actor_id")


class Notifications(Schema):
    items = fields.Nested(Notification, many=True, required=True)
