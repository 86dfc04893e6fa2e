"""Forms of signing in."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, PasswordField, StringField
from wtforms.validators import DataRequired, EqualTo

from app.auth import passwords
from app.auth import rules as token_rules
from app.users import rules
from app.web.forms import Form, obeys

LENGTHS = _l("%(shortest)d to %(longest)d characters.", shortest=passwords.SHORTEST, longest=passwords.LONGEST)


class LoginForm(Form):
    username = StringField(
        _l("Username or e-mail address"),
        [DataRequired(_l("Enter your username or e-mail address."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = PasswordField(
        _l("Password"), [DataRequired(_l("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )
    remember_me = BooleanField(_l("Keep me logged in on this device"))


def _new_password():
    """A pair of fields for a password to come."""
    return (
        PasswordField(
            _l("New password"),
            [obeys(passwords.checked)],
            description=LENGTHS,
            render_kw={"autocomplete": "new-password"},
        ),
        PasswordField(
            _l("New password again"),
            [EqualTo("new_password", _l("The two passwords differ."))],
            render_kw={"autocomplete": "new-password"},
        ),
    )


class RegisterForm(Form):
    username = StringField(
        _l("Username"),
        [obeys(rules.username)],
        description=_l("1 to 64 of these: letters a to z, digits, underscores. It is in the address of your page."),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 64},
    )
    email = EmailField(
        _l("E-mail address"),
        [obeys(rules.email)],
        description=_l("Nobody else sees it."),
        render_kw={"autocomplete": "email"},
    )
    password = PasswordField(
        _l("Password"),
        [obeys(passwords.checked)],
        description=LENGTHS,
        render_kw={"autocomplete": "new-password"},
    )
    password2 = PasswordField(
        _l("Password again"),
        [EqualTo("password", _l("The two passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )


class ResetRequestForm(Form):
    email = EmailField(_l("E-mail address"), [obeys(rules.email)], render_kw={"autocomplete": "email"})


class ResetPasswordForm(Form):
    new_password, new_password2 = _new_password()


class ChangeAddressForm(Form):
    email = EmailField(_l("New e-mail address"), [obeys(rules.email)], render_kw={"autocomplete": "email"})
    password = PasswordField(
        _l("Your password"),
        [DataRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )


class TokenForm(Form):
    name = StringField(
        _l("Name of a new token"),
        [obeys(token_rules.token_name)],
        description=_l("By which you tell your tokens apart: the program's, or the device's."),
        render_kw={"autocomplete": "off", "maxlength": token_rules.NAME_LIMIT, "dir": "auto"},
    )


class ConfirmForm(Form):
    """Nothing to fill in: a page that is opened changes nothing, its button does."""


class ChangePasswordForm(Form):
    password = PasswordField(
        _l("Current password"),
        [DataRequired(_l("Enter your password."))],
        render_kw={"autocomplete": "current-password"},
    )
    new_password, new_password2 = _new_password()
