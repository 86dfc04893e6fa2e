"""The forms of messages."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from app.messages import rules
from app.web.forms import Form, OnceForm


class MessageForm(OnceForm):
    """What the composer of a conversation collects. The service validates."""

    body = TextAreaField(
        _l("Message"),
        description=_l("Up to %(limit)d characters.", limit=rules.LIMIT),
        render_kw={"rows": 2, "dir": "auto", "required": True, "data-graphemes-max": rules.LIMIT},
    )


class RecipientForm(Form):
    """To whom a new message goes, as the query of an address: it changes nothing, so it needs no CSRF token."""

    username = StringField(
        _l("New message to"),
        description=_l("A username, for example susan"),
        render_kw={
            "required": True,
            "maxlength": 65,  # an @ and a username
            "autocapitalize": "none",
            "spellcheck": "false",
            "autocomplete": "off",
        },
    )

    def __init__(self, **kwargs: Any):
        super().__init__(meta={"csrf": False}, **kwargs)
