"""The shapes of what is sent to the API: each schema validates what it describes."""

from marshmallow import Schema, fields, validate

from app.database import LARGEST_ID
from app.users.rules import PASSWORD_MIN, USERNAME

Page = validate.Range(min=1, max=1_000_000)
Limit = validate.Range(min=1, max=100)


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


class NewUser(Schema):
    """Lengths and letters are those of the registration page."""

    username = fields.String(required=True, metadata={"pattern": f"^{USERNAME.pattern}$"})
    email = fields.String(required=True, metadata={"format": "email"})
    password = fields.String(
        required=True,
        metadata={
            "minLength": PASSWORD_MIN,
            "description": "Not a common password, a sequence or a repetition; not the username or the address.",
        },
    )


class UserChange(Schema):
    """What to change; what is left out stays."""

    username = fields.String()
    display_name = fields.String()
    about_me = fields.String()
    email = fields.String(metadata={"description": "A new address takes effect when the link mailed to it is opened."})
    password = fields.String(metadata={"description": "The caller's own, required for a new email address."})


class NewToken(Schema):
    name = fields.String(load_default="", metadata={"description": "A name to tell tokens apart."})


class NewText(Schema):
    body = fields.String(required=True, metadata={"minLength": 1})


class NewPost(NewText):
    language = fields.String(
        load_default=None, allow_none=True, metadata={"description": "A BCP 47 tag; detected if none is given."}
    )


class NewTranslation(Schema):
    language = fields.String(required=True, metadata={"description": "The language to translate to: a BCP 47 tag."})


class Seen(Schema):
    up_to = fields.Integer(required=True, validate=validate.Range(min=0, max=LARGEST_ID))
