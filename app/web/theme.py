"""Light or dark: what a visitor chose for this browser, with or without an account."""

from flask import current_app, request

THEMES = ("auto", "light", "dark")  # auto: as the system is set
YEAR = 365 * 24 * 3600  # seconds


def init_app(app):
    """Let pages know the theme, and keep a choice."""
    app.jinja_env.globals["theme"] = theme
    app.after_request(keep_choice)


def theme() -> str:
    """One of THEMES: what `?theme=` asks for now, else what was chosen before."""
    asked, kept = request.args.get("theme"), request.cookies.get(_cookie())
    return next((chosen for chosen in (asked, kept) if chosen in THEMES), "auto")


def keep_choice(response):
    """Keep `?theme=` for a year: not in the session, which signing out and closing the browser end."""
    if request.args.get("theme") in THEMES:
        response.set_cookie(
            _cookie(),
            request.args["theme"],
            max_age=YEAR,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
    return response


def _cookie() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}_theme"
