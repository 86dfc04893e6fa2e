"""Names of browsers and systems, by the User-Agent header.

For the list of devices, where a user recognizes their own. Versions are left out: they would tell devices apart better,
but also let a copy of the table identify them.
"""

# Each with the text that its header contains. The first that matches counts: Edge also says that it is Chrome, and
# Chrome that it is Safari.
BROWSERS = {
    "Edg": "Edge",
    "OPR/": "Opera",
    "Vivaldi": "Vivaldi",
    "YaBrowser": "Yandex",
    "SamsungBrowser": "Samsung Internet",
    "DuckDuckGo": "DuckDuckGo",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
    "Lynx": "Lynx",
    "w3m": "w3m",
    "curl": "curl",
}
SYSTEMS = {
    "Android": "Android",
    "iPhone": "iPhone",
    "iPad": "iPad",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "FreeBSD": "FreeBSD",
    "Linux": "Linux",
}


def browser_of(user_agent: str) -> str:
    """Return the browser's name, as in "Firefox"; "" if it is unknown."""
    return _first(BROWSERS, user_agent)


def system_of(user_agent: str) -> str:
    """Return the system's name, as in "Android"; "" if it is unknown."""
    return _first(SYSTEMS, user_agent)


def _first(names: dict[str, str], user_agent: str) -> str:
    return next((name for text, name in names.items() if text in user_agent), "")
