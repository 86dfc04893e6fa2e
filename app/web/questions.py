"""A question before what cannot be undone, on a page of its own where no script asks it (js/confirm.js)."""

import functools
from collections.abc import Callable
from typing import ParamSpec

from flask import render_template, request
from flask.typing import ResponseReturnValue

from app.web.destination import destination

P = ParamSpec("P")


def asks_first(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
    """Ask before the view if its button sent a question as `ask`; the page sends the rest of the form again.

    A script asks by itself, and leaves the field out.
    """

    @functools.wraps(view)
    def asking(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        fields = request.form.to_dict()
        question = fields.pop("ask", "")
        if not question:
            return view(*args, **kwargs)
        fields.pop("csrf_token", None)
        return render_template("question.html", question=question, fields=fields, back=destination())

    return asking
