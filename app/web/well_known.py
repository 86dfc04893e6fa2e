"""What browsers, crawlers and password managers look for at fixed addresses. It can be cached, and sets no cookie.

The icons in static/icons/ are static/logo.svg in pixels; the maskable one keeps clear of edges that systems cut off.
"""

from datetime import UTC, datetime, timedelta

from flask import Blueprint, Flask, Response, abort, current_app, jsonify, redirect, request, url_for
from flask.typing import ResponseReturnValue

DAY = 24 * 3600  # seconds
VALIDITY = timedelta(days=90)  # RFC 9116, section 2.5.5: less than a year
# The colours of the head of the page, --surface in css/theme.css.
LIGHT, DARK = "#ffffff", "#161e1b"

bp = Blueprint("well_known", __name__)


def init_app(app: Flask) -> None:
    """Add the addresses, and let templates name the colour of each theme."""
    app.jinja_env.globals["theme_colours"] = {"light": LIGHT, "dark": DARK}
    app.register_blueprint(bp)


def _cached(response: Response, content_type: str) -> Response:
    response.content_type = content_type
    response.cache_control.public = True
    response.cache_control.max_age = DAY
    return response


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Return the icon for browsers that read no HTML first, or no SVG."""
    return _cached(current_app.send_static_file("icons/favicon.ico"), "image/x-icon")


@bp.get("/robots.txt")
def robots() -> Response:
    """Keep crawlers to the pages that can be read without an account."""
    lines = [
        "User-agent: *",
        f"Allow: {url_for('auth.login')}$",
        f"Allow: {url_for('auth.register')}$",
        f"Allow: {request.script_root}{current_app.static_url_path}/",
        f"Disallow: {request.script_root}/",
    ]
    return _cached(Response("\n".join([*lines, ""])), "text/plain; charset=utf-8")


@bp.get("/site.webmanifest")
def manifest() -> Response:
    """Describe the site as an application that can be installed (W3C Web Application Manifest)."""
    home = url_for("timelines.home")
    icons = [
        {"src": url_for("static", filename="logo.svg"), "type": "image/svg+xml", "sizes": "any"},
        _png("192", 192),
        _png("512", 512),
        _png("maskable-512", 512) | {"purpose": "maskable"},
    ]
    answer = jsonify(
        id=home,
        name="Microblog",
        short_name="Microblog",
        start_url=home,
        scope=home,
        display="minimal-ui",
        background_color=LIGHT,
        theme_color=LIGHT,
        icons=icons,
    )
    return _cached(answer, "application/manifest+json")


def _png(name: str, size: int) -> dict[str, str]:
    address = url_for("static", filename=f"icons/{name}.png")
    return {"src": address, "type": "image/png", "sizes": f"{size}x{size}"}


@bp.get("/.well-known/change-password")
def change_password() -> ResponseReturnValue:
    """Lead password managers to the form (W3C, A Well-Known URL for Changing Passwords)."""
    return redirect(url_for("settings.password"))


@bp.get("/.well-known/security.txt")
def security() -> Response:
    """Say whom to tell about a vulnerability (RFC 9116); 404 without SECURITY_CONTACT."""
    contacts = current_app.config["SECURITY_CONTACT"] or abort(404)
    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {(today + VALIDITY).strftime('%Y-%m-%dT%H:%M:%SZ')}",
        f"Canonical: {current_app.config['SITE_URL']}{url_for('well_known.security')}",
    ]
    return _cached(Response("\n".join([*lines, ""])), "text/plain; charset=utf-8")
