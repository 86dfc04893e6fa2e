"""The page of a user, their card, and the form of the profile."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.auth.sessions import account
from app.database import db
from app.i18n.locales import locale_of_browser
from app.pagination import key_from
from app.profiles import queries
from app.profiles.forms import ProfileForm
from app.relationships import queries as relationships
from app.timelines import queries as timelines
from app.users import services
from app.users.queries import by_username
from app.web import rate_limits
from app.web.forms import form_view

bp = Blueprint("profiles", __name__)


@bp.get("/user/<username>")
@login_required
def show(username: str) -> ResponseReturnValue:
    user = queries.profile(username, current_user.id) or abort(404)
    if user.username != username:  # in another case
        query = request.query_string.decode()
        return redirect(url_for("profiles.show", username=user.username) + (f"?{query}" if query else ""))
    page = timelines.profile(user.id, key_from(request.args), current_app.config["POSTS_PER_PAGE"])
    return render_template("profiles/show.html", user=user, standing=user, page=page)


@bp.get("/user/<username>/popup")
@login_required
def card(username: str) -> ResponseReturnValue:
    """Return the fragment of HTML that js/card.js shows beside links to the user."""
    user = by_username(username) or abort(404)
    return render_template("profiles/card.html", user=user, standing=relationships.standing(user.id, current_user.id))


@bp.route("/edit_profile", methods=["GET", "POST"])
@login_required
@rate_limits.profiles
@form_view(ProfileForm)
def edit() -> ResponseReturnValue:
    user = account()
    form = ProfileForm(obj=user)
    if form.validate_on_submit():
        with form.showing_errors():
            services.update_profile(
                user,
                username=form.username.data or "",
                display_name=form.display_name.data or "",
                about_me=form.about_me.data or "",
                locale=form.locale.data,
            )
            db.session.commit()
            form.note_saved()
            with force_locale(user.locale or locale_of_browser()):  # the language may have changed
                flash(_("Your changes were saved."), "success")
            return redirect(url_for("profiles.show", username=user.username))
    return render_template("profiles/edit.html", form=form), form.status
