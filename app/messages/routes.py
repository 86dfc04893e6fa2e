"""Pages of messages."""

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.database import db
from app.messages import queries, services
from app.messages.forms import MessageForm
from app.pagination import Key, Page, id_from, key_from, paginate
from app.users.queries import by_username
from app.web import rate_limits
from app.web.forms import form_view

bp = Blueprint("messages", __name__, url_prefix="/messages")

PEOPLE, MESSAGES = 25, 30  # a page
EMPTY = Page([], older=None, newer=None)
NEWS = 100  # messages that a browser is sent at once; it asks again


@bp.get("")
@login_required
def people():
    page = paginate(lambda key, limit: queries.people(current_user.id, key, limit), key_from(request.args), PEOPLE)
    return render_template("messages/people.html", page=page)


@bp.get("/to")
@login_required
def to():
    """Where the field "to whom" leads: the conversation with that person."""
    username = request.args.get("username", "").strip().removeprefix("@")
    if by_username(username) is None:
        flash(_("There is nobody of that name."), "warning")
        return redirect(url_for("messages.people"))
    return redirect(url_for("messages.thread", username=username))


@bp.route("/with/<username>", methods=["GET", "POST"])
@login_required
@rate_limits.messages
@form_view
def thread(username):
    other = by_username(username) or abort(404)
    form = MessageForm()
    if form.validate_on_submit():
        services.send(current_user.id, other.id, form.body.data)
        # Whoever answers has seen what stood above the form.
        _mark_seen(other)
        db.session.commit()
        return redirect(url_for("messages.thread", username=other.username, _anchor="newest"))
    side = queries.side_of(current_user.id, other.id)
    key = key_from(request.args)
    page = paginate(lambda key, limit: queries.thread(side, key, limit), key, MESSAGES) if side else EMPTY
    return render_template(
        "messages/thread.html", form=form, other=other, side=side, page=page, is_newest=key == Key()
    ), form.status


@bp.get("/with/<username>/news")
@login_required
def news(username):
    """What came after the message `since` (an id), for the page that shows the conversation.

    `{"html": its list items, "newest": the id to ask for next, "unread": number}`; 304 when its ETag is still right.
    """
    other = by_username(username) or abort(404)
    side = queries.side_of(current_user.id, other.id)
    since = id_from(request.args.get("since", "0"))
    newest, unread = (side.last_message_id, side.unread) if side else (0, 0)
    tag = f"{since}-{newest}-{unread}-{get_locale()}"
    if tag in request.if_none_match:
        return "", 304
    messages = queries.thread(side, Key(after=since), NEWS) if newest > since else []
    html = render_template("messages/news.html", messages=messages, other=other).strip()
    response = {"html": html, "newest": messages[-1].id if messages else since, "unread": unread}
    return response, {"ETag": f'"{tag}"', "Cache-Control": "private, no-cache"}


@bp.post("/with/<username>/seen")
@login_required
def seen(username):
    other = by_username(username) or abort(404)
    _mark_seen(other)
    db.session.commit()
    return redirect(url_for("messages.thread", username=other.username))


def _mark_seen(other):
    """Note that what the page showed was seen: up to the message `seen` of its form."""
    side = queries.side_of(current_user.id, other.id)
    if side:
        services.mark_seen(side, id_from(request.form.get("seen", "0")))


@bp.post("/with/<username>/delete")
@login_required
def delete_conversation(username):
    other = by_username(username) or abort(404)
    side = queries.side_of(current_user.id, other.id) or abort(404)
    services.delete_conversation(side)
    db.session.commit()
    flash(_("Your copy of the conversation is deleted."), "success")
    return redirect(url_for("messages.people"))


@bp.post("/<id:message_id>/delete")
@login_required
def delete_message(message_id):
    other = services.delete_message(current_user.id, message_id)
    db.session.commit()
    flash(_("Your copy of the message is deleted."), "success")
    return redirect(url_for("messages.thread", username=other.username))
