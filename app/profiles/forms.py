"""Forms of profiles."""

from flask import current_app
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField

from app.users import rules
from app.web.forms import Form, obeys


class ProfileForm(Form):
    username = StringField(
        _l("Username"),
        [obeys(rules.username)],
        description=_l("1 to 64 of these: letters a to z, digits, underscores. Your page's address changes with it."),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 64},
    )
    display_name = StringField(
        _l("Name"),
        [obeys(rules.display_name)],
        description=_l(
            "What others see, in any script, at most %(limit)d characters. Empty: your username.",
            limit=rules.DISPLAY_NAME_LIMIT,
        ),
        render_kw={"autocomplete": "name", "dir": "auto"},
    )
    about_me = TextAreaField(
        _l("About me"),
        [obeys(rules.about_me)],
        description=_l("At most %(limit)d characters.", limit=rules.ABOUT_ME_LIMIT),
        render_kw={"rows": 3, "dir": "auto", "data-graphemes-max": rules.ABOUT_ME_LIMIT},
    )
    locale = SelectField(_l("Language"), [obeys(rules.locale)])

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.locale.choices = [("", _("As my browser asks")), *current_app.config["LANGUAGES"].items()]
