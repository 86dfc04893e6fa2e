"""Asking a service that speaks LibreTranslate's protocol (https://docs.libretranslate.com): POST …/translate."""

import json
import logging
import time
from http.client import HTTPException

from flask import current_app
from flask_babel import gettext as _

from app import text
from app.exceptions import Unavailable
from app.translation.models import ROOM

log = logging.getLogger(__name__)

SECONDS = 4  # that anybody waits; with the page around it, less than five
PAUSE = 30  # seconds in which nobody waits for a service that was too slow: whoever does takes a worker from all others
LARGEST = 64 * 1024  # bytes of an answer; what is cut off there is no JSON

_paused_until = 0.0  # of time.monotonic(), in this process


def translate(body: str, source: str, target: str) -> str:
    """What `body` says in another language; both are tags of rules.LANGUAGES. Raises Unavailable."""
    url, key = current_app.config["TRANSLATE_URL"], current_app.config["TRANSLATE_KEY"]
    asked = {"q": body, "source": source, "target": target, "format": "text"} | ({"api_key": key} if key else {})
    status, answer = _post(f"{url}/translate", asked)
    if status == 200:
        return _translated(answer)
    # The service's own words, which may repeat what it was sent.
    log.warning("translation: %s answered %s %r", url, status, _error(answer).replace(key or "\0", "…"))
    if status == 429:
        raise Unavailable(_("The translation service has too much to do. Try again in a minute."))
    if status == 400:
        raise Unavailable(_("The translation service can't translate this."))
    raise Unavailable(_("The translation service doesn't work at the moment. Try again later."))


def _post(url: str, asked: dict) -> tuple[int, bytes]:
    global _paused_until  # noqa: PLW0603  one service, one memory of it
    from app.translation.deadline import post_json  # and with it http.client, which serving pages does without

    slow = _("The translation service takes too long to answer. Try again later.")
    if time.monotonic() < _paused_until:
        raise Unavailable(slow)
    try:
        return post_json(url, asked, SECONDS, LARGEST)
    except TimeoutError as error:
        _paused_until = time.monotonic() + PAUSE
        log.warning("translation: %s did not answer within %s s; nobody asks it for %s s", url, SECONDS, PAUSE)
        raise Unavailable(slow) from error
    except (OSError, HTTPException) as error:
        log.warning("translation: %s: %r", url, error)
        raise Unavailable(_("The translation service can't be reached. Try again later.")) from error


def _translated(answer: bytes) -> str:
    translated = _field(answer, "translatedText")
    tidied = text.tidy(translated) if isinstance(translated, str) else ""
    if len(tidied) > ROOM or text.is_blank(tidied) or not text.is_storable(tidied):
        log.warning("translation: an answer of %s bytes is none that can be shown", len(answer))
        raise Unavailable(_("The translation service gave no answer that can be shown."))
    return tidied


def _error(answer: bytes) -> str:
    return str(_field(answer, "error"))[:200]


def _field(answer: bytes, name: str):
    """What the JSON object `answer` has under that name; None where it is no such thing."""
    try:
        return json.loads(answer)[name]
    except (ValueError, RecursionError, KeyError, TypeError):
        return None
