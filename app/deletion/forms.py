"""The form that asks for a deletion."""

from flask_babel import lazy_gettext as _l

from app.auth.forms import current_password
from app.web.forms import OnceForm


class DeleteAccountForm(OnceForm):
    password = current_password(_l("Current password"))
