"""Flask extensions, created once; their init_app calls bind them to an application."""

import gettext
from functools import cached_property

import flask_babel
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_wtf import CSRFProtect


class Domain(flask_babel.Domain):
    """Flask-Babel's catalogues, with the plural rule of a language from a folder that has its catalogue.

    Flask-Babel takes the rule from the last folder, even if that folder lacks the language.
    """

    @property
    def translation_directories(self) -> list[str]:
        """The folders that have a compiled catalogue of the current locale."""
        folders: list[str] = super().translation_directories
        return [folder for folder in folders if gettext.find("messages", folder, [str(flask_babel.get_locale())])]


class Babel(flask_babel.Babel):
    """Flask-Babel with this domain."""

    @cached_property
    def domain_instance(self) -> Domain:
        """The texts of the pages."""
        return Domain()


babel = Babel()
bootstrap = Bootstrap5()
csrf = CSRFProtect()
login = LoginManager()
