"""The data sets, made by `flask seed`, and who reads them."""

from dataclasses import dataclass

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import func, insert, select

from app.auth.services import issue_token
from app.database import db
from app.ops import cli
from app.ops.seed import seed
from app.ops.user_commands import recount
from app.posts.models import Post
from app.relationships.models import Follow
from app.users.models import User

# What is searched for: words that many posts of `flask seed` have (one in twelve) or fewer (one in fifty), parts of
# sentences without spaces, emoji; two that stand together, two that are common and never do; names; what nobody wrote.
WORDS = (
    *("the", "canal", "herons", "日本", "の", "的", "고양이", "Καλημέρα", "☕", "👩‍👩‍👧‍👦"),
    *("canal morning", "the canal", "the le", "de の", "👍 the"),
    *("mary", "hill", "nobody", "xyzzy"),
)


@dataclass(frozen=True)
class Set:
    """How many people, posts, and follows of each."""

    users: int
    posts: int
    follows: int


SETS = {"S": Set(users=100, posts=5_000, follows=20), "L": Set(users=5_000, posts=500_000, follows=100)}


def prepare(app: Flask, wanted: Set) -> None:
    """Fill the app's database with the set, unless it holds it already. Raises SystemExit when it holds another."""
    cli.init_app(app)
    with app.app_context():
        upgrade()
        there = db.session.scalar(select(func.count(User.id))), db.session.scalar(select(func.count(Post.id)))
        if there == (wanted.users, wanted.posts):
            return
        if there != (0, 0):
            raise SystemExit(
                f"bench: {db.engine.url!r} holds {there[0]} people and {there[1]} posts: give an empty one"
            )
        db.session.rollback()
        seed.main(
            ["--users", str(wanted.users), "--posts", str(wanted.posts), "--follows", str(wanted.follows)],
            standalone_mode=False,
        )
        follow_everybody(last_user())
        db.session.commit()
        if db.engine.dialect.name == "mysql":
            for table in db.metadata.tables:
                db.session.connection().exec_driver_sql(f"ANALYZE TABLE `{table}`")
            db.session.commit()


def last_user() -> int:
    """The id of who follows everybody."""
    return db.session.scalar(select(func.max(User.id)))


def follow_everybody(follower_id: int) -> None:
    """Let that person follow all whom they don't follow yet."""
    followed = select(Follow.followed_id).where(Follow.follower_id == follower_id)
    others = db.session.scalars(select(User.id).where(User.id != follower_id, User.id.not_in(followed)))
    db.session.execute(insert(Follow), [{"follower_id": follower_id, "followed_id": other} for other in others])
    recount()


def readers(number: int) -> list[str]:
    """The session ids of `number` people: from all over the set, and the one who follows everybody."""
    people = db.session.execute(select(User.id, User.session_id).order_by(User.id)).all()
    return [row.session_id for row in people[:: len(people) // (number - 1)][: number - 1]] + [people[-1].session_id]


def browser(app: Flask, session_id: str) -> dict[str, str]:
    """The header that a reader's browser sends once it has seen a page."""
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(_user_id=session_id, _fresh=True)  # Flask-Login's names
    answer = client.get("/")
    assert answer.status_code == 200, answer.status
    name = app.config["SESSION_COOKIE_NAME"]
    return {"Cookie": f"{name}={client.get_cookie(name).value}"}


def program(app: Flask, session_id: str) -> dict[str, str]:
    """The header that a reader's program sends."""
    with app.app_context():
        user = db.session.scalars(select(User).where(User.session_id == session_id)).one()
        token, _kept = issue_token(user, "bench")
        db.session.commit()
    return {"Authorization": f"Bearer {token}"}


def places() -> dict[str, str | int]:
    """What stands in addresses.

    Of somebody whom many follow and who writes much the `name` and the id (`person`), of who follows everybody the id
    (`reader`), of all posts an id in the middle (`deep`), of all pages of 100 people one in the middle (`page`).
    """
    author = select(Post.author_id).group_by(Post.author_id).order_by(func.count().desc()).limit(1)
    person = db.session.execute(select(User.id, User.username).where(User.id == author.scalar_subquery())).one()
    return {
        "name": person.username,
        "person": person.id,
        "reader": last_user(),
        "deep": db.session.scalar(select(func.max(Post.id))) // 2,
        "page": db.session.scalar(select(func.count(User.id))) // 200 + 1,
    }
