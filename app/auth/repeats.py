"""Forms that end the session or use up a link: the second of two equal submissions leads to the result of the first.

The key and the values of the form identify it, since the session or the link no longer does (app/submissions).
"""

import functools
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, request
from flask.typing import ResponseReturnValue

from app.database import db
from app.exceptions import NotAllowed
from app.submissions import services as submissions
from app.users.models import User
from app.web.forms import OnceForm

View = TypeVar("View", bound=Callable[..., Any])


def record(user: User, form: OnceForm) -> None:
    """Record that the form has changed the user's account. The caller commits."""
    submissions.record(user.id, form.key, _payload(form))


def user_of(form: OnceForm) -> User | None:
    """Return the user whose account this form has changed before, or None."""
    user_id = submissions.submitter(form.key, _payload(form))
    return db.session.get(User, user_id) if user_id else None


def leads_to(answer: Callable[[], ResponseReturnValue | None]) -> Callable[[View], View]:
    """Let `answer` respond to a form that was submitted before; it returns None for any other.

    It is asked before the view, which may require the session, and again after a refusal: the first submission may
    have been committed meanwhile.
    """

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def once(*args: Any, **kwargs: Any) -> ResponseReturnValue:
            answered = answer() if request.method == "POST" else None
            if answered is not None:
                return answered
            try:
                response = current_app.make_response(view(*args, **kwargs))
            except NotAllowed:
                db.session.rollback()
                answered = answer()
                if answered is None:
                    raise
                return answered
            if response.status_code == 400:
                db.session.rollback()
                answered = answer()
            return response if answered is None else answered

        return once  # type: ignore[return-value]  # it has the view's signature

    return decorate


def _payload(form: OnceForm) -> tuple[str, ...]:
    """Return the form's view, the link that it was opened by, and what was typed."""
    typed = [field.data or "" for field in form if field.short_name not in {"csrf_token", "form_key"}]
    return (request.endpoint or "", request.args.get("token", ""), *typed)
