"""How often something may be tried: by account first, by address only generously.

A classroom shares one address, and behind an engine's proxy everybody has the gateway's. Counts are exact with Redis
(REDIS_URL); in memory each worker of the server counts for itself, so that limits are looser by their number.
"""

import contextlib
import functools
import ipaddress
import math
import time

from flask import after_this_request, current_app, g, request
from flask_babel import ngettext
from flask_limiter import Limiter, RateLimitExceeded
from flask_login import current_user
from limits import parse

from app.web import errors

WRITING = ["POST", "PUT", "DELETE"]  # the showing of a form is not limited


def address() -> str:
    """Where the request comes from. Of IPv6 the first 64 bits: the rest is the subscriber's own to change."""
    try:
        found = ipaddress.ip_address(request.remote_addr or "")
    except ValueError:  # a server on a Unix socket knows none
        return "unknown"
    found = getattr(found, "ipv4_mapped", None) or found
    if found.version == 6:
        return str(ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def person() -> str:
    """Who is logged in, or whose program asks."""
    return f"person {(g.get('person') or current_user).id}"


def typed(field: str):
    """Whom the form is about, who need not exist: what was typed into `field`, whatever its case."""
    return lambda: f"typed {request.form.get(field, '').strip().lower()[:254]}"


limiter = Limiter(address, strategy="moving-window", in_memory_fallback_enabled=True)


def init_app(app):
    """Count where the settings say."""
    app.config["RATELIMIT_STORAGE_URI"] = app.config["REDIS_URL"] or "memory://"
    limiter.init_app(app)
    # It would look for limits before, after and at the end of every request, 7 % of a page; only some views have any.
    app.before_request_funcs[None].remove(limiter._check_request_limit)
    app.teardown_request_funcs[None].pop()
    app.extensions["counter"] = limiter.limiter
    app.extensions["count_answer"] = app.after_request_funcs[None].pop()
    app.register_error_handler(RateLimitExceeded, answer)


def limited(by_account: str, account=person, by_address: str | None = None, when=None, scope: str | None = None):
    """Limit what a view is sent (not its showing), as "10 per minute; 60 per hour", by account and by address.

    `when(response)` tells whether a request counts; without it all do. What is limited under one `scope` is counted
    together, by account. A function that a view calls can be limited too: then only the requests that come to it count.
    """

    def decorate(view):
        if when:
            view = counted_by_answer(view)
        if by_address:
            view = limiter.limit(by_address, methods=WRITING, deduct_when=when)(view)
        options = {"key_func": account, "methods": WRITING, "deduct_when": when}
        if scope:
            return limiter.shared_limit(by_account, scope, **options)(view)
        return limiter.limit(by_account, **options)(view)

    return decorate


def limited_together(view, limit: str, scope: str, account):
    """Limit what an account may ask of all views of one `scope`, by one count that costs next to nothing.

    Flask-Limiter's own check takes an eighth of an answer of the API: it is left to it to refuse, and to count while
    Redis is away.
    """
    checked = limiter.shared_limit(limit, scope=scope, key_func=account)(view)
    rate = parse(limit)

    @functools.wraps(view)
    def counted(*args, **kwargs):
        counter = current_app.extensions["counter"]
        if limiter.enabled and limiter.limiter is counter:
            allowed = False
            with contextlib.suppress(Exception):  # whatever a storage that is away raises
                allowed = counter.hit(rate, account(), scope)
            if allowed:
                return view(*args, **kwargs)
        return checked(*args, **kwargs)

    return counted


def counted_by_answer(view):
    """Let the limits of a view that have `deduct_when` see what it answers."""

    @functools.wraps(view)
    def counted(*args, **kwargs):
        after_this_request(current_app.extensions["count_answer"])
        return view(*args, **kwargs)

    return counted


def was_refused(response) -> bool:
    """Whether the form was not accepted: whoever guesses is counted, whoever knows is not."""
    return response.status_code == 400


def was_sent(response) -> bool:
    """Whether a message went out: by a form, which leads on, or by a program."""
    return response.status_code in (201, 302)


def answer(error: RateLimitExceeded):
    """429, with the seconds after which the next try counts as one."""
    error.retry_after = max(1, math.ceil(limiter.current_limit.window.reset_time - time.time()))
    minutes = math.ceil(error.retry_after / 60)
    return errors.answer(
        error,
        ngettext("Too often. Try again in a minute.", "Too often. Try again in %(num)d minutes.", minutes),
    )


# What pages and the API let people do, counted together: whoever does it by both does it no oftener.
passwords = limited("10 per minute; 60 per hour", scope="passwords", when=was_refused)  # one's own password
addresses = limited("10 per hour", scope="addresses")  # each is a mail to an address that may be a stranger's
follows = limited("30 per minute; 600 per hour", scope="follows")  # whoever is followed is told so, each time
posts = limited("30 per minute; 500 per hour", scope="posts")
messages = limited("30 per minute; 600 per day", scope="messages", when=was_sent)
translations = limited("20 per minute; 300 per hour", scope="translations")
