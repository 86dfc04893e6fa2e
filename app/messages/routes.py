"""Pages of messages."""

import contextlib
import re

from flask import Blueprint, abort, flash, get_template_attribute, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.database import db
from app.exceptions import NotFound
from app.messages import queries, services
from app.messages.forms import MessageForm, RecipientForm
from app.messages.models import Conversation
from app.pagination import NEWEST, Key, Page, id_from, key_from, paginate
from app.submissions import services as submissions
from app.users.models import User
from app.users.queries import by_username
from app.web import rate_limits, removal
from app.web.errors import is_from_script
from app.web.forms import form_view
from app.web.questions import asks_first

bp = Blueprint("messages", __name__, url_prefix="/messages")

PEOPLE_PAGE_SIZE = 25
THREAD_PAGE_SIZE = 30
NEWS_LIMIT = 100  # messages of one answer; the browser asks again for the rest
EMPTY_PAGE: Page[queries.MessageRow] = Page([], older=None, newer=None)


@bp.get("")
@login_required
def people() -> ResponseReturnValue:
    return _people_page(RecipientForm())


def _people_page(form: RecipientForm) -> ResponseReturnValue:
    page = paginate(
        lambda key, limit: queries.people(current_user.id, key, limit), key_from(request.args), PEOPLE_PAGE_SIZE
    )
    return render_template("messages/people.html", page=page, form=form), form.status


@bp.get("/to")
@login_required
def to() -> ResponseReturnValue:
    """Redirect from the form "New message" to the conversation with that user."""
    form = RecipientForm(formdata=request.args)
    with form.showing_errors():
        other = services.recipient(form.username.data or "", current_user.id)
        return redirect(url_for("messages.thread", username=other.username))
    return _people_page(form)


@bp.route("/with/<username>", methods=["GET", "POST"])
@login_required
@rate_limits.messages
@form_view(MessageForm)
def thread(username: str) -> ResponseReturnValue:
    other = by_username(username) or abort(404)
    form = MessageForm()
    if form.validate_on_submit():
        with form.showing_errors():
            body = form.body.data or ""
            submissions.submit(
                current_user.id,
                form.key,
                payload=("message", str(other.id), body),
                create=lambda: services.send(current_user.id, other.id, body).id,
                exists=lambda message_id: queries.message(message_id) is not None,
            )
            _mark_seen(other)  # the messages above the form
            db.session.commit()
            form.note_saved()
            return redirect(url_for("messages.thread", username=other.username, _anchor="newest"))
    side = queries.side_of(current_user.id, other.id)
    key = key_from(request.args)
    page = _page_of(side, key) if side else EMPTY_PAGE
    html = render_template(
        "messages/thread.html", form=form, other=other, side=side, page=page, is_newest=key == NEWEST
    )
    return html, form.status


def _page_of(side: Conversation, key: Key) -> Page[queries.MessageRow]:
    return paginate(lambda key, limit: queries.thread(side, key, limit), key, THREAD_PAGE_SIZE)


@bp.get("/with/<username>/news")
@login_required
def news(username: str) -> ResponseReturnValue:
    """Return the messages newer than the id `since`, for the open page of the conversation.

    `{"html": items of its list, "newest": id for the next call, "unread": n}`; 304 if the ETag still matches.
    """
    other = by_username(username) or abort(404)
    side = queries.side_of(current_user.id, other.id)
    since = id_from(request.args.get("since", "0"))
    newest, unread = (side.last_message_id, side.unread) if side else (0, 0)
    tag = f"{since}-{newest}-{unread}-{get_locale()}"
    if tag in request.if_none_match:
        return "", 304
    messages = queries.thread(side, Key(after=since), NEWS_LIMIT) if side and newest > since else []
    render_message = get_template_attribute("messages/message.html", "message")
    answer = {
        "html": "".join(render_message(message, other) for message in messages),
        "newest": messages[-1].id if messages else since,
        "unread": unread,
    }
    return answer, {"ETag": f'"{tag}"'}


@bp.post("/with/<username>/seen")
@login_required
def seen(username: str) -> ResponseReturnValue:
    """Mark messages as read, up to the id `seen`. A script gets an empty answer instead of a redirect."""
    other = by_username(username) or abort(404)
    _mark_seen(other)
    db.session.commit()
    return ("", 204) if is_from_script() else redirect(url_for("messages.thread", username=other.username))


def _mark_seen(other: User) -> None:
    side = queries.side_of(current_user.id, other.id)
    if side:
        services.mark_seen(side, id_from(request.form.get("seen", "0")))


@bp.post("/with/<username>/delete")
@login_required
@asks_first
def delete_conversation(username: str) -> ResponseReturnValue:
    other = by_username(username) or abort(404)
    return _delete(queries.side_of(current_user.id, other.id))


def _delete(side: Conversation | None) -> ResponseReturnValue:
    """Delete a conversation unless it is gone, as at a second click."""
    if side:
        with contextlib.suppress(NotFound):
            services.delete_conversation(side)
    db.session.commit()
    flash(_("Conversation deleted for you."), "success")
    return redirect(url_for("messages.people"))


@bp.get("/former/<id:side_id>")
@login_required
def former(side_id: int) -> ResponseReturnValue:
    """Show a conversation with an account that was deleted."""
    side = queries.former_side(current_user.id, side_id) or abort(404)
    return render_template("messages/former.html", side=side, page=_page_of(side, key_from(request.args)))


@bp.post("/former/<id:side_id>/delete")
@login_required
@asks_first
def delete_former(side_id: int) -> ResponseReturnValue:
    return _delete(queries.former_side(current_user.id, side_id))


@bp.post("/<id:message_id>/delete")
@login_required
@asks_first
def delete_message(message_id: int) -> ResponseReturnValue:
    people_page, came_from = url_for("messages.people"), request.form.get("next", "")
    page, anchor = people_page, ""
    with contextlib.suppress(NotFound):  # a second click
        nearest = queries.neighbour(message_id)
        if other := services.delete_message(current_user.id, message_id):
            page = url_for("messages.thread", username=other.username)
            anchor = removal.anchor_of("message", nearest)
    db.session.commit()
    if re.fullmatch(re.escape(people_page) + r"/with/\w+(\?[\w=&]*)?", came_from, re.ASCII):
        page = came_from
    return removal.removed(_("Message deleted for you."), page, anchor)
