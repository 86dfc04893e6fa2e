"""What the forms of every feature share."""

import contextlib
from collections.abc import Iterator

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import ValidationError

from app.exceptions import Invalid
from app.extensions import csrf

STALE = _l("This page has expired and nothing was saved. Check what you entered and submit it again.")


class Form(FlaskForm):
    """A form that is shown again with what was typed when it can't be accepted, for a bad CSRF token too."""

    def validate(self, extra_validators=None) -> bool:
        """Whether the form can be accepted; `form_errors` holds what concerns no single field."""
        valid = super().validate(extra_validators)
        if "csrf_token" in self and self.csrf_token.errors:
            self.form_errors.append(STALE)
        return valid

    def show(self, error: Invalid) -> None:
        """Show the message of a broken rule beside the field that it names."""
        field = self[error.field]
        field.errors = [*field.errors, str(error)]

    @contextlib.contextmanager
    def showing_errors(self) -> Iterator[None]:
        """Show the Invalid that a service raises inside, and go on after the block: with the page of the form."""
        try:
            yield
        except Invalid as error:
            self.show(error)

    @property
    def status(self) -> int:
        """The status of the page that shows the form: 400 when it could not be accepted."""
        return 400 if self.errors else 200


def form_view(view):
    """Let `view`'s own Form check the CSRF token instead of the check that stands before every other view.

    So a person whose session ended meanwhile sees the form again, with what was typed. `view` changes something only
    when its form's `validate_on_submit()` is true.
    """
    return csrf.exempt(view)


def obeys(rule):
    """A validator: the field takes the value that `rule` gives back, or the message of the Invalid that it raises."""

    def validate(_form, field):
        try:
            field.data = rule(field.data or "")
        except Invalid as error:
            raise ValidationError(str(error)) from error

    return validate
