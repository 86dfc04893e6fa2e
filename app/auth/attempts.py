"""Limits of attempts on accounts: passwords, and mails to the account's address.

A limit counts for an account *and* the address that asks, so that a stranger uses up only their own. Limits of an
account over all addresses stop guesses from many; browsers that it knows have their own (known_browsers.py). Those of
an address over all accounts are generous. Right passwords are limited too, since each costs a hash. An unknown account
is limited like an existing one. Pages and the API count together. Reasons: docs/decisions/accounts.md.
"""

import hashlib
import unicodedata

from limits import RateLimitItem, parse_many
from werkzeug.exceptions import TooManyRequests

from app.auth import known_browsers, services
from app.users import passwords, queries
from app.users.email_addresses import EMAIL_MAX_TYPED, email_key
from app.users.models import User
from app.web import rate_limits
from app.web.rate_limits import Limit, address

PASSWORDS, RESETS = "sign-in", "resets"  # scopes

BY_ACCOUNT_AND_ADDRESS = {PASSWORDS: parse_many("10 per minute; 60 per hour"), RESETS: parse_many("5 per hour")}
# The reset limit lasts as long as a link is valid: when it is reached, a link in the owner's inbox still works.
BY_ACCOUNT = {PASSWORDS: parse_many("100 per hour"), RESETS: parse_many("10 per 10 minutes")}
BY_ADDRESS = {PASSWORDS: parse_many("200 per minute; 2000 per hour"), RESETS: parse_many("200 per hour")}
REGISTRATIONS = parse_many("20 per hour")  # of one email address by one address
REPEATED_CHANGES = parse_many("30 per minute")
CONFIRMATIONS = parse_many("20 per hour")  # mails to one address, for all accounts together


def authenticate(name: str, password: str) -> User | None:
    """Return the user with this username or email address if the password is theirs, else None.

    Raises TooManyRequests over the limit of wrong passwords, even for the right one, or over that of right ones.
    """
    user = queries.by_name(name)
    account = f"user {user.id}" if user else _named(name)
    browser = known_browsers.name_for(lambda: user)
    limits = _limits(PASSWORDS, account, browser)
    if not browser:
        limits += _each(BY_ACCOUNT[PASSWORDS], PASSWORDS, account)
    own = rate_limits.own_passwords(account)
    checked = limits + own
    # Only users who know the password have known browsers, and they can have many.
    wrong = checked if browser else limits
    try:
        rate_limits.check(checked)
        with passwords.hashing():
            rate_limits.check(checked)  # again: simultaneous attempts have been counted while this one waited
            right = services.authenticate(name, password)
            rate_limits.hit(own if right else wrong)
            return user if right else None
    except TooManyRequests:
        services.log_refusal("sign-in limited", user)
        raise


def count_repeated_change(user: User) -> None:
    """Count a "Change password" that was submitted before. Raises TooManyRequests.

    It has its own limit: a person who has lost the account can still submit it, and must not lock the owner out.
    """
    rate_limits.take(_each(REPEATED_CHANGES, "repeated changes", f"user {user.id}"))


def register(email: str) -> None:
    """Count an attempt to register this email address. Raises TooManyRequests."""
    rate_limits.take(_each(REGISTRATIONS, "registration", f"{_named(email)}, {address()}"))


def request_reset(email: str) -> bool:
    """Count a request for a reset; return whether to mail a link. Raises TooManyRequests.

    Over the limit, respond as usual: the latest link that was mailed is still valid.
    """
    account = _named(email)
    browser = known_browsers.name_for(lambda: queries.by_email(email))
    rate_limits.take(_limits(RESETS, account, browser))
    return bool(browser) or rate_limits.hit(_each(BY_ACCOUNT[RESETS], RESETS, account))


def request_confirmation(email: str) -> None:
    """Count a mail to an address that the user has not confirmed. Raises TooManyRequests."""
    rate_limits.take(_each(CONFIRMATIONS, "confirmation", _named(email)))


def count_refused(scope: str) -> None:
    """Count an attempt without an account, such as a form without its CSRF token. Raises TooManyRequests."""
    rate_limits.take(_each(BY_ADDRESS[scope], scope, address()))


def _limits(scope: str, account: str, browser: str | None) -> list[Limit]:
    """Return the limits that apply: of the account in a known browser, or else of the account and of the address."""
    by_account = BY_ACCOUNT_AND_ADDRESS[scope]
    if browser:
        return _each(by_account, scope, f"{account}, browser {browser}")
    return _each(by_account, scope, f"{account}, {address()}") + _each(BY_ADDRESS[scope], scope, address())


def _each(rates: list[RateLimitItem], scope: str, whom: str) -> list[Limit]:
    return [(rate, scope, whom) for rate in rates]


def _named(name: str) -> str:
    """Return the account's key, a hash, since the typed name can have any length. The account need not exist.

    No account has a name longer than EMAIL_MAX_TYPED. Those are cut before normalization, which takes the square of the
    number of combining marks.
    """
    typed = unicodedata.normalize("NFKC", email_key(name)[:EMAIL_MAX_TYPED]).casefold()
    return f"name {hashlib.sha256(typed.encode(errors='replace')).hexdigest()[:32]}"
