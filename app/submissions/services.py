"""Make repeated submissions idempotent: a double click, a reload, a client that got no response. The caller commits.

A payload is a list of texts that begins with the kind of what is created.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import timedelta

from flask import current_app
from flask_babel import gettext as _
from sqlalchemy import delete, select

from app.database import db, insert_if_absent, lock_rows, utc_now
from app.exceptions import KeyReused
from app.submissions.models import Submission
from app.users.services import hold

RETENTION = timedelta(days=1)

Payload = tuple[str, ...]


def once(user_id: int, key: str, payload: Payload, create: Callable[[], int]) -> int:
    """Return the id of what `create` creates, or created when the user first submitted this payload with this key.

    Without a key, each submission counts. A simultaneous one with the same key waits for the commit of the first.
    Raises KeyReused for another payload, NotFound if the account is gone, and what `create` raises.
    """
    if not key:
        return create()
    row = _lock(user_id, _hash("key", key), _hash(*payload))
    if row.payload_hash != _hash(*payload):
        raise KeyReused(_("This key was used for another request. Use a new key for each."))
    return row.result_id or _complete(row, create)


def submit(
    user_id: int, form_key: str, payload: Payload, create: Callable[[], int], exists: Callable[[int], bool]
) -> int:
    """Like `once`, for the random key of a form: another payload is another submission.

    A page that the browser shows again ("Back") has the same key. What was created first and no longer `exists` is
    created again.
    """
    if not form_key:
        return create()
    key_hash = _form_hash(form_key, payload)
    row = _lock(user_id, key_hash, key_hash)
    return row.result_id if row.result_id and exists(row.result_id) else _complete(row, create)


def was_submitted(user_id: int, form_key: str, payload: Payload) -> bool:
    """Return whether the user has submitted this payload with this form key."""
    return bool(form_key) and db.session.get(Submission, (user_id, _form_hash(form_key, payload))) is not None


def _lock(user_id: int, key_hash: str, payload_hash: str) -> Submission:
    """Return the row of that key, inserted if absent, locked until the commit. A new one has no result."""
    hold(user_id)
    db.session.execute(delete(Submission).where(Submission.created_at < utc_now() - RETENTION))
    values = {"user_id": user_id, "key_hash": key_hash, "payload_hash": payload_hash, "created_at": utc_now()}
    insert_if_absent(Submission, **values)
    mine = select(Submission).where(Submission.user_id == user_id, Submission.key_hash == key_hash)
    return lock_rows(mine).scalars().one()


def _complete(row: Submission, create: Callable[[], int]) -> int:
    row.result_id = result_id = create()
    db.session.flush()
    return result_id


def _form_hash(form_key: str, payload: Payload) -> str:
    return _hash("form", form_key, *payload)


def _hash(*texts: str) -> str:
    """Return a hash of the texts that only this site can compute."""
    key = str(current_app.secret_key).encode()
    whole = "".join(f"{len(text)}:{text}" for text in texts)  # differs for any two lists of texts
    return hmac.new(key, whole.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
