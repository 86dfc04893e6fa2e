"""Rate limits of who is signed in, and how they are counted. auth/attempts.py has those of accounts from outside.

Counts are exact with Redis
(REDIS_URL); in memory each worker of the server counts for itself, so limits are looser by the number of workers.
"""

import functools
import ipaddress
import logging
import math
import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from flask import Flask, Response, after_this_request, g, request
from flask_babel import ngettext
from flask_login import current_user
from limits import RateLimitItem, parse, parse_many
from limits.errors import StorageError
from limits.storage import storage_from_string
from limits.strategies import MovingWindowRateLimiter, RateLimiter, SlidingWindowCounterRateLimiter
from werkzeug.exceptions import TooManyRequests

from app import redis_limits
from app.web import errors
from app.web.rate_limit_memory import BoundedMemory

log = logging.getLogger(__name__)

WRITING = {"POST", "PUT", "DELETE"}  # showing a form is not limited
API_RATE = parse("600 per minute")
OWN_PASSWORDS = "own passwords"  # the scope of an account's right ones
OWN_PASSWORD_RATE = parse("30 per minute")

View = TypeVar("View", bound=Callable[..., Any])
Limit = tuple[RateLimitItem, str, str]  # how often, the scope in which it counts, and whom


class Counter:
    """Counts what is limited: in Redis where there is one, in this process otherwise and while Redis fails."""

    def __init__(self, strategy: type[RateLimiter]) -> None:
        self._strategy = strategy
        self._local = strategy(BoundedMemory())
        self._shared: RateLimiter | None = None
        self._url = ""

    def use_redis(self, url: str) -> None:
        """Count in that Redis."""
        self._url = url
        self._shared = self._strategy(storage_from_string(url, wrap_exceptions=True, **redis_limits.options()))

    def hit(self, rate: RateLimitItem, *names: str) -> bool:
        """Count one more; False if that is over the rate."""
        return bool(self._ask("hit", rate, *names))

    def test(self, rate: RateLimitItem, *names: str) -> bool:
        """Whether one more is within the rate."""
        return bool(self._ask("test", rate, *names))

    def seconds_left(self, rate: RateLimitItem, *names: str) -> int:
        """The seconds, at least one, after which one more is within the rate."""
        reset: float = self._ask("get_window_stats", rate, *names).reset_time
        return max(1, math.ceil(reset - time.time()))

    def reset(self) -> None:
        """Forget what this process has counted."""
        self._local.storage.reset()

    def _ask(self, method: str, *arguments: Any) -> Any:
        if self._shared and not redis_limits.is_paused(self._url):
            try:
                return getattr(self._shared, method)(*arguments)
            except StorageError as error:
                redis_limits.pause(self._url)
                log.warning("Redis failed (%s); each worker counts for itself for %s s", error, redis_limits.PAUSE)
        return getattr(self._local, method)(*arguments)


counter = Counter(MovingWindowRateLimiter)  # exact, with an entry for each request
# Two numbers for each account, however often it asks; between two minutes, the count is an estimate.
frequent_counter = Counter(SlidingWindowCounterRateLimiter)


def reset() -> None:
    """Forget what this process has counted: for tests."""
    counter.reset()
    frequent_counter.reset()


def init_app(app: Flask) -> None:
    """Count where the settings say, and answer 429 with the seconds to wait."""
    if app.config["REDIS_URL"]:
        for each in (counter, frequent_counter):
            each.use_redis(app.config["REDIS_URL"])
    app.register_error_handler(TooManyRequests, _answer)


def address() -> str:
    """The client's address; of IPv6 the first 64 bits, since a subscriber can change the rest."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:  # a server on a Unix socket knows none
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def user() -> str:
    """The user who is signed in, or whose API token was sent."""
    return f"user {(g.get('caller') or current_user).id}"


def check(limits: Sequence[Limit]) -> None:
    """Raise TooManyRequests, with the seconds to wait, if one more is over a limit. Doesn't count."""
    for limit in limits:
        if not counter.test(*limit):
            raise TooManyRequests(retry_after=counter.seconds_left(*limit))


def take(limits: Sequence[Limit]) -> None:
    """Count one more in each limit. Raises TooManyRequests, with the seconds to wait, for the first that it is over."""
    for limit in limits:
        if not counter.hit(*limit):
            raise TooManyRequests(retry_after=counter.seconds_left(*limit))


def hit(limits: Sequence[Limit]) -> bool:
    """Count one more in each limit; return whether it is within all of them."""
    within = [counter.hit(*limit) for limit in limits]
    return all(within)


def limited(
    rates: str,
    account: Callable[[], str] = user,
    when: Callable[[Response], bool] | None = None,
    scope: str | None = None,
) -> Callable[[View], View]:
    """Limit how often a view is sent something by one account, as "10 per minute; 60 per hour".

    `when(response)` tells whether a request counts; without it all do. Views of one `scope` are counted together. A
    function that a view calls can be limited too: then the requests that reach it count.
    """
    parsed = parse_many(rates)

    def decorate(view: View) -> View:
        name = scope or f"{view.__module__}.{view.__qualname__}"

        @functools.wraps(view)
        def limit(*args: Any, **kwargs: Any) -> Any:
            if request.method in WRITING:
                limits = [(rate, name, account()) for rate in parsed]
                if when:
                    check(limits)
                    _count_later(limits, when)
                else:
                    take(limits)
            return view(*args, **kwargs)

        return limit  # type: ignore[return-value]  # it has the view's signature

    return decorate


def _count_later(limits: Sequence[Limit], when: Callable[[Response], bool]) -> None:
    @after_this_request
    def count_if(response: Response) -> Response:
        if when(response):
            hit(limits)
        return response


def was_refused(response: Response) -> bool:
    """Whether the form was not accepted: wrong guesses count, a right one does not."""
    return response.status_code == 400


def was_sent(response: Response) -> bool:
    """Whether a message was sent: by a form, which redirects, or by the API."""
    return response.status_code in (201, 302)


def _answer(error: TooManyRequests) -> Response:
    minutes = math.ceil(int(error.retry_after or 1) / 60)  # type: ignore[arg-type]  # always seconds here
    return errors.answer(
        error,
        ngettext(
            "You've reached the limit. Try again in a minute.",
            "You've reached the limit. Try again in %(num)d minutes.",
            minutes,
        ),
    )


# Pages and the API are counted together.
addresses = limited("10 per hour", scope="addresses")  # each sends a mail, perhaps to a stranger
follows = limited("30 per minute; 600 per hour", scope="follows")  # each notifies the user who is followed
posts = limited("30 per minute; 500 per hour", scope="posts")
profiles = limited("30 per minute; 300 per hour", scope="profiles")
messages = limited("30 per minute; 600 per day", scope="messages", when=was_sent)
translations = limited("20 per minute; 300 per hour", scope="translations")
registrations = limited("500 per hour", account=address, scope="registrations")  # a classroom shares one address

_wrong_passwords = limited("10 per minute; 60 per hour", scope="passwords", when=was_refused)
_own_passwords = limited(str(OWN_PASSWORD_RATE), scope=OWN_PASSWORDS)


def passwords(view: View) -> View:
    """Limit a form that asks for the user's own password: refusals, and all submissions since each costs a hash."""
    return _wrong_passwords(_own_passwords(view))


def own_passwords(account: str) -> list[Limit]:
    """Return the limits of `passwords` that the right password counts in, for an account as `user` names it."""
    return [(OWN_PASSWORD_RATE, OWN_PASSWORDS, account)]


def api_requests(view: View) -> View:
    """Limit the requests of an account to the whole API, those that only read too."""

    @functools.wraps(view)
    def check(*args: Any, **kwargs: Any) -> Any:
        name = user()
        if not frequent_counter.hit(API_RATE, name):
            raise TooManyRequests(retry_after=frequent_counter.seconds_left(API_RATE, name))
        return view(*args, **kwargs)

    return check  # type: ignore[return-value]  # it has the view's signature
