"""What password managers read: which field holds what, and which account a form is about."""

import re

import pytest

from app.auth import proofs
from app.users.queries import by_username

FIELD = re.compile(r'<input[^>]*autocomplete="([^"]+)"[^>]*>')
OWN = r'<input type="text" value="susan" autocomplete="username" hidden readonly>'


@pytest.mark.parametrize(
    ("path", "purposes"),
    [
        ("/auth/login", ["username", "current-password"]),
        ("/auth/register", ["username", "email", "new-password", "new-password"]),
        ("/auth/reset_password_request", ["email"]),
    ],
)
def test_fields_name_their_purpose(client, path, purposes):
    assert FIELD.findall(client.get(path).text) == purposes


@pytest.mark.parametrize(
    ("path", "purposes"),
    [
        ("/settings/password", ["current-password", "new-password", "new-password"]),
        ("/settings/address", ["email", "current-password"]),
    ],
)
def test_forms_of_settings_name_the_account(client, susan, log_in, path, purposes):
    log_in("susan")
    page = client.get(path).text
    assert FIELD.findall(page) == ["username", *purposes]
    assert OWN in page


def test_reset_form_names_the_account(client, susan):
    page = client.get(
        "/auth/reset_password", query_string={"token": proofs.make(proofs.RESET, by_username("susan"))}
    ).text
    assert FIELD.findall(page) == ["username", "new-password", "new-password"]
    assert OWN in page
