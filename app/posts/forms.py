"""The form of a post."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField

from app.posts import rules
from app.web.forms import OnceForm


class LanguageField(SelectField):
    """A language to choose; the choices are only made when the field is shown."""

    languages: Callable[[], Iterable[tuple[str, str]]]

    def iter_choices(self) -> Iterator[Any]:
        """The languages, after "Detect language"."""
        self.choices = [("", _("Detect language")), *self.languages()]
        yield from super().iter_choices()


class PostForm(OnceForm):
    """The composer. The service validates: posts/rules.py, languages/rules.py.

    `languages` returns those to choose from, as (tag, name).
    """

    body = TextAreaField(
        _l("What's on your mind?"),
        description=_l("Up to %(limit)d characters.", limit=rules.LIMIT),
        render_kw={"rows": 3, "dir": "auto", "required": True, "data-graphemes-max": rules.LIMIT},
    )
    language = LanguageField(_l("Language"), choices=[], validate_choice=False)

    def __init__(self, languages: Callable[[], Iterable[tuple[str, str]]], **kwargs: Any):
        super().__init__(**kwargs)
        self.language.languages = languages
