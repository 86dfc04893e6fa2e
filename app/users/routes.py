"""Pages of people."""

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user, login_required

from app.auth.sessions import account
from app.database import db
from app.exceptions import Invalid
from app.forms import form_view
from app.i18n import locale_of_browser
from app.pagination import key_from
from app.relationships import queries as relationships
from app.timelines import queries as timelines
from app.users import avatars, queries, services
from app.users.forms import ProfileForm

bp = Blueprint("users", __name__)

YEAR = 365 * 24 * 3600  # seconds


@bp.get("/user/<username>")
@login_required
def profile(username):
    user = queries.profile(username, current_user.id) or abort(404)
    if user.username != username:
        query = request.query_string.decode()
        return redirect(url_for("users.profile", username=user.username) + (f"?{query}" if query else ""))
    page = timelines.profile(user.id, key_from(request.args), current_app.config["POSTS_PER_PAGE"])
    return render_template("users/profile.html", user=user, standing=user, page=page)


@bp.get("/user/<username>/popup")
@login_required
def card(username):
    """The piece of HTML that js/card.js shows beside a post's author, whatever case their name is in."""
    user = queries.by_username(username) or abort(404)
    return render_template("users/card.html", user=user, standing=relationships.standing(user.id, current_user.id))


@bp.route("/edit_profile", methods=["GET", "POST"])
@login_required
@form_view
def edit():
    user = account()
    form = ProfileForm(obj=user)
    if form.validate_on_submit():
        try:
            services.update_profile(
                user,
                username=form.username.data,
                display_name=form.display_name.data,
                about_me=form.about_me.data,
                locale=form.locale.data,
            )
        except Invalid as error:
            form.show(error)
        else:
            db.session.commit()
            with force_locale(user.locale or locale_of_browser()):  # which may have changed
                flash(_("Your changes are saved."), "success")
            return redirect(url_for("users.profile", username=user.username))
    return render_template("users/edit.html", form=form), form.status


@bp.get("/avatar/<int:user_id>.svg")
def avatar(user_id):
    """Drawn from the number alone, so no database is asked, and browsers keep it for a year."""
    response = Response(avatars.identicon(user_id), mimetype="image/svg+xml")
    response.cache_control.public = True
    response.cache_control.max_age = YEAR
    response.cache_control.immutable = True
    return response
