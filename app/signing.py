"""Signed texts that expire, read by replicas whose clocks differ."""

from datetime import UTC, datetime, timedelta
from typing import Any

from itsdangerous import SignatureExpired, TimestampSigner, URLSafeTimedSerializer

CLOCK_SKEW = timedelta(minutes=1)  # between two replicas; jobs and mails allow for it, too


class ClockTolerantSigner(TimestampSigner):
    """Accepts what was signed up to CLOCK_SKEW in the future.

    itsdangerous rejects it: a user would be signed out by the replica whose clock is a second behind.
    """

    def unsign(self, signed_value: str | bytes, max_age: int | None = None, return_timestamp: bool = False) -> Any:
        """Return the value, and with `return_timestamp` when it was signed. Raises itsdangerous.BadData."""
        try:
            value, signed_at = super().unsign(signed_value, max_age, return_timestamp=True)
        except SignatureExpired as error:
            now = datetime.fromtimestamp(self.get_timestamp(), UTC)
            if error.date_signed is None or not now < error.date_signed <= now + CLOCK_SKEW:
                raise
            value, signed_at = super().unsign(signed_value, return_timestamp=True)
        return (value, signed_at) if return_timestamp else value


class TimedSerializer(URLSafeTimedSerializer):
    """itsdangerous' serializer for cookies and links, with that signer."""

    default_signer = ClockTolerantSigner
