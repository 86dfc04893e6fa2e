"""Light or dark: what was chosen in this browser, with or without an account."""

from flask import Flask, Response, current_app, request

from app.web.hooks import is_public

THEMES = ("auto", "light", "dark")  # auto: the system's setting
YEAR = 365 * 24 * 3600  # seconds


def init_app(app: Flask) -> None:
    """Give templates `theme`, and save a choice."""
    app.jinja_env.globals["theme"] = theme
    app.after_request(save_choice)


def theme() -> str:
    """One of THEMES: the one in `?theme=`, else the one chosen before."""
    asked = request.args.get("theme")
    if asked in THEMES:
        return asked
    saved = request.cookies.get(_cookie())
    return saved if saved in THEMES else "auto"


def save_choice(response: Response) -> Response:
    """Save `?theme=` for a year, in a cookie: the session ends with signing out or closing the browser."""
    asked = request.args.get("theme")
    if asked in THEMES and not is_public(response):
        response.set_cookie(
            _cookie(),
            asked,
            max_age=YEAR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_theme"
