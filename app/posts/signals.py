"""Signals of posts, for the features above."""

from blinker import Signal

post_created = Signal()  # sent with the post, flushed, in the transaction that creates it
