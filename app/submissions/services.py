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
    row = _lock(user_id, _hash("key", str(user_id), key), _hash(*payload))
    if row.payload_hash != _hash(*payload):
        raise KeyReused(_("This key was used for another request. Use a new key for each."))
    return row.result_id or _complete(row, create)


def submit(
    user_id: int | None, form_key: str, payload: Payload, create: Callable[[], int], exists: Callable[[int], bool]
) -> int:
    """Like `once`, for the random key of a form: another payload is another submission.

    A page that the browser shows again ("Back") has the same key. What was created first and no longer `exists` is
    created again. The user is None if the caller need not know them.
    """
    if not form_key:
        return create()
    key_hash = _hash("form", str(user_id), form_key, *payload)
    row = _lock(user_id, key_hash, key_hash)
    return row.result_id if row.result_id and exists(row.result_id) else _complete(row, create)


def record(user_id: int, form_key: str, payload: Payload) -> None:
    """Record a form that changed the user's account, and may have ended the session; `submitter` then finds it."""
    if form_key:
        key_hash = _account_hash(form_key, payload)
        _lock(user_id, key_hash, key_hash)


def submitter(form_key: str, payload: Payload) -> int | None:
    """Return the id of the user for whom this payload was recorded with this form key."""
    row = db.session.get(Submission, _account_hash(form_key, payload)) if form_key else None
    return row.user_id if row else None


def _lock(user_id: int | None, key_hash: str, payload_hash: str) -> Submission:
    """Return the row of that key, inserted if absent, locked until the commit. A new one has no result."""
    if user_id is not None:
        hold(user_id)
    db.session.execute(delete(Submission).where(Submission.created_at < utc_now() - RETENTION))
    values = {"key_hash": key_hash, "user_id": user_id, "payload_hash": payload_hash, "created_at": utc_now()}
    insert_if_absent(Submission, **values)
    return lock_rows(select(Submission).where(Submission.key_hash == key_hash)).scalars().one()


def _complete(row: Submission, create: Callable[[], int]) -> int:
    row.result_id = result_id = create()
    db.session.flush()
    return result_id


def _account_hash(form_key: str, payload: Payload) -> str:
    return _hash("account", form_key, *payload)


def _hash(*texts: str) -> str:
    """Return a hash of the texts that only this site can compute."""
    key = str(current_app.secret_key).encode()
    whole = "".join(f"{len(text)}:{text}" for text in texts)  # differs for any two lists of texts
    return hmac.new(key, whole.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
