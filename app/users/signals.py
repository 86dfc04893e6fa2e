"""Signals for higher features. Each is sent with the user, in the transaction of the change."""

from blinker import Signal

user_created = Signal()  # flushed
user_changed = Signal()  # username or display name, flushed
user_deleting = Signal()  # before the DELETE, whose foreign keys delete the user's rows
user_deleted = Signal()  # after it
