"""Fields of schemas that are dumped from rows without conversion: what is stored has the right type already."""

from datetime import datetime
from typing import Any

from flask import request
from marshmallow import fields, missing

from app.web.hooks import noted_user


class Stored:
    """A field of a row: its value has the right type already, so marshmallow need not convert it."""

    attribute: str | None

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> Any:
        """The attribute of `obj`."""
        return getattr(obj, self.attribute or attr)


class Integer(Stored, fields.Integer):
    """A stored integer."""


class String(Stored, fields.String):
    """A stored text."""


class Boolean(Stored, fields.Boolean):
    """A stored boolean."""


class DateTime(Stored, fields.DateTime):
    """A stored moment, answered in ISO 8601."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> str:
        """The attribute of `obj` as text."""
        moment: datetime = getattr(obj, self.attribute or attr)
        return moment.isoformat()


class Part(fields.Nested):
    """An object in an object, whose fields come from the same row; null where the row has no `when`.

    Its fields are dumped one by one: marshmallow's own `dump` takes several times as long, for every row of a page.
    """

    def __init__(self, nested: Any, *, when: str | None = None, **options: Any):
        super().__init__(nested, allow_none=when is not None, **options)
        self._when = when

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> dict[str, Any] | None:
        """The part of `obj`."""
        if self._when and getattr(obj, self._when) is None:
            return None
        parts = self.schema.dump_fields.items()
        return {field.data_key or name: field.serialize(name, obj) for name, field in parts}


class Path(fields.String):
    """The address of a resource below the root of this site: a path, an attribute `of` the row and a suffix."""

    def __init__(self, path: str, of: str = "id", suffix: str = ""):
        super().__init__(required=True)
        self._path, self._of, self._suffix = path, of, suffix

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> str:
        """The address for `obj`."""
        return f"{self._path}{getattr(obj, self._of)}{self._suffix}"


class Paths(Part):
    """An object of Path fields, with the root of this site before each."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> dict[str, str]:
        """The addresses for `obj`."""
        root, paths = request.script_root, self.schema.dump_fields.items()
        return {name: root + path.serialize(name, obj) for name, path in paths}


class OwnEmail(fields.String):
    """A user's email address, for themselves alone."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> Any:
        """The address of `obj`, or nothing."""
        return obj.email if obj.id == noted_user() else missing
