from functools import partial

import pytest
from sqlalchemy import func, inspect, select

from app.database import db
from app.exceptions import Invalid
from app.posts.models import Post
from app.relationships.models import Follow
from app.users import services
from app.users.models import User


def create(username="susan", email="susan@example.com", password="correct horse"):
    return services.create_user(username, email, password)


def broken(rule, *args, **values):
    """Return the field that Invalid names."""
    with pytest.raises(Invalid) as caught:
        rule(*args, **values)
    return caught.value.field


def number_of_users():
    return db.session.scalar(select(func.count()).select_from(User))


def test_create_user_does_not_commit(context):
    assert create().id
    db.session.rollback()
    assert number_of_users() == 0


@pytest.mark.parametrize(
    "name",
    [
        "",
        "a/b",
        "..",
        ".",
        "<b>x",
        "admin\n",
        "susan ",
        " susan",
        "s" * 65,
        "s" * 500,
        "ｓusan",
        "su\u200bsan",
        "ѕusan",  # Cyrillic
        "\u202esusan",
        "álice",
        "sus\0an",
        "1٢",  # digits of another script
    ],
)
def test_invalid_username_is_refused(context, name):
    create()
    assert broken(create, name, "other@example.com") == "username"
    assert number_of_users() == 1


@pytest.mark.parametrize("name", ["Susan", "SUSAN", "sUsan"])
def test_username_is_unique_whatever_its_case(context, name):
    create("susan")
    assert broken(create, name, "other@example.com") == "username"


@pytest.mark.parametrize("name", ["a", "_", "42", "Susan_B_Anthony", "s" * 64])
def test_username_is_accepted(context, name):
    assert create(name).username == name


@pytest.mark.parametrize(
    "email",
    ["", "notanemail", "a@", "@example.com", "a b@example.com", "a@example", "a@b@example.com", "a@exa\0mple.com",
     "a@example.com\n\nb", "é@example.com", f"{'a' * 250}@example.com", "a@-example.com", "Susan <susan@example.com>",
     "\udcff@example.com"],
)  # fmt: skip
def test_invalid_email_is_refused(context, email):
    assert broken(create, "susan", email) == "email"


@pytest.mark.parametrize("email", ["SUSAN@example.com", "susan@EXAMPLE.COM", " susan@example.com "])
def test_email_is_unique_whatever_its_case(context, email):
    create("susan", "susan@example.com")
    assert broken(create, "other", email) == "email"


def test_email_keeps_case_of_local_part(context):
    assert create(email="Susan.B@Example.com").email == "Susan.B@example.com"


@pytest.mark.parametrize("name", ["username_key", "email_key", "uq_user_email_key"])
def test_username_like_an_index_name_is_reported_as_username(context, name):
    create(name, "first@example.com")
    assert broken(create, name, "second@example.com") == "username"


def test_simultaneous_registrations_of_a_username_create_one_user(at_once):
    """Both read that the username is free, then both write."""

    def try_to_register(number):
        try:
            create("susan", f"susan{number}@example.com")
        except Invalid as error:
            return error.field
        return "registered"

    assert sorted(at_once(*(partial(try_to_register, number) for number in (1, 2)))) == ["registered", "username"]


def update(user, **changes):
    values = {"username": user.username, "display_name": "", "about_me": "", "locale": None}
    services.update_profile(user, **values | changes)


def test_profile_is_changed_and_normalized(context):
    user = create()
    update(user, username="SusanB", display_name="  Susan\n B. ", about_me=" one\r\ntwo ", locale="en")
    db.session.commit()
    assert (user.username, user.username_key) == ("SusanB", "susanb")
    assert (user.display_name, user.about_me, user.locale) == ("Susan B.", "one\ntwo", "en")


def test_taken_username_changes_nothing_and_keeps_session_usable(context):
    create("john", "john@example.com")
    user = create("susan")
    db.session.commit()
    assert broken(update, user, username="John", about_me="new") == "username"
    assert (user.username, user.about_me) == ("susan", "")
    db.session.commit()


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("display_name", "x" * 65),
        ("display_name", "Z" + "\u0337" * 400),
        ("display_name", "bell\x07"),
        ("display_name", "nul\0"),
        ("about_me", "x" * 141),
        ("about_me", "Z" + "\u0337" * 1000),
        ("about_me", "\x1b[31mred"),
        ("locale", "xx"),
        ("locale", "../../etc"),
    ],
)
def test_invalid_profile_names_its_field(context, field, value):
    assert broken(update, create(), **{field: value}) == field


@pytest.mark.parametrize("field", ["display_name", "about_me"])
def test_too_many_combining_marks_have_their_own_message(context, field):
    with pytest.raises(Invalid, match="fewer combined characters"):
        update(create(), **{field: "Z" + "\u0337" * 1000})


@pytest.mark.parametrize("character", ["a", "é", "日", "🫠", "👩‍👩‍👧‍👦", "🇫🇷"])
def test_about_me_limit_counts_graphemes(context, character):
    user = create()
    update(user, about_me=character * 140)
    db.session.commit()
    db.session.expire_all()
    assert user.about_me == character * 140
    assert broken(update, user, about_me=character * 141) == "about_me"


@pytest.mark.parametrize("name", ["👩‍👩‍👧‍👦" * 30, "سوزان \u202e", "日本語 🫠", "<b>Susan</b>", "é" * 64])
def test_display_name_is_stored_in_any_script(context, name):
    user = create()
    update(user, display_name=name)
    db.session.commit()
    db.session.expire_all()
    assert user.name == name.strip()


@pytest.mark.parametrize("name", ["", "  ", "\u200b", "\u3164\u2800"])
def test_blank_display_name_shows_username(context, name):
    user = create()
    update(user, display_name=name)
    assert user.name == "susan"


def test_deleting_user_deletes_only_their_rows(context):
    susan, john = create("susan"), create("john", "john@example.com")
    db.session.add_all([Post(author_id=susan.id, body="hers"), Post(author_id=john.id, body="his")])
    for follower, followed in ((susan, john), (john, susan)):
        db.session.add(Follow(follower_id=follower.id, followed_id=followed.id))
    db.session.commit()
    services.delete_user(susan)
    db.session.commit()
    assert db.session.scalars(select(User.username)).all() == ["john"]
    assert db.session.scalars(select(Post.body)).all() == ["his"]
    assert db.session.scalars(select(Follow.follower_id)).all() == []


def test_foreign_keys_to_user_cascade_or_set_null(context):
    """In the tables of all features."""
    inspector = inspect(db.engine)
    for table in inspector.get_table_names():
        for key in inspector.get_foreign_keys(table):
            if key["referred_table"] == "user":
                assert key["options"].get("ondelete") in {"CASCADE", "SET NULL"}, (table, key["constrained_columns"])
