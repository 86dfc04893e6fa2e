"""What is true of every request and every response, whatever the feature."""

import re
import uuid

from flask import abort, current_app, g, request

# Everything comes from this host; nothing is inline. Bootstrap's style sheet draws its small icons as data: images.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")


def init_app(app):
    """Check what comes in and mark what goes out."""
    app.before_request(give_id)
    app.before_request(refuse_nul)
    app.after_request(set_headers)


def give_id():
    """Keep the id that a proxy gave the request, so that its log and ours can be matched, or make one."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def refuse_nul():
    """No field holds a NUL byte: databases and C libraries end a string there, each in its own way."""
    values = [*request.args.values()]
    if request.method in ("POST", "PUT", "PATCH"):
        values += request.form.values()
    if any("\0" in value for value in values):
        abort(400)


def set_headers(response):
    """Name the request and tell the browser what this site never does."""
    response.headers["X-Request-ID"] = g.get("request_id", "-")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")  # seconds: a year
    return response
