"""The shapes of the API: they validate what is sent, serialise what is answered, and describe both."""

from typing import Any

from marshmallow import Schema, fields, validate

from app.api.fields import OwnEmail, Part, Path
from app.auth.passwords import SHORTEST
from app.database import LARGEST_ID
from app.notifications.texts import text_of
from app.users.rules import USERNAME

Page = validate.Range(min=1, max=1_000_000)
Limit = validate.Range(min=1, max=100)


class Error(Schema):
    error = fields.String(required=True, metadata={"description": "The name of the status."})
    message = fields.String(required=True, metadata={"description": "What is wrong, and with which field."})


class PageQuery(Schema):
    """Which page of a numbered list."""

    page = fields.Integer(load_default=1, validate=Page)
    per_page = fields.Integer(load_default=10, validate=Limit)


class KeyQuery(Schema):
    """Which part of a list by key: what is older than `before`, or newer than `after`, or the newest."""

    before = fields.Integer(validate=validate.Range(min=0), metadata={"maximum": LARGEST_ID})
    after = fields.Integer(validate=validate.Range(min=0), metadata={"maximum": LARGEST_ID})
    limit = fields.Integer(load_default=25, validate=Limit)


class SearchQuery(KeyQuery):
    """What is looked for, and which part of what is found."""

    q = fields.String(required=True, metadata={"description": "Words. Accents and case don't matter."})


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


class NewUser(Schema):
    """Lengths and letters are those of the registration page."""

    username = fields.String(required=True, metadata={"pattern": f"^{USERNAME.pattern}$"})
    email = fields.String(required=True, metadata={"format": "email"})
    password = fields.String(required=True, metadata={"minLength": SHORTEST})


class UserChange(Schema):
    """What to change; what is left out stays."""

    username = fields.String()
    display_name = fields.String()
    about_me = fields.String()
    email = fields.String(metadata={"description": "A new address takes effect when the link mailed to it is opened."})
    password = fields.String(metadata={"description": "The caller's own, required for a new email address."})


class NewToken(Schema):
    name = fields.String(load_default="", metadata={"description": "A name to tell tokens apart."})


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


class NewText(Schema):
    body = fields.String(required=True, metadata={"minLength": 1})


class NewPost(NewText):
    language = fields.String(
        load_default=None, allow_none=True, metadata={"description": "A BCP 47 tag; detected if none is given."}
    )


class NewTranslation(Schema):
    language = fields.String(required=True, metadata={"description": "The language to translate to: a BCP 47 tag."})


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


class Seen(Schema):
    up_to = fields.Integer(required=True, validate=validate.Range(min=0, max=LARGEST_ID))


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
