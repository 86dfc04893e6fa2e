"""The client of a LibreTranslate-compatible service (https://docs.libretranslate.com): POST …/translate."""

import json
import logging
import threading
import time
from http.client import HTTPException
from typing import Any

from flask import current_app
from flask_babel import gettext as _

from app import text
from app.exceptions import Unavailable
from app.translation.models import BODY_LIMIT

log = logging.getLogger(__name__)

TIMEOUT = 4  # seconds; with the page around it, under five
PAUSE = 30  # seconds without requests after a timeout
MOST_AT_ONCE = 8  # requests of a process; each holds one of the 16 threads of a worker (app/gunicorn_conf.py)
ANSWER_LIMIT = 64 * 1024  # bytes; a longer answer is cut, and so is invalid JSON

_paused_until = 0.0  # time.monotonic(), per process
_free = threading.BoundedSemaphore(MOST_AT_ONCE)


def translate(body: str, source: str, target: str) -> str:
    """Return `body` translated between two languages of languages.rules.LANGUAGES. Raises Unavailable."""
    url, key = current_app.config["TRANSLATE_URL"], current_app.config["TRANSLATE_KEY"]
    payload = {"q": body, "source": source, "target": target, "format": "text"} | ({"api_key": key} if key else {})
    status, answer = _post(f"{url}/translate", payload)
    if status == 200:
        return _translated(answer)
    # The service's error may repeat the key.
    log.warning("translation: %s answered %s %r", url, status, _error(answer).replace(key or "\0", "…"))
    if status == 429:
        raise _busy()
    if status == 400:
        raise Unavailable(_("The translation service can't translate this post."))
    raise Unavailable(_("The translation service isn't working. Try again later."))


def _post(url: str, payload: dict[str, str]) -> tuple[int, bytes]:
    global _paused_until  # noqa: PLW0603  state of the service, shared by all requests of the process
    from app.translation.post import post_json  # imports http.client, which serving pages doesn't need

    slow = _("The translation service takes too long to answer. Try again later.")
    if time.monotonic() < _paused_until:
        raise Unavailable(slow)
    if not _free.acquire(blocking=False):
        raise _busy()
    try:
        return post_json(url, payload, TIMEOUT, ANSWER_LIMIT)
    except TimeoutError as error:
        _paused_until = time.monotonic() + PAUSE
        log.warning("translation: %s timed out after %s s; no requests for %s s", url, TIMEOUT, PAUSE)
        raise Unavailable(slow) from error
    except (OSError, HTTPException) as error:
        log.warning("translation: %s: %r", url, error)
        raise Unavailable(_("The translation service can't be reached. Try again later.")) from error
    finally:
        _free.release()


def _busy() -> Unavailable:
    return Unavailable(_("The translation service is busy. Try again in a minute."))


def _translated(answer: bytes) -> str:
    translated = _field(answer, "translatedText")
    tidied = text.tidy(translated, BODY_LIMIT) if isinstance(translated, str) else ""
    if len(tidied) > BODY_LIMIT or text.is_blank(tidied) or not text.is_storable(tidied):
        log.warning("translation: unusable answer of %s bytes", len(answer))
        raise Unavailable(_("The translation service sent an unusable answer. Try again later."))
    return tidied


def _error(answer: bytes) -> str:
    return str(_field(answer, "error"))[:200]


def _field(answer: bytes, name: str) -> Any:
    """The field of a JSON object; None if `answer` is anything else."""
    try:
        return json.loads(answer)[name]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
