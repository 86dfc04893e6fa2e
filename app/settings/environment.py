"""Environment variables, read by type. A value that can't be used raises ConfigError, with one line that names it."""

import re
from collections.abc import Mapping

from app.settings import ConfigError

# Line breaks and other control characters, and bytes that are not UTF-8, which Python gives as surrogates.
UNPRINTABLE = re.compile("[\0-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
ON, OFF = {"1", "true", "yes", "on"}, {"", "0", "false", "no", "off"}
LARGEST_FILE = 64 * 1024  # characters


class Environment:
    """The environment variables of a process. An empty one has its default, as one that is not set."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str = "") -> str:
        """Return a text without control characters that is more than white space and not in quotes."""
        text = _checked(name, self._variables.get(name) or default)
        if re.fullmatch("'.*'|\".*\"", text):
            raise ConfigError(f"{name} is in quotes, which docker run --env-file takes literally; leave them out")
        return text

    def choice(self, name: str, default: str, other: str) -> str:
        """Return one of two values."""
        text = self.text(name, default)
        if text not in {default, other}:
            raise ConfigError(f"{name}={shown(text)} is not valid; use {default} (the default) or {other}")
        return text

    def switch(self, name: str) -> bool:
        """Return whether a setting is on; it is off by default."""
        text = self.text(name).lower()
        if text not in ON | OFF:
            raise ConfigError(f"{name}={shown(text)} is not valid; use 1 or 0")
        return text in ON

    def integer(self, name: str, default: int, least: int, most: int) -> int:
        """Return a number from `least` to `most`, written in ASCII digits."""
        text = self.text(name, str(default))
        remedy = f"give one from {least} to {most}, such as {default}"
        if not re.fullmatch(r"\d+", text, re.ASCII):
            raise ConfigError(f"{name}={shown(text)} is not a whole number; {remedy}")
        if len(text) > 9 or not least <= int(text) <= most:
            raise ConfigError(f"{name}={shown(text)} is out of range; {remedy}")
        return int(text)

    def secret(self, name: str) -> str:
        """Return the setting `name`, or the content of the file at `name`_FILE (a secret of Docker or Kubernetes).

        A file without content is an error: it would silently become the default, such as another database.
        """
        file = f"{name}_FILE"
        if file not in self._variables:
            return self.text(name)
        if self._variables.get(name):
            raise ConfigError(f"{name} and {file} are both set; unset one")
        path = self.text(file)
        if not path:
            raise ConfigError(f"{file} is empty; give the path of a file, or unset it")
        try:
            with open(path, encoding="utf-8-sig") as content:
                text = content.read(LARGEST_FILE + 1).strip()
        except OSError as error:
            raise ConfigError(f"can't read {file}={path}: {error.strerror}; give a readable file") from error
        except UnicodeDecodeError as error:
            raise ConfigError(f"{file}={path} is not a text in UTF-8; write it again") from error
        if not text:
            raise ConfigError(f"{file}={path} is empty; write the value to the file, or unset {file}")
        if len(text) > LARGEST_FILE:
            raise ConfigError(f"{file}={path} is longer than {LARGEST_FILE} characters; give the file of the secret")
        return _checked(f"{file}={path}", text)

    def service_links(self, *names: str) -> list[str]:
        """Return those of `names` that Kubernetes or Docker has set, for a service of the same name."""
        return [name for name in names if is_service_link(self._variables.get(name, ""))]


def is_service_link(value: str) -> bool:
    """Return whether a value is an address by Kubernetes' service links or Docker's `--link`: tcp://10.0.0.7:25."""
    return re.match(r"(tcp|udp|sctp)://", value) is not None


def shown(text: str) -> str:
    """Return a value as an error message quotes it."""
    return repr(text if len(text) <= 80 else f"{text[:80]}…")


def _checked(name: str, text: str) -> str:
    if UNPRINTABLE.search(text):
        raise ConfigError(f"{name} has a line break, another control character or invalid UTF-8; write it on one line")
    if text and not text.strip():
        raise ConfigError(f"{name} is only white space; give a value, or unset it")
    return text
