"""Forms of sign-in and account settings. The services validate: users/rules.py, auth/rules.py."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, HiddenField, PasswordField, StringField
from wtforms.validators import DataRequired, InputRequired

from app.users.rules import PASSWORD_MAX, PASSWORD_MIN
from app.web.forms import Form, OnceForm

PASSWORD_RULE = _l(
    "%(shortest)d to %(longest)d characters. Not a common password, a sequence, your name or your email address.",
    shortest=PASSWORD_MIN,
    longest=PASSWORD_MAX,
)


def current_password(label: str) -> PasswordField:
    """Return a field for the user's own password."""
    return PasswordField(
        label, [InputRequired(_l("Enter your password."))], render_kw={"autocomplete": "current-password"}
    )


def _new_password(label: str) -> PasswordField:
    return PasswordField(label, description=PASSWORD_RULE, render_kw={"autocomplete": "new-password"})


def _repeated(label: str) -> PasswordField:
    """Return a field for the same password again."""
    return PasswordField(label, render_kw={"autocomplete": "new-password"})


class LoginForm(Form):
    username = StringField(
        _l("Username or email address"),
        [DataRequired(_l("Enter your username or email address."))],
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"},
    )
    password = current_password(_l("Password"))
    remember_me = BooleanField(_l("Keep me signed in on this device"))
    kept = HiddenField()  # a form that was sent without a session, sealed by app/web/resubmission.py


class RegisterForm(OnceForm):
    username = StringField(
        _l("Username"),
        description=_l("Up to 64 letters from a to z, digits and underscores. It is part of your profile's address."),
        render_kw={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false", "maxlength": 64},
    )
    email = EmailField(
        _l("Email address"), description=_l("Other users can't see it."), render_kw={"autocomplete": "email"}
    )
    password = _new_password(_l("Password"))
    password2 = _repeated(_l("Confirm password"))


class ResetRequestForm(OnceForm):
    email = EmailField(_l("Email address"), render_kw={"autocomplete": "email"})


class ResetPasswordForm(OnceForm):
    new_password = _new_password(_l("New password"))
    new_password2 = _repeated(_l("Confirm new password"))


class ChangeAddressForm(OnceForm):
    email = EmailField(_l("New email address"), render_kw={"autocomplete": "email"})
    password = current_password(_l("Current password"))


class ChangePasswordForm(OnceForm):
    password = current_password(_l("Current password"))
    new_password = _new_password(_l("New password"))
    new_password2 = _repeated(_l("Confirm new password"))


class TokenForm(OnceForm):
    name = StringField(
        _l("Token name"),
        description=_l("To tell your tokens apart: for example, the name of a device or program."),
        render_kw={"autocomplete": "off", "dir": "auto"},
    )


class ConfirmForm(OnceForm):
    """A button alone: opening its page must not change anything."""
