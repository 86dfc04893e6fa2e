"""Signals for higher features."""

from blinker import Signal

signed_in = Signal()  # with the user, by page or for an API token, in the transaction of the sign-in
