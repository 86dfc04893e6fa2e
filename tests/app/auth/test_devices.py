import pytest

from app.auth.devices import BROWSERS, SYSTEMS, browser_of, system_of
from app.auth.models import LoginSession

WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"
BLINK = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/150.0.0.0"


@pytest.mark.parametrize(
    ("user_agent", "browser", "system"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:150.0) Gecko/20100101 Firefox/150.0", "Firefox", "Linux"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Safari/537.36", "Chrome", "Windows"),
        (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {BLINK} Safari/537.36 Edg/150.0.0.0", "Edge", "Windows"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {BLINK} Safari/537.36 OPR/120.0.0.0", "Opera", "macOS"),
        (f"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) {WEBKIT} Version/26.0 Safari/605.1.15", "Safari", "macOS"),
        (f"Mozilla/5.0 (Linux; Android 15; K) {BLINK} Mobile Safari/537.36", "Chrome", "Android"),
        ("Mozilla/5.0 (Android 15; Mobile; rv:150.0) Gecko/150.0 Firefox/150.0", "Firefox", "Android"),
        (
            f"Mozilla/5.0 (iPhone; CPU iPhone OS 26_0 like Mac OS X) {WEBKIT} FxiOS/150.0",
            "Firefox",
            "iPhone",
        ),
        (f"Mozilla/5.0 (iPad; CPU OS 26_0 like Mac OS X) {WEBKIT} CriOS/150.0 Safari/604.1", "Chrome", "iPad"),
        (f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {BLINK} Safari/537.36", "Chrome", "ChromeOS"),
        ("Lynx/2.9.2 libwww-FM/2.14", "Lynx", ""),
        ("", "", ""),
        ("<script>\n" * 1000, "", ""),
    ],
)
def test_browser_and_system_are_recognized(user_agent, browser, system):
    assert (browser_of(user_agent), system_of(user_agent)) == (browser, system)


def test_names_fit_their_columns():
    columns = LoginSession.__table__.c
    assert max(map(len, BROWSERS.values())) <= columns.browser.type.length
    assert max(map(len, SYSTEMS.values())) <= columns.system.type.length
