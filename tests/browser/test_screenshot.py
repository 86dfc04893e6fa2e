"""README's screenshot of the home timeline, saved to the path in SCREENSHOT."""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCREENSHOT = os.environ.get("SCREENSHOT")

TIMELINE = (
    ("nadia", "Nadia Benali", "Premier conteneur de la journée : il démarre, il répond, il s’arrête proprement. ☕"),
    ("mateo_r", "Mateo Ruiz", "Hoy he aprendido que una imagen es un montón de capas. La mía tiene cinco."),
    ("kenji", "石川健二", "ヘルスチェックが緑になった。今日はもう帰ります。🍵"),
    (
        "susan",
        "Susan Park",
        "Does anyone know why `docker stop` takes ten seconds here? Asking for a process that ignores SIGTERM.",
    ),
)


@pytest.mark.skipif(not SCREENSHOT, reason="README's screenshot: SCREENSHOT=docs/screenshot.png make test-browser")
def test_home_timeline_screenshot(visit, register):
    page = visit(width=1120, height=760, color_scheme="light")
    writers = []
    for username, name, body in TIMELINE:
        writers.append(register(page, name=name, username=username))
        writers[-1].post(body)
        writers[-1].log_out()
    reader = register(page, name="Ada Moreau", username="ada")
    for writer in writers:
        reader.follow(writer)
    reader.post("Read every Dockerfile here from top to bottom. The comments say why.")
    page.goto("/")
    page.wait_for_load_state("networkidle")
    page.mouse.move(0, 0)
    assert page.locator(".post").count() == len(TIMELINE) + 1
    page.screenshot(path=ROOT / SCREENSHOT)
