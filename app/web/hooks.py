"""What is true of every request and every response, whatever the feature."""

import re
import uuid

from flask import abort, current_app, g, request
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from app.database import LARGEST_ID, id_of
from app.logs import REQUEST_ID, USER_ID

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
FIT_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
# Databases and C libraries end a string at a NUL, each in its own way; half of a surrogate pair has no UTF-8.
UNFIT = re.compile("[\0\ud800-\udfff]")


class Sessions(SecureCookieSessionInterface):
    """Sessions in cookies, except where the answer is the same for everybody."""

    def save_session(self, app, session, response):
        """Add nothing to what caches may share: with `Vary: Cookie` each session would fetch each picture anew."""
        if not response.cache_control.public:
            super().save_session(app, session, response)


class IdConverter(IntegerConverter):
    """`<id:post_id>` in a rule: the id of a row. A larger number than any column holds is read as the largest."""

    def __init__(self, map, *args, **kwargs):
        super().__init__(map, *args, max=LARGEST_ID, **kwargs)

    def to_python(self, value):
        """The number. None is refused: Werkzeug would call the method wrong where the path has another one too."""
        return id_of(value)


def init_app(app):
    """Check what comes in and mark what goes out."""
    if trusted := app.config["TRUSTED_PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=trusted, x_proto=trusted)
    app.url_map.converters["id"] = IdConverter
    app.session_interface = Sessions()
    app.before_request(give_id)
    app.before_request(refuse_unfit)
    app.after_request(set_headers)


def give_id():
    """Keep the id that a proxy gave the request, so that its log and ours can be matched, or make one."""
    given = request.headers.get("X-Request-ID", "")
    g.request_id = request.environ[REQUEST_ID] = given if FIT_ID.fullmatch(given) else uuid.uuid4().hex


def note_user(user_id: int) -> None:
    """Tell the log who asks. Not all requests find it out: a probe's or a picture's would be dearer by a statement."""
    request.environ[USER_ID] = user_id


def noted_user() -> int | None:
    """The id that `note_user` has noted."""
    return request.environ.get(USER_ID)


def refuse_unfit():
    """Answer 400 to text that can't be kept as it is, wherever in the request it stands."""
    if any(UNFIT.search(value) for value in _texts()):
        abort(400)


def _texts():
    for _name, value in request.args.items(multi=True):
        yield value
    if not request.content_type:  # nothing that would be parsed
        return
    for _name, value in request.form.items(multi=True):
        yield value
    for _name, file in request.files.items(multi=True):
        yield file.filename or ""
    if request.is_json:
        yield from _texts_of(_json())


def _json():
    try:
        return request.get_json(silent=True)
    except RecursionError:  # brackets in brackets, without end
        abort(400)


def _texts_of(value):
    """Every text in a JSON value, names of fields too."""
    values = [value]
    while values:
        match values.pop():
            case str(text):
                yield text
            case list(items):
                values += items
            case dict(fields):
                values += [*fields.keys(), *fields.values()]


def set_headers(response):
    """Name the request and tell the browser what this site never does."""
    response.headers["X-Request-ID"] = g.get("request_id", "-")
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")  # seconds: a year
    return response
