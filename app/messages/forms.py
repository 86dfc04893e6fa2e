"""The form of a message."""

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from app.messages import rules
from app.web.forms import OnceForm


class MessageForm(OnceForm):
    """What the composer of a conversation collects. The service validates."""

    body = TextAreaField(
        _l("Message"),
        description=_l("At most %(limit)d characters.", limit=rules.LIMIT),
        render_kw={"rows": 2, "dir": "auto", "required": True, "data-graphemes-max": rules.LIMIT},
    )
