"""The form of a profile. The service validates: users/rules.py."""

from typing import Any

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from app.users import rules
from app.web.forms import OnceForm


class ProfileForm(OnceForm):
    username = StringField(
        _l("Username"),
        description=_l("Up to 64 letters from a to z, digits and underscores. Your profile's address changes with it."),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 64},
    )
    display_name = StringField(
        _l("Display name"),
        description=_l(
            "Up to %(limit)d characters. If you leave it empty, your username is shown.", limit=rules.DISPLAY_NAME_LIMIT
        ),
        render_kw={"autocomplete": "name", "dir": "auto"},
    )
    about_me = TextAreaField(
        _l("About me"),
        description=_l("Up to %(limit)d characters.", limit=rules.ABOUT_ME_LIMIT),
        render_kw={"rows": 3, "dir": "auto", "data-graphemes-max": rules.ABOUT_ME_LIMIT},
    )
    locale = SelectField(_l("Language"), validate_choice=False)

    def __init__(self, **kwargs: Any):
        super().__init__(**kwargs)
        self.locale.choices = [("", _("Browser language")), *current_app.config["LANGUAGES"].items()]
