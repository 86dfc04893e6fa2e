import logging
import threading
import time
from http.client import HTTPException

import pytest

from app.exceptions import Unavailable
from app.translation import client, post
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


def test_client_sends_libretranslate_request(context, service):
    assert translate() == "<de>Guten Morgen<en>"
    assert service.asked == [
        ("/translate", {"q": "Guten Morgen", "source": "de", "target": "en", "format": "text"}),
    ]


def test_client_keeps_path_of_service_url(context, service, app, monkeypatch):
    monkeypatch.setitem(app.config, "TRANSLATE_URL", f"{service.url}/libre")
    translate()
    assert service.asked[0][0] == "/libre/translate"


def test_client_preserves_every_character(context, service):
    assert translate(EMOJI) == f"<de>{EMOJI}<en>"


def test_client_sends_api_key(context, service, app, monkeypatch):
    service.key = "sesame"
    monkeypatch.setitem(app.config, "TRANSLATE_KEY", "sesame")
    assert translate()


@pytest.mark.parametrize("key", ["", "opensesame"])
def test_wrong_api_key_is_logged_without_key(context, service, app, monkeypatch, caplog, key):
    service.key = "sesame"
    monkeypatch.setitem(app.config, "TRANSLATE_KEY", key)
    with pytest.raises(Unavailable, match="isn't working"):
        translate()
    assert "Invalid API key" in caplog.text
    assert not key or key not in caplog.text


@pytest.mark.parametrize(
    ("mood", "message"),
    [
        (answering(500, {"error": "Cannot translate text"}), "isn't working"),
        (answering(502, b"<html>Bad Gateway"), "isn't working"),
        (answering(404, b""), "isn't working"),
        (answering(204, b""), "isn't working"),
        (answering(429, {"error": "Slowdown: 80 per 1 minute"}), "is busy"),
        (answering(400, {"error": "de is not supported"}), "can't translate this post"),
        (answering(200, b"<html>Welcome"), "unusable answer"),
        (answering(200, b"\xff\xfe"), "unusable answer"),
        (answering(200, b"[" * 50_000), "unusable answer"),
        (answering(200, []), "unusable answer"),
        (answering(200, {"error": "but with 200"}), "unusable answer"),
        (answering(200, {"translatedText": ["a", "b"]}), "unusable answer"),
        (answering(200, {"translatedText": None}), "unusable answer"),
        (answering(200, {"translatedText": " \u200b\n"}), "unusable answer"),
        (answering(200, {"translatedText": "a\0b"}), "unusable answer"),
        (answering(200, {"translatedText": "half \ud83d"}), "unusable answer"),
        (answering(200, {"translatedText": "x" * 4001}), "unusable answer"),
        (answering(200, {"translatedText": "ok", "alternatives": "x" * 70_000}), "unusable answer"),
        (moods.endless, "unusable answer"),
        (cut, "can't be reached"),
        (talks_nonsense, "can't be reached"),
        (moods.silent, "takes too long"),
        (moods.dripping_headers, "takes too long"),
        (moods.dripping_body, "takes too long"),
    ],
)
def test_each_service_failure_has_message(context, service, impatient, mood, message):
    service.mood = mood
    with pytest.raises(Unavailable, match=message):
        translate()


def test_longest_storable_answer_is_accepted(context, service):
    service.mood = answering(200, {"translatedText": "é" * 4000})
    assert translate() == "é" * 4000


def test_unreachable_service_fails_at_once(context, service, app, monkeypatch, free_port):
    monkeypatch.setitem(app.config, "TRANSLATE_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(Unavailable, match="can't be reached"):
        translate()


@pytest.mark.parametrize("url", ["https://127.0.0.1:{}", "http://no-such-host.invalid:{}"])
def test_wrong_service_url_fails(context, service, app, monkeypatch, url):
    monkeypatch.setitem(app.config, "TRANSLATE_URL", url.format(service.server_port))
    with pytest.raises(Unavailable, match=r"can't be reached|takes too long"):
        translate()


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_redirect_is_not_followed(context, service, app, monkeypatch, status):
    monkeypatch.setitem(app.config, "TRANSLATE_KEY", "sesame")
    other = moods.LibreTranslate()
    try:
        service.mood = answering(status, b"", Location=f"{other.url}/translate")
        with pytest.raises(Unavailable):
            translate()
    finally:
        other.server_close()
    assert other.asked == []


def test_slow_service_times_out_within_five_seconds(context, service):
    service.mood = moods.dripping_body
    began = time.monotonic()
    with pytest.raises(Unavailable, match="takes too long"):
        translate()
    assert time.monotonic() - began < 4.5


@pytest.mark.parametrize("mood", [moods.silent, moods.dripping_headers, moods.dripping_body])
def test_request_thread_ends_after_timeout(context, service, impatient, mood, eventually):
    service.mood = mood
    with pytest.raises(Unavailable, match="takes too long"):
        translate()
    assert service.left.wait(10)
    eventually(lambda: not [thread for thread in threading.enumerate() if thread.name == "deadline"])


def test_hanging_name_resolution_times_out(context, service, impatient, monkeypatch):
    found = threading.Event()
    monkeypatch.setattr("socket.getaddrinfo", lambda *arguments, **options: found.wait(10) and [])
    began = time.monotonic()
    with pytest.raises(Unavailable, match="takes too long"):
        translate()
    assert time.monotonic() - began < 2
    found.set()


def test_stopped_request_is_not_sent(service):
    request = post.Request(service.url + "/translate", b"{}", 5, 100)
    request.stop()
    with pytest.raises(TimeoutError):
        request.send()
    assert service.asked == []


def test_timeout_pauses_requests(context, service, impatient, monkeypatch, caplog):
    service.mood = moods.silent
    for _ in range(3):
        with pytest.raises(Unavailable, match="takes too long"):
            translate()
    assert len(service.asked) == 1
    service.mood = None
    now = time.monotonic
    monkeypatch.setattr(time, "monotonic", lambda: now() + client.PAUSE)
    assert translate()


def test_failure_does_not_pause_requests(context, service):
    service.mood = answering(500, {"error": "once"})
    with pytest.raises(Unavailable):
        translate()
    service.mood = None
    assert translate()


def test_only_so_many_requests_are_made_at_once(context, service, monkeypatch):
    free = threading.BoundedSemaphore(1)
    monkeypatch.setattr(client, "_free", free)
    with free, pytest.raises(Unavailable, match="busy"):
        translate()
    assert service.asked == []
    service.mood = answering(500, {"error": "once"})
    with pytest.raises(Unavailable, match="isn't working"):
        translate()
    service.mood = None
    assert translate()


def test_service_error_is_one_short_log_line(context, service, caplog):
    service.mood = answering(500, {"error": "a\nb" + "x" * 10_000})
    with caplog.at_level(logging.INFO), pytest.raises(Unavailable):
        translate()
    [record] = caplog.records
    assert len(record.getMessage()) < 400
    assert "\n" not in record.getMessage()


def test_closed_connection_raises(service):
    service.mood = cut
    with pytest.raises((OSError, HTTPException)):
        post.post_json(service.url, {}, 5, 100)
