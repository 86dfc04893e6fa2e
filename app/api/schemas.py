"""What is sent and answered, for the OpenAPI document and for reading what is sent. Answers are written by
representations.py: marshmallow takes three times as long to write them, as long as the queries."""

from marshmallow import Schema, fields, validate

from app.auth.passwords import SHORTEST
from app.database import LARGEST_ID
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


class Links(Schema):
    self = fields.String(required=True)
    next = fields.String(allow_none=True)
    prev = fields.String(allow_none=True)


class Meta(Schema):
    page = fields.Integer(required=True)
    per_page = fields.Integer(required=True)
    total_pages = fields.Integer(required=True)
    total_items = fields.Integer(required=True)


class UserLinks(Schema):
    self = fields.String(required=True)
    followers = fields.String(required=True)
    following = fields.String(required=True)
    avatar = fields.String(required=True)


class User(Schema):
    id = fields.Integer(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)
    about_me = fields.String(required=True)
    email = fields.String(metadata={"description": "Only of oneself."})
    last_seen = fields.DateTime(required=True)
    post_count = fields.Integer(required=True)
    follower_count = fields.Integer(required=True)
    following_count = fields.Integer(required=True)
    links = fields.Nested(UserLinks, data_key="_links", required=True)


class Users(Schema):
    items = fields.List(fields.Nested(User), required=True)
    meta = fields.Nested(Meta, data_key="_meta", required=True)
    links = fields.Nested(Links, data_key="_links", required=True)


class NewUser(Schema):
    """Lengths and letters are as the registration's page has them."""

    username = fields.String(required=True, metadata={"pattern": f"^{USERNAME.pattern}$"})
    email = fields.String(required=True, metadata={"format": "email"})
    password = fields.String(required=True, metadata={"minLength": SHORTEST})


class UserChange(Schema):
    """What to change; what is left out stays."""

    username = fields.String()
    display_name = fields.String()
    about_me = fields.String()
    email = fields.String(
        metadata={"description": "A new one takes effect when the link that is mailed to it is opened."}
    )
    password = fields.String(metadata={"description": "One's own, which a new e-mail address needs."})


class NewToken(Schema):
    name = fields.String(load_default="", metadata={"description": "By which to tell tokens apart."})


class Token(Schema):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    expires_at = fields.DateTime(required=True)


class IssuedToken(Token):
    token = fields.String(required=True, metadata={"description": "Shown this once."})


class Tokens(Schema):
    items = fields.List(fields.Nested(Token), required=True)


class Author(Schema):
    id = fields.Integer(required=True)
    username = fields.String(required=True)
    display_name = fields.String(required=True)


class PostLinks(Schema):
    self = fields.String(required=True)
    author = fields.String(required=True)


class Post(Schema):
    id = fields.Integer(required=True)
    body = fields.String(required=True)
    language = fields.String(required=True, allow_none=True, metadata={"description": "A BCP 47 tag, if it is known."})
    created_at = fields.DateTime(required=True)
    author = fields.Nested(Author, required=True)
    links = fields.Nested(PostLinks, data_key="_links", required=True)


class Posts(Schema):
    items = fields.List(fields.Nested(Post), required=True)


class People(Schema):
    items = fields.List(fields.Nested(Author), required=True)


class NewText(Schema):
    body = fields.String(required=True, metadata={"minLength": 1})


class NewPost(NewText):
    language = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "A BCP 47 tag. It is detected where none is given."},
    )


class NewTranslation(Schema):
    language = fields.String(required=True, metadata={"description": "Into which: a BCP 47 tag."})


class Translation(Schema):
    language = fields.String(required=True)
    body = fields.String(required=True)


class Message(Schema):
    id = fields.Integer(required=True)
    body = fields.String(required=True)
    created_at = fields.DateTime(required=True)
    outgoing = fields.Boolean(required=True, metadata={"description": "Whether one wrote it oneself."})


class Messages(Schema):
    items = fields.List(fields.Nested(Message), required=True)


class Conversation(Schema):
    person = fields.Nested(Author, required=True)
    unread = fields.Integer(required=True)
    newest = fields.Nested(Message, required=True)


class Conversations(Schema):
    items = fields.List(fields.Nested(Conversation), required=True)


class Seen(Schema):
    up_to = fields.Integer(required=True, validate=validate.Range(min=0, max=LARGEST_ID))


class Notification(Schema):
    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": "In the language asked for."})
    unread = fields.Boolean(required=True)
    created_at = fields.DateTime(required=True)
    actor = fields.Nested(Author, required=True, allow_none=True)


class Notifications(Schema):
    items = fields.List(fields.Nested(Notification), required=True)
