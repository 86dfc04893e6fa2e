"""The form that asks for a deletion."""

from flask_babel import lazy_gettext as _l

from app.auth.forms import current_password
from app.web.forms import Form


class DeleteAccountForm(Form):
    password = current_password(_l("Your password"))
