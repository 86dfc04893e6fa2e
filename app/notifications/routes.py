"""Pages of notifications, and what keeps the badges of every page fresh."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_login import current_user, login_required

from app.database import db
from app.notifications import queries, services
from app.notifications.texts import text_of, url_of
from app.pagination import Key, id_from, key_from, paginate

bp = Blueprint("notifications", __name__, url_prefix="/notifications")

SIZE = 25  # a page
NEWS = 20  # what a browser is told at once; it asks again


@bp.get("")
@login_required
def index():
    def fetch(key, limit):
        return queries.notifications(current_user.id, key, limit)

    page = paginate(fetch, key_from(request.args), SIZE)
    return render_template("notifications/index.html", page=page, text_of=text_of, url_of=url_of)


@bp.post("/read")
@login_required
def read():
    """What the page showed was seen: all up to the id `seen` of its form."""
    services.mark_read(current_user.id, id_from(request.form.get("seen", "0")))
    db.session.commit()
    return redirect(url_for("notifications.index"))


@bp.get("/poll")
@login_required
def poll():
    """How many things are unread, and what happened after the notification `since` (an id; without it, nothing).

    `{"unread_messages": n, "unread_notifications": n, "since": the id to ask for next, "items": [{"id", "kind", "text",
    "url", "created_at"}]}`, oldest first; 304 when its ETag is still right.
    """
    since = id_from(request.args["since"]) if "since" in request.args else None
    newest = queries.newest_id(current_user.id)
    tag = f"{since}-{newest}-{current_user.unread_messages}-{current_user.unread_notifications}-{get_locale()}"
    if tag in request.if_none_match:
        return "", 304
    rows = []
    if since is not None and newest > since:
        rows = queries.notifications(current_user.id, Key(after=since), NEWS)
    answer = {
        "unread_messages": current_user.unread_messages,
        "unread_notifications": current_user.unread_notifications,
        "since": rows[-1].id if rows else newest,
        "items": [
            {
                "id": row.id,
                "kind": row.kind,
                "text": text_of(row),
                "url": url_of(row),
                "created_at": row.created_at.isoformat(),
            }
            for row in rows
        ],
    }
    return answer, {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}
