"""Pages of signing in."""

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_login import current_user

from app.auth import services, sessions
from app.auth.destination import destination
from app.auth.forms import LoginForm, RegisterForm
from app.database import db
from app.exceptions import Invalid
from app.forms import form_view
from app.limits import limited, typed, was_refused

bp = Blueprint("auth", __name__, url_prefix="/auth")


@bp.route("/login", methods=["GET", "POST"])
@limited("10 per minute; 60 per hour", typed("username"), "200 per minute; 2000 per hour", when=was_refused)
@form_view
def login():
    if current_user.is_authenticated:
        return redirect(destination())
    form = LoginForm()
    if form.validate_on_submit():
        user = services.authenticate(form.username.data, form.password.data)
        if user:
            sessions.start(user, remember=form.remember_me.data)
            return redirect(destination())
        form.form_errors.append(_("Wrong username or password."))
    return render_template("auth/login.html", form=form), form.status


@bp.route("/register", methods=["GET", "POST"])
@limited("20 per hour", typed("email"), "500 per hour")
@form_view
def register():
    if current_user.is_authenticated:
        return redirect(destination())
    form = RegisterForm()
    if form.validate_on_submit():
        try:
            user = services.register(form.username.data, form.email.data, form.password.data)
        except Invalid as error:
            form.show(error)
        else:
            db.session.commit()
            sessions.start(user)
            flash(_("Welcome, %(name)s!", name=user.username), "success")
            return redirect(destination())
    return render_template("auth/register.html", form=form), form.status


@bp.post("/logout")
def logout():
    sessions.end()
    return redirect(url_for("auth.login"))
