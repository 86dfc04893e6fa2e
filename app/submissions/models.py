"""The table of submissions."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.database import Model, UTCDateTime, utc_now


class Submission(Model):
    """A submission that created or changed something; equal ones lead to the same result.

    The hashes are keyed with the secret key, so that a deleted text cannot be guessed from them.
    """

    __tablename__ = "submission"

    key_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    # Null if the user need not be known, as by a request for a password reset.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), index=True)
    payload_hash: Mapped[str] = mapped_column(String(64))
    # The id of what was created; the payload tells its kind. Null if nothing was, or inside the transaction that does.
    result_id: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(UTCDateTime, default=utc_now, index=True)
