"""Return the text of a refused form to the user, in a form to submit again.

It stands in that page alone. Nothing is stored on the server, and passwords and CSRF tokens never come back.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from flask import current_app, request
from itsdangerous import BadData, URLSafeSerializer
from werkzeug.exceptions import HTTPException
from wtforms import HiddenField, PasswordField, StringField, TextAreaField
from wtforms.fields.core import UnboundField

from app.text import FORBIDDEN
from app.web.destination import this_page
from app.web.origin import is_from_here

LIMIT = 4 * 1024 * 1024  # bytes; a form over MAX_CONTENT_LENGTH is refused, but up to this size its text is returned
KEPT_LIMIT = 512 * 1024  # characters kept during the sign-in; less than MAX_CONTENT_LENGTH
FIELDS_LIMIT = 100  # a user fills in no form with more, and its page would be a hundred times its size
HIDDEN = {"next", "seen", "form_key", "kept"}  # fields that no user fills in, wherever they are

Pairs = list[tuple[str, str]]


class TypedField(NamedTuple):
    """A field of a refused form. `kind` is "text", "line", "hidden" or, without its value, "password"."""

    name: str
    value: str
    kind: str = "text"
    label: Any = ""  # a lazy string; empty if the form is not known


def typed_fields() -> list[TypedField]:
    """Return the fields of the request's form, or nothing if the user typed no text into it."""
    fields = list(_fields(request.endpoint, _typed()))
    return fields if any(field.kind in {"text", "line"} and field.value for field in fields) else []


def all_fields() -> list[TypedField]:
    """Return the fields of the request's form, even if they are all hidden."""
    return list(_fields(request.endpoint, _typed()))


def seal() -> str:
    """Return the request's form as a signed text, for a hidden field of the sign-in page; "" if nothing was typed."""
    if not typed_fields():
        return ""
    sealed: str = _serializer().dumps([request.endpoint, this_page(), _typed()])
    return sealed


def unseal(sealed: str | None) -> tuple[str, list[TypedField]] | None:
    """Return the address and the fields of a sealed form, or None if this site did not seal it."""
    try:
        endpoint, path, pairs = _serializer().loads(sealed or "")
    except BadData:
        return None
    return path, list(_fields(endpoint, pairs))


def _typed() -> Pairs:
    """Return the names and values of the form, without secrets, if a page of this site sent it."""
    request.max_content_length = request.max_form_memory_size = LIMIT  # nothing was read yet of a form of this size
    try:
        if request.method != "POST" or not is_from_here():
            return []
        pairs = list(request.form.items(multi=True))
    except HTTPException:  # still too large
        return []
    if len(pairs) > FIELDS_LIMIT:
        return []
    return [(name, FORBIDDEN.sub("", value)) for name, value in pairs if name != "csrf_token" and not _secret(name)]


def _secret(name: str) -> bool:
    return "password" in name


def _fields(endpoint: str | None, pairs: Iterable[tuple[str, str]]) -> Iterator[TypedField]:
    """Yield the fields as the form of the view declares them, then its passwords, to be typed again."""
    form = getattr(current_app.view_functions.get(endpoint or ""), "form_class", None)
    for name, value in pairs:
        declared = getattr(form, name, None)
        if isinstance(declared, UnboundField):
            yield TypedField(name, value, _kind(declared.field_class), _label(declared))
        elif value:
            yield TypedField(name, value, "hidden" if name in HIDDEN else "text")
    for name, declared in vars(form).items() if form else ():
        if isinstance(declared, UnboundField) and issubclass(declared.field_class, PasswordField):
            yield TypedField(name, "", "password", _label(declared))


def _kind(field_class: type) -> str:
    if issubclass(field_class, HiddenField) or not issubclass(field_class, StringField):
        return "hidden"
    return "text" if issubclass(field_class, TextAreaField) else "line"


def _label(declared: Any) -> Any:
    return declared.args[0] if declared.args else ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(str(current_app.secret_key), salt="resubmission")
