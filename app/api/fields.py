"""Fields of schemas that are not the value of one attribute."""

from typing import Any

from flask import request
from marshmallow import fields, missing

from app.web.hooks import noted_user


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
        return {field.data_key or name: field.serialize(name, obj, getattr) for name, field in parts}


class Path(fields.String):
    """The address of a resource on this site: a pattern for the row, as in "/api/posts/{row.id}"."""

    def __init__(self, pattern: str, **options: Any):
        super().__init__(required=True, **options)
        self._pattern = pattern

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> str:
        """The address for `obj`."""
        return request.script_root + self._pattern.format(row=obj)


class OwnEmail(fields.String):
    """A user's email address, for themselves alone."""

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **options: Any) -> Any:
        """The address of `obj`, or nothing."""
        return obj.email if obj.id == noted_user() else missing
