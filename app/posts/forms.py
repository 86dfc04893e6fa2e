"""What people send to write a post."""

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from app.languages.rules import language_or_none
from app.posts import rules
from app.web.forms import Form, obeys


class PostForm(Form):
    """The composer. Pages show it without a form object (posts/composer.html): making one costs 0.2 ms."""

    body = TextAreaField(_l("What's on your mind?"), validators=[obeys(rules.body)])
    language = StringField(_l("Language"), validators=[obeys(language_or_none)])  # empty: to be detected
