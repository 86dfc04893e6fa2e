"""The shapes of what is sent to the API: each schema validates what it describes."""

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import Schema, fields, post_load, validate

from app.database import LARGEST_ID
from app.search.rules import LIMIT
from app.users.rules import PASSWORD_MIN, USERNAME

Page = validate.Range(min=1, max=1_000_000)
Limit = validate.Range(min=1, max=100)
KEY = r"^(\"[ !#-\[\]-~]{1,255}\"|[!#-\[\]-~]{1,255})$"


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

    q = fields.String(
        required=True, metadata={"description": "Words. Accents and case don't matter.", "maxLength": LIMIT}
    )


class IdempotencyKey(Schema):
    """The header Idempotency-Key: draft-ietf-httpapi-idempotency-key-header, with or without the quotes of a String."""

    key = fields.String(
        data_key="Idempotency-Key",
        load_default="",
        validate=validate.Regexp(KEY, error=_l("Send 1 to 255 printable ASCII characters.")),
        metadata={
            "description": "Makes a retry safe: for a day, a request with the same key and the same body gets the "
            "answer of the first and creates nothing. Use a new random key, such as a UUID, for each new request.",
            "pattern": KEY,
        },
    )

    @post_load
    def unquote(self, values: dict[str, str], **_options: Any) -> dict[str, str]:
        """Return the key without its quotes."""
        return {"key": values["key"].strip('"')}


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
