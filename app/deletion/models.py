"""The table of accounts that will be deleted."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from app.database import TABLE_OPTIONS, Model, UTCDateTime


class AccountDeletion(Model):
    """The owner of the account has asked for its deletion; a sign-in before `due_at` removes the row."""

    __tablename__ = "account_deletion"
    __table_args__ = TABLE_OPTIONS

    user_id: Mapped[int] = mapped_column(ForeignKey("user.id", ondelete="CASCADE"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UTCDateTime, index=True)
