"""What the forms of all features share."""

import contextlib
import re
import secrets
from collections.abc import Callable, Iterator
from typing import Any, TypeVar

from flask import flash, request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField

from app.exceptions import Invalid
from app.extensions import csrf
from app.web.origin import refusal

View = TypeVar("View", bound=Callable[..., Any])

FORM_KEY = re.compile(r"[A-Za-z0-9_-]{22}")


class Form(FlaskForm):
    """A form that is shown again with what was typed when it is refused, for a bad CSRF token too."""

    class Meta(FlaskForm.Meta):
        def wrap_formdata(self, form: FlaskForm, formdata: Any) -> Any:
            """Return the fields that were sent; Flask-WTF would add files and JSON, which app/web/bodies.py refuses."""
            automatic = formdata is not None and not isinstance(formdata, MultiDict)
            return (request.form if form.is_submitted() else None) if automatic else formdata

    refused_fields: tuple[str, ...] = ()

    def validate(self, extra_validators: Any = None) -> bool:
        """Whether the form is accepted; `form_errors` holds what concerns no single field."""
        valid: bool = super().validate(extra_validators)
        if "csrf_token" in self and self.csrf_token.errors:
            self.form_errors.append(refusal())
        return valid

    def refuse(self, message: str, *fields: str) -> None:
        """Show a message above the form, about these fields together; the cursor goes to the last of them."""
        self.form_errors.append(message)
        self.refused_fields = fields

    def show(self, error: Invalid) -> None:
        """Show the message of each broken rule beside the field that it names."""
        for broken in (error, *error.others):
            field = self[broken.field]
            field.errors = [*field.errors, str(broken)]

    @contextlib.contextmanager
    def showing_errors(self) -> Iterator[None]:
        """Show the Invalid that a service raises inside, and go on after the block: with the page of the form."""
        try:
            yield
        except Invalid as error:
            self.show(error)

    @property
    def status(self) -> int:
        """The status of the page that shows the form: 400 if it was refused."""
        return 400 if self.errors else 200


def new_form_key() -> str:
    """Return a random key for one rendering of a form."""
    return secrets.token_urlsafe(16)


def submitted_key() -> str:
    """Return the key that was submitted with the request's form, or "" if there is none."""
    given = request.form.get("form_key", "")
    return given if FORM_KEY.fullmatch(given) else ""


class OnceForm(Form):
    """A form whose second of two equal submissions leads to the result of the first (app/submissions)."""

    form_key = HiddenField(default=new_form_key)

    @property
    def key(self) -> str:
        """The key that was submitted, or "" if there is none."""
        return submitted_key()

    def note_saved(self) -> None:
        """Let the next page tell the browser to delete its draft (js/drafts.js)."""
        if self.key:
            flash(self.key, "saved")


def form_view(form: type[Form]) -> Callable[[View], View]:
    """Let the `form` of a view check the CSRF token, instead of the check before every other view.

    A user whose session has ended then gets the form again, with what was typed. The view must change nothing unless
    its form's `validate_on_submit()` is true. If the request does not reach the view, resubmission.py reads the form.
    """

    def mark(view: View) -> View:
        view.form_class = form  # type: ignore[attr-defined]
        return csrf.exempt(view)  # type: ignore[no-any-return]

    return mark
