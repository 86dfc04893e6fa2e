"""Bodies of requests: JSON for the API, forms for pages. Any other body is refused with the reason."""

import json
from collections.abc import Iterator
from typing import Any, NoReturn

from flask import Flask, request
from flask.json.provider import DefaultJSONProvider
from flask_babel import gettext as _

from app.exceptions import Unreadable, UnsupportedType
from app.text import FORBIDDEN
from app.web.errors import is_api

FORM_TYPES = {"application/x-www-form-urlencoded", "multipart/form-data"}
SAFE = {"GET", "HEAD", "OPTIONS"}


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


# Made once: `json.loads` with options would make one for each session cookie.
DECODER = json.JSONDecoder(parse_constant=_refuse)


class StrictJson(DefaultJSONProvider):
    """JSON by RFC 8259: in UTF-8, and without NaN and Infinity, which Python's parser accepts by default."""

    def loads(self, s: str | bytes, **_kwargs: Any) -> Any:
        """Return the value of a JSON text. Raises Unreadable, which says what is wrong with it and where."""
        try:
            # Section 8.1 lets a parser ignore a byte order mark.
            return DECODER.decode(s if isinstance(s, str) else s.decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise Unreadable(_("The body is not UTF-8: see byte %(position)s.", position=error.start + 1)) from error
        except json.JSONDecodeError as error:
            place = {"line": error.lineno, "column": error.colno}
            raise Unreadable(_("The body is not valid JSON: see line %(line)s column %(column)s.", **place)) from error
        except RecursionError as error:
            raise Unreadable(_("The body is nested too deeply.")) from error
        except ValueError as error:  # NaN, or more digits than Python converts
            raise Unreadable(_("The body contains a number that is too long or not valid in JSON.")) from error


def init_app(app: Flask) -> None:
    """Parse JSON strictly; refuse bodies that no route reads, and text that no database stores."""
    app.json = StrictJson(app)
    app.before_request(refuse_body)
    app.before_request(refuse_unstorable)


def refuse_body() -> None:
    """Refuse a body that would otherwise be ignored, so that the client learns why. Raises Unreadable, UnsupportedType.

    The API's own parser (app/api/contract.py) refuses what is not JSON where a route reads JSON.
    """
    if request.method in SAFE or not _has_body():
        return
    if request.content_encoding not in {None, "identity"}:
        raise UnsupportedType(_("Send the body without Content-Encoding."))
    if is_api():
        return
    if request.mimetype not in FORM_TYPES:
        raise UnsupportedType(_("This address accepts form data only. The API at /api accepts JSON."))
    if request.files:
        raise Unreadable(_("This form accepts text, not files."))


def _has_body() -> bool:
    return bool(request.content_length or request.headers.get("Transfer-Encoding"))


def refuse_unstorable() -> None:
    """Refuse text that no database stores as it is, wherever it stands in the request. Raises Unreadable."""
    if any(FORBIDDEN.search(value) for value in _texts()):
        raise Unreadable(_("The request contains a NUL character or an unpaired surrogate. Remove it."))


def _texts() -> Iterator[str]:
    if request.query_string:
        yield from (value for _name, value in request.args.items(multi=True))
    if is_api():
        if request.is_json and _has_body():
            yield from _texts_of(request.get_json())
    elif request.content_type:
        yield from (value for _name, value in request.form.items(multi=True))


def _texts_of(value: Any) -> Iterator[str]:
    """Yield every string in a JSON value, including keys."""
    values = [value]
    while values:
        match values.pop():
            case str(text):
                yield text
            case list(items):
                values += items
            case dict(fields):
                values += [*fields.keys(), *fields.values()]
