"""An account is deleted by the API as by the page (tests/app/deletion)."""

from datetime import datetime

import pytest

from app.database import db, utc_now
from app.deletion.models import AccountDeletion
from app.deletion.services import GRACE


def due():
    db.session.rollback()
    return db.session.scalar(db.select(AccountDeletion.due_at))


def test_deletion_is_due_in_a_week(client, susan, basic):
    response = client.delete(f"/api/users/{susan.id}", headers=basic("susan"))
    assert response.status_code == 202
    assert datetime.fromisoformat(response.json["due_at"]) == due()
    assert due() <= utc_now() + GRACE


def test_deletion_revokes_tokens(client, api, susan, basic):
    client.delete(f"/api/users/{susan.id}", headers=basic("susan"))
    assert api("GET", "/users").status_code == 401


def test_new_token_keeps_the_account(client, susan, basic):
    client.delete(f"/api/users/{susan.id}", headers=basic("susan"))
    assert client.post("/api/tokens", headers=basic("susan")).status_code == 200
    assert due() is None


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eDp5"}], ids=["none", "wrong"])
def test_password_is_required(client, susan, headers):
    assert client.delete(f"/api/users/{susan.id}", headers=headers).status_code == 401
    assert due() is None


def test_token_does_not_suffice(api, susan):
    assert api("DELETE", f"/users/{susan.id}").status_code == 401


def test_account_of_another_user_is_kept(client, john, susan, basic):
    assert client.delete(f"/api/users/{john.id}", headers=basic("susan")).status_code == 403
    assert client.delete("/api/users/999999", headers=basic("susan")).status_code == 404
    assert due() is None
