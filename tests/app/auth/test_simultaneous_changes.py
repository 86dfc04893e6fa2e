"""Simultaneous changes of an account: one succeeds, the others are told."""

from functools import partial

import pytest
from sqlalchemy import func, select

from app.auth import links, services
from app.auth.models import ApiToken, LoginSession
from app.database import db
from app.exceptions import NotAllowed
from app.mail.models import OutboxMail
from app.users.services import change_email
from tests.app.auth.conftest import local
from tests.fixtures.forms import csrf_token_in
from tests.fixtures.users import PASSWORD

NEW = [f"battery staple {number}" for number in range(4)]
LINK_USED, ADDRESS_LINK_USED = "/auth/reset_password_request", "/settings"
ADDRESS_CHANGED = "/auth/login?next=/settings"  # signed out


@pytest.fixture
def together(app, at_once):
    """`together((page, fields), …)`: submit the pages' forms at once, each in a browser, by default in new ones.

    Returns where the answers redirect to, or their statuses.
    """

    def together(*forms, clients=()):
        posts = []
        for (page, fields), client in zip(forms, clients or [app.test_client() for _form in forms], strict=True):
            token = csrf_token_in(client.get(page).text)
            posts.append(partial(client.post, page, data={"csrf_token": token, **fields}))
        return [answer.location or answer.status_code for answer in at_once(*posts)]

    return together


def count(model):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(model))


def passwords_that_work():
    return [bool(services.authenticate("susan", password)) for password in NEW]


def test_reset_link_sets_one_of_four_simultaneous_passwords(client, together, outbox, ask, susan):
    ask(client)
    link = local(outbox()[-1][2])
    answers = together(*[(link, {"new_password": new, "new_password2": new}) for new in NEW])
    assert sorted(answers) == ["/auth/login", *[LINK_USED] * 3]
    assert passwords_that_work() == [answer == "/auth/login" for answer in answers]


def test_address_link_changes_the_address_once(together, outbox, susan):
    links.request_confirmation(susan(), "new@example.com")
    db.session.commit()
    link = local(outbox()[-1][2])
    assert sorted(together(*[(link, {})] * 4)) == [ADDRESS_CHANGED, *[ADDRESS_LINK_USED] * 3]
    assert susan().email == "new@example.com"
    assert [mail[:2] for mail in outbox()[1:]] == [("susan@example.com", "Your email address was changed")]


def test_one_of_two_simultaneous_address_links_counts(together, outbox, susan):
    user = susan()
    for email in ("one@example.com", "two@example.com"):
        links.request_confirmation(user, email)
    db.session.commit()
    mails = outbox()
    answers = together(*[(local(link), {}) for _address, _subject, link in mails])
    assert sorted(answers) == [ADDRESS_CHANGED, ADDRESS_LINK_USED]
    assert susan().email == mails[answers.index(ADDRESS_CHANGED)][0]


def test_simultaneous_password_changes_leave_one_password_and_session(together, device, susan):
    clients = [device() for _new in NEW]
    forms = [("/settings/password", {"password": PASSWORD, "new_password": new, "new_password2": new}) for new in NEW]
    answers = together(*forms, clients=clients)
    has_changed = [answer == "/settings" for answer in answers]
    assert sum(has_changed) == 1
    # A wrong password by now; too late; a session that has ended by now.
    assert set(answers) - {"/settings"} <= {400, 403, "/auth/login"}
    assert [client.get("/settings").status_code == 200 for client in clients] == has_changed
    assert passwords_that_work() == has_changed
    assert count(LoginSession) == 1


@pytest.mark.parametrize("change", ["password", "address"])
def test_link_asked_for_during_a_change_is_not_mailed(context, susan, change):
    """The request has read the account, and checked the password, before the change."""
    user = susan()
    db.session.expunge(user)
    if change == "password":
        services.set_password(susan(), NEW[0])
    else:
        change_email(susan(), "new@example.com")
    db.session.commit()
    mails = count(OutboxMail)
    with pytest.raises(NotAllowed):
        if change == "password":
            services.request_email_change(user, "other@example.com", PASSWORD)
        else:
            services.request_confirmation(user)
    assert count(OutboxMail) == mails


def test_reset_link_is_void_after_a_simultaneous_change_of_address(context, susan):
    user = susan()
    db.session.expunge(user)
    change_email(susan(), "new@example.com")
    db.session.commit()
    with pytest.raises(NotAllowed):
        services.reset_password(user, NEW[0])
    assert not any(passwords_that_work())


def test_simultaneous_token_forms_issue_a_token_each(susan, at_once):
    def issue(number):
        return services.issue_token_once(susan(), "phone", f"{number:022}")

    assert len(set(at_once(*[partial(issue, number) for number in range(3)]))) == 3
    assert count(ApiToken) == 3
