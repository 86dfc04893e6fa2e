"""The devices in the settings, where a user signs out of them."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.auth import queries, services
from app.auth.models import LoginSession
from app.database import db, utc_now
from app.exceptions import NotFound
from app.users.models import User
from app.users.services import delete_user
from tests.fixtures.users import PASSWORD

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0"


def is_signed_in(client):
    return client.get("/settings").status_code == 200


def devices(page):
    """The devices that the settings list, as (name with "this device", path of the button)."""
    listed = re.search(r'<ul class="devices">(.*?)</ul>', page, re.DOTALL)[1]
    return [
        (
            " ".join(re.sub(r"<(time|button|form).*?</\1>|<[^>]*>|Last seen", " ", item, flags=re.DOTALL).split()),
            (re.findall(r'action="([^"]+)"', item) or [None])[0],
        )
        for item in listed.split("</li>")[:-1]
    ]


def test_settings_list_the_devices_and_mark_this_one(app, susan, log_in):
    client = app.test_client()
    for user_agent in (FIREFOX, "", "Mozilla/5.0 (Linux; Android 15)"):
        client = app.test_client()
        client.environ_base["HTTP_USER_AGENT"] = user_agent
        log_in("susan", client=client)
    listed = devices(client.get("/settings").text)
    assert [name for name, _path in listed] == [
        "Unknown browser on Android This device",
        "Unknown browser",
        "Firefox on Linux",
    ]
    assert [bool(path) for _name, path in listed] == [False, True, True]


def test_devices_of_others_and_expired_ones_are_not_listed(device, make_user, log_in, app):
    device()
    db.session.execute(update(LoginSession).values(expires_at=utc_now() - timedelta(seconds=1)))
    db.session.commit()
    services.start_session(make_user("john"), FIREFOX, remember=True)
    db.session.commit()
    assert len(devices(device().get("/settings").text)) == 1


def test_one_device_is_signed_out_and_its_copies_too(device, copy_of, fill_in):
    lost, client, other = device(remember_me="y"), device(), device()
    thief = copy_of(lost)
    path = devices(client.get("/settings").text)[-1][1]
    response = fill_in("/settings", to=path, client=client)
    assert (response.status_code, response.headers["Location"].partition("#")[0]) == (302, "/settings")
    assert [is_signed_in(each) for each in (lost, thief, client, other)] == [False, False, True, True]


def test_this_device_can_be_signed_out_by_its_id(device, fill_in):
    client = device(remember_me="y")
    own = db.session.scalars(select(LoginSession.id)).one()
    fill_in("/settings", to=f"/settings/devices/{own}/sign_out", client=client)
    assert not is_signed_in(client)
    assert client.get_cookie("microblog_remember") is None


def test_device_of_another_user_cannot_be_signed_out(device, make_user, fill_in):
    token = services.start_session(make_user("john"), "", remember=False)
    db.session.commit()
    his = queries.user_of_session(token).session_id
    fill_in("/settings", to=f"/settings/devices/{his}/sign_out", client=device())
    with pytest.raises(NotFound):
        services.end_session(db.session.scalar(select(User.id).where(User.username == "susan")), his)
    assert queries.user_of_session(token)


def test_sign_out_of_all_others_keeps_this_session(device, copy_of, fill_in):
    client, others = device(remember_me="y"), [device(), device(remember_me="y")]
    fill_in("/settings", to="/settings/log_out_everywhere", client=client)
    assert is_signed_in(client)
    assert is_signed_in(copy_of(client, "microblog_remember"))
    assert not any(map(is_signed_in, others))


@pytest.mark.parametrize("other", ["device", "token", None])
def test_sign_out_of_all_others_needs_others_and_asks(device, susan, other):
    client = device()
    if other == "device":
        device()
    elif other == "token":
        services.issue_token(susan())
        db.session.commit()
    page = client.get("/settings").text
    question = 'name="ask" value="Sign out of all other devices and revoke your API tokens?"'
    assert ("/settings/log_out_everywhere" in page, question in page) == (bool(other), bool(other))


def test_password_change_renews_the_session_and_ends_copies(device, copy_of, fill_in):
    client = device(remember_me="y")
    thief = copy_of(client)
    change = {"password": PASSWORD, "new_password": "battery staple", "new_password2": "battery staple"}
    fill_in("/settings/password", client=client, **change)
    assert is_signed_in(client)
    assert is_signed_in(copy_of(client, "microblog_remember"))
    assert not is_signed_in(thief)
    assert db.session.scalar(select(func.count(LoginSession.id))) == 1


def test_deleted_account_has_no_session(device):
    client = device(remember_me="y")
    delete_user(db.session.scalars(select(User)).one())
    db.session.commit()
    assert not is_signed_in(client)
    assert db.session.scalar(select(func.count(LoginSession.id))) == 0


def test_revoking_a_token_asks_first(client, susan, log_in, fill_in):
    log_in("susan")
    fill_in("/settings/tokens", name="phone")
    assert 'name="ask" value="Revoke this token?' in client.get("/settings/tokens").text
