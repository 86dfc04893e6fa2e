"""Browsers that strangers' wrong passwords and requests for a reset do not lock out."""

import pytest

from app.auth import proofs
from app.auth.services import set_password
from app.database import db


def test_known_browser_passes_at_the_address_of_the_guesses(susan, browser, guess, sign_in):
    known = browser("192.0.2.66")
    assert sign_in(known) == 302
    assert guess(browser("192.0.2.66"), 12)[-1] == 429
    assert sign_in(known) == 302


def test_known_browser_is_limited_too(susan, browser, guess, sign_in):
    known = browser("192.0.2.1")
    sign_in(known)
    assert guess(known, 12) == [400] * 10 + [429] * 2


def test_known_browsers_of_one_account_are_limited_together(susan, browser, guess, sign_in):
    known = [browser(f"192.0.2.{number}") for number in range(4)]
    assert [sign_in(each) for each in known] == [302] * 4
    assert [status for each in known for status in guess(each, 10)] == [400] * 26 + [429] * 14


def test_known_browser_of_one_account_is_unknown_to_others(susan, make_user, browser, guess, sign_in):
    make_user("john")
    johns = browser("192.0.2.66")
    assert sign_in(johns, "john") == 302
    assert guess(browser("192.0.2.66"), 10) == [400] * 10
    assert sign_in(johns, "susan") == 429


def test_browser_knows_several_accounts(susan, make_user, browser, guess, sign_in):
    make_user("john")
    shared = browser("192.0.2.66")
    for name in ("susan", "john"):
        assert sign_in(shared, name) == 302
    for name in ("susan", "john"):
        guess(browser("192.0.2.66"), 11, name)
        assert sign_in(shared, name) == 302


def test_new_password_makes_browsers_unknown(susan, browser, guess, sign_in):
    known = browser("192.0.2.66")
    sign_in(known)
    set_password(susan(), "battery staple")
    db.session.commit()
    guess(browser("192.0.2.66"), 10)
    assert sign_in(known, password="battery staple") == 429


@pytest.mark.parametrize("cookie", ["", "x", "W10.x.y", "é", "W10"])
def test_forged_cookie_makes_no_browser_known(susan, stranger, sign_in, guess, cookie):
    guess(stranger, 10)
    stranger.set_cookie("microblog_known", cookie)
    assert sign_in(stranger) == 429


def test_reset_makes_the_browser_known(susan, browser, guess, sign_in, submit, few_guesses):
    for number in range(2):
        guess(browser(f"198.51.100.{number}"), 10)
    own = browser("203.0.113.1")
    page = f"/auth/reset_password?token={proofs.make(proofs.RESET, susan())}"
    new = {"new_password": "battery staple", "new_password2": "battery staple"}
    assert submit(own, page, **new) == [302]
    assert sign_in(own, password="battery staple") == 302


def test_known_browser_gets_a_reset_whatever_strangers_asked(susan, browser, sign_in, ask, outbox):
    known = browser("198.51.100.1")
    assert sign_in(known) == 302
    for number in range(4):
        ask(browser(f"198.51.100.{number}"), 5)
    assert ask(known) == [302]
    assert len(outbox()) == 11
