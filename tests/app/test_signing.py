"""Replicas whose clocks differ: each request may be answered by another one."""

import time

import pytest
from itsdangerous import SignatureExpired, TimestampSigner

from app.auth import proofs
from app.signing import TimedSerializer


@pytest.fixture
def clock(monkeypatch):
    """`clock(5)`: from now on, requests are answered by a replica whose clock is 5 seconds ahead."""

    def clock(ahead):
        now = time.time() + ahead
        monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: int(now))

    return clock


@pytest.mark.parametrize("ahead", [0.3, 1, 5, 59, -0.3, -5, -59])
def test_session_survives_clocks_that_differ(client, susan, log_in, clock, ahead):
    clock(ahead)
    log_in("susan")
    for replica in (0, ahead, 0):
        clock(replica)
        assert client.get("/edit_profile").status_code == 200


@pytest.mark.parametrize("ahead", [1, 5, 59])
def test_form_and_link_of_another_replica_are_accepted(client, fill_in, susan, context, clock, ahead):
    clock(ahead)
    proof = proofs.make(proofs.RESET, susan)
    page = client.get("/auth/login").text
    clock(0)
    token = page.partition('name="csrf_token"')[2].split('value="')[1].partition('"')[0]
    sent = {"csrf_token": token, "username": "susan", "password": "correct horse"}
    assert client.post("/auth/login", data=sent).status_code == 302
    assert proofs.read(proofs.RESET, proof) is not None


@pytest.mark.parametrize(("age", "valid"), [(-61, False), (-60, True), (-1, True), (0, True), (10, True), (11, False)])
def test_signature_is_valid_from_a_minute_ahead_to_its_age(clock, age, valid):
    serializer = TimedSerializer("key")
    clock(0)
    signed = serializer.dumps("text")
    clock(age)
    if valid:
        assert serializer.loads(signed, max_age=10) == "text"
    else:
        with pytest.raises(SignatureExpired):
            serializer.loads(signed, max_age=10)
