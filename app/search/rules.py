"""The rule of search queries, the same for pages and the API."""

from flask_babel import gettext as _

from app.exceptions import Invalid

# Code points. Browsers count those beyond 16 bits twice, so a box with this `maxlength` takes nothing that is refused.
LIMIT = 1000


def query(value: str) -> str:
    """Return the query. Raises Invalid for the field `q`, with a message for the user, if it is too long."""
    if len(value) > LIMIT:
        raise Invalid("q", _("Use at most %(limit)d characters.", limit=LIMIT))
    return value
