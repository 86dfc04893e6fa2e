"""JSON from a stranger: every access checks the type, and refuses the archive where it is another one."""

import json

from .tar_stream import Refused, printable


class Document:
    """A JSON value; `what` names it in messages."""

    def __init__(self, value: object, what: str) -> None:
        self.value, self.what = value, what

    def __getitem__(self, key: str) -> "Document":
        """Returns the value of a key, null if it is missing."""
        if not isinstance(self.value, dict):
            raise Refused(f"{self.what} is not a JSON object")
        return Document(self.value.get(key), f"{self.what}: {key}")

    @property
    def text(self) -> str:
        """The string; "" for null."""
        if self.value is not None and not isinstance(self.value, str):
            raise Refused(f"{self.what} is not a string")
        return self.value or ""

    @property
    def items(self) -> list["Document"]:
        """The elements of a list; none for null."""
        if self.value is not None and not isinstance(self.value, list):
            raise Refused(f"{self.what} is not a list")
        return [Document(item, self.what) for item in self.value or []]

    @property
    def texts(self) -> list[str]:
        """The elements of a list of strings."""
        return [item.text for item in self.items]

    @property
    def pairs(self) -> dict[str, str]:
        """An object whose values are strings, such as labels; empty for null."""
        return {} if self.value is None else {key: self[key].text for key in dict(self._object)}

    @property
    def _object(self) -> dict[str, object]:
        if not isinstance(self.value, dict):
            raise Refused(f"{self.what} is not a JSON object")
        return self.value


def parse(data: bytes, what: str) -> Document:
    """Returns the document in `data`."""
    try:
        return Document(json.loads(data), what)
    except (ValueError, RecursionError) as error:
        raise Refused(f"{what} is not valid JSON: {printable(str(error))}") from None
