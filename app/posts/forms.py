"""The form of a post."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField

from app.posts import rules
from app.web.forms import Form


class PostForm(Form):
    """The composer. It has no validators: the service validates, by posts/rules.py and languages/rules.py.

    `languages` are the choices for the language of the post, as (tag, name).
    """

    body = TextAreaField(
        _l("What's on your mind?"),
        description=_l("Up to %(limit)d characters.", limit=rules.LIMIT),
        render_kw={"rows": 3, "dir": "auto", "required": True, "data-graphemes-max": rules.LIMIT},
    )
    language = SelectField(_l("Language"), validate_choice=False)

    def __init__(self, languages: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.language.choices = [("", _l("Detect language")), *languages]
