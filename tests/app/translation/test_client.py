import logging
import threading
import time
from http.client import HTTPException

import pytest

from app.exceptions import Unavailable
from app.translation import client, deadline
from tests.app.translation import libretranslate as moods

EMOJI = "🫠 👩‍👩‍👧‍👦 🍣≠🍺 क्षि مرحبا\n\"'<b>&amp;"


def translate(body="Guten Morgen", source="de", target="en"):
    return client.translate(body, source, target)


def answering(status, value, **headers):
    return lambda handler: handler.answer(status, value, **headers)


def cut(handler):
    handler.close_connection = True


def talks_nonsense(handler):
    handler.wfile.write(b"220 mail.example ESMTP\r\n")


def test_it_asks_as_the_protocol_wants_it(context, service):
    assert translate() == "<de>Guten Morgen<en>"
    assert service.asked == [
        ("/translate", {"q": "Guten Morgen", "source": "de", "target": "en", "format": "text"}),
    ]


def test_a_path_in_the_address_is_kept(context, service, app, monkeypatch):
    monkeypatch.setitem(app.config, "TRANSLATE_URL", f"{service.url}/libre")
    translate()
    assert service.asked[0][0] == "/libre/translate"


def test_every_character_goes_there_and_comes_back(context, service):
    assert translate(EMOJI) == f"<de>{EMOJI}<en>"


def test_a_key_is_sent_if_there_is_one(context, service, app, monkeypatch):
    service.key = "sesame"
    monkeypatch.setitem(app.config, "TRANSLATE_KEY", "sesame")
    assert translate()


@pytest.mark.parametrize("key", ["", "opensesame"])
def test_a_wrong_key_is_told_to_the_log_without_the_key(context, service, app, monkeypatch, caplog, key):
    service.key = "sesame"
    monkeypatch.setitem(app.config, "TRANSLATE_KEY", key)
    with pytest.raises(Unavailable, match="doesn't work at the moment"):
        translate()
    assert "Invalid API key" in caplog.text
    assert not key or key not in caplog.text


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        (answering(500, {"error": "Cannot translate text"}), "doesn't work at the moment"),
        (answering(502, b"<html>Bad Gateway"), "doesn't work at the moment"),
        (answering(404, b""), "doesn't work at the moment"),
        (answering(204, b""), "doesn't work at the moment"),
        (answering(429, {"error": "Slowdown: 80 per 1 minute"}), "too much to do"),
        (answering(400, {"error": "de is not supported"}), "can't translate this"),
        (answering(200, b"<html>Welcome"), "no answer that can be shown"),
        (answering(200, b"\xff\xfe"), "no answer that can be shown"),
        (answering(200, b"[" * 50_000), "no answer that can be shown"),
        (answering(200, []), "no answer that can be shown"),
        (answering(200, {"error": "but with 200"}), "no answer that can be shown"),
        (answering(200, {"translatedText": ["a", "b"]}), "no answer that can be shown"),
        (answering(200, {"translatedText": None}), "no answer that can be shown"),
        (answering(200, {"translatedText": " \u200b\n"}), "no answer that can be shown"),
        (answering(200, {"translatedText": "a\0b"}), "no answer that can be shown"),
        (answering(200, {"translatedText": "half \ud83d"}), "no answer that can be shown"),
        (answering(200, {"translatedText": "x" * 4001}), "no answer that can be shown"),
        (answering(200, {"translatedText": "ok", "alternatives": "x" * 70_000}), "no answer that can be shown"),
        (moods.endless, "no answer that can be shown"),
        (cut, "can't be reached"),
        (talks_nonsense, "can't be reached"),
        (moods.silent, "takes too long"),
        (moods.dripping_headers, "takes too long"),
        (moods.dripping_body, "takes too long"),
    ],
)
def test_whatever_goes_wrong_there_is_a_message_for_people(context, service, impatient, mood, message):
    service.mood = mood
    with pytest.raises(Unavailable, match=message):
        translate()


def test_the_longest_answer_that_can_be_kept_is_taken(context, service):
    service.mood = answering(200, {"translatedText": "é" * 4000})
    assert translate() == "é" * 4000


def test_a_service_that_is_not_there_is_told_at_once(context, service, app, monkeypatch, free_port):
    monkeypatch.setitem(app.config, "TRANSLATE_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match="can't be reached"):
        translate()


@pytest.mark.parametrize("url", ["https://127.0.0.1:{}", "http://no-such-host.invalid:{}"])
def test_a_wrong_address_is_told_as_well(context, service, app, monkeypatch, url):
    monkeypatch.setitem(app.config, "TRANSLATE_URL", url.format(service.server_port))
    with pytest.raises(Unavailable, match=r"can't be reached|takes too long"):
        translate()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed_so_that_no_other_host_gets_the_key(context, service, app, monkeypatch, status):
    monkeypatch.setitem(app.config, "TRANSLATE_KEY", "sesame")
    other = moods.LibreTranslate()
    try:
        service.mood = answering(status, b"", Location=f"{other.url}/translate")
        with pytest.raises(Unavailable):
            translate()
    finally:
        other.server_close()
    assert other.asked == []


def test_nobody_waits_for_five_seconds(context, service):
    service.mood = moods.dripping_body
    began = time.monotonic()
    with pytest.raises(Unavailable, match="takes too long"):
        translate()
    assert time.monotonic() - began < 4.5


@pytest.mark.parametrize("mood", [moods.silent, moods.dripping_headers, moods.dripping_body])
def test_no_thread_goes_on_waiting_for_an_answer_that_nobody_waits_for(context, service, impatient, mood, eventually):
    service.mood = mood
    with pytest.raises(Unavailable, match="takes too long"):
        translate()
    assert service.left.wait(10)
    eventually(lambda: not [thread for thread in threading.enumerate() if isinstance(thread, deadline.Request)])


def test_a_name_that_is_looked_up_for_ever_keeps_nobody(context, service, impatient, monkeypatch):
    found = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *arguments, **options: found.wait(10) and [])
    began = time.monotonic()
    with pytest.raises(Unavailable, match="takes too long"):
        translate()
    assert time.monotonic() - began < 2
    found.set()


def test_what_connects_too_late_is_not_sent(service, monkeypatch, eventually):
    request = deadline.Request(service.url + "/translate", b"{}", 5, 100)
    request.stop()
    request.run()
    assert isinstance(request.outcome.get(), TimeoutError)
    assert service.asked == []


def test_a_service_that_was_too_slow_is_left_alone_for_a_while(context, service, impatient, monkeypatch, caplog):
    service.mood = moods.silent
    for _ in range(3):
        with pytest.raises(Unavailable, match="takes too long"):
            translate()
    assert len(service.asked) == 1
    service.mood = None
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + client.PAUSE)
    assert translate()


def test_a_failure_alone_is_no_reason_to_leave_it_alone(context, service):
    service.mood = answering(500, {"error": "once"})
    with pytest.raises(Unavailable):
        translate()
    service.mood = None
    assert translate()


def test_what_the_log_is_told_is_one_short_line(context, service, caplog):
    service.mood = answering(500, {"error": "a\nb" + "x" * 10_000})
    with caplog.at_level(logging.INFO), pytest.raises(Unavailable):
        translate()
    [record] = caplog.records
    assert len(record.getMessage()) < 400
    assert "\n" not in record.getMessage()


def test_what_hangs_up_is_an_error_of_the_connection(service):
    service.mood = cut
    with pytest.raises((OSError, HTTPException)):
        deadline.post_json(service.url, {}, 5, 100)
