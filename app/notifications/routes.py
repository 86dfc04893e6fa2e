"""The page of notifications, and the polling that keeps every page's unread counts fresh."""

from flask import Blueprint, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_login import current_user, login_required

from app.database import db
from app.notifications import queries, services
from app.pagination import NEWEST, Key, id_from, key_from, paginate

bp = Blueprint("notifications", __name__, url_prefix="/notifications")

PAGE_SIZE = 25
POLL_LIMIT = 20  # rows of one answer; the browser asks again for the rest


@bp.get("")
@login_required
def index() -> ResponseReturnValue:
    key = key_from(request.args)
    page = paginate(lambda key, limit: queries.notifications(current_user.id, key, limit), key, PAGE_SIZE)
    return render_template("notifications/index.html", page=page, is_newest=key == NEWEST)


@bp.post("/read")
@login_required
def read() -> ResponseReturnValue:
    """Mark as read what the page showed: the notifications up to the id `seen` of its form."""
    services.mark_read(current_user.id, id_from(request.form.get("seen", "0")))
    db.session.commit()
    return redirect(url_for("notifications.index"))


@bp.get("/poll")
@login_required
def poll() -> ResponseReturnValue:
    """Return the unread counts, and the notifications newer than the id `since` (without `since`, none).

    `{"unread_messages": n, "unread_notifications": n, "since": id for the next call, "html": the rows of the page,
    newest first}`; 304 if the ETag still matches.
    """
    since = id_from(request.args["since"]) if "since" in request.args else None
    newest = queries.newest_id(current_user.id)
    tag = f"{since}-{newest}-{current_user.unread_messages}-{current_user.unread_notifications}-{get_locale()}"
    if tag in request.if_none_match:
        return "", 304
    has_news = since is not None and newest > since
    rows = queries.notifications(current_user.id, Key(after=since), POLL_LIMIT) if has_news else []
    render_row = get_template_attribute("notifications/row.html", "notification")
    answer = {
        "unread_messages": current_user.unread_messages,
        "unread_notifications": current_user.unread_notifications,
        "since": rows[-1].id if rows else newest,
        "html": "".join(render_row(row) for row in reversed(rows)),
    }
    return answer, {"ETag": f'"{tag}"'}
