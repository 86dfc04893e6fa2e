"""`flask seed`: fill the database with reproducible demonstration data.

Posts per author and followers per user follow a power law, as on real sites. Rows are inserted in bulk, bypassing the
services: 500,000 posts take a minute or two. `bench/` uses this command for its data sets.

The first few users get messages and follow notifications too, through the services, which keep the unread counts.
"""

import itertools
import random
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any, cast

import click
from flask.cli import with_appcontext
from sqlalchemy import Table, insert, select

from app.commands import Command
from app.database import Model, db
from app.database_limits import patiently
from app.messages.queries import side_of
from app.messages.services import mark_seen, send
from app.notifications.models import FOLLOW
from app.notifications.services import notify
from app.ops.seed_words import EMOJI, FAMILY_NAME_FIRST, PEOPLE, WITHOUT_SPACES
from app.ops.user_commands import recount
from app.posts.models import Post
from app.relationships.models import Follow
from app.search.services import reindex
from app.users.email_addresses import email_key
from app.users.models import User
from app.users.passwords import hashed
from app.users.rules import username_key

BATCH = 5000  # rows per statement
TALKERS = 12  # users who get messages and notifications, however many users there are
NOTIFIED_FOLLOWERS = 3  # per talker
EXPONENT = 0.7  # of the power law: rank r has the weight 1 / r ** 0.7
SINCE, UNTIL = datetime(2025, 9, 1, 7, tzinfo=UTC), datetime(2026, 9, 1, 19, tzinfo=UTC)


MOST = 10_000_000  # users, posts and follows

Row = dict[str, Any]  # values by column


@click.command(cls=Command)
@click.option("--users", type=click.IntRange(1, MOST), default=60, show_default=True, help="Number of users.")
@click.option("--posts", type=click.IntRange(0, MOST), default=600, show_default=True, help="Number of posts in total.")
@click.option("--follows", type=click.IntRange(0, MOST), default=20, show_default=True,
              help="Number of users that each one follows; at most half of the others.")  # fmt: skip
@click.option("--password", help="The password of all users  [default: random, printed at the end].")
@click.option("--add", is_flag=True, help="Add to the existing users.")
@with_appcontext
def seed(users: int, posts: int, follows: int, password: str | None, add: bool) -> None:
    """Fill the database with demonstration users, follows, posts and messages."""
    with patiently(db.engine):
        _seed(users, posts, follows, password, add)


def _seed(users: int, posts: int, follows: int, password: str | None, add: bool) -> None:
    taken = set(db.session.scalars(select(User.username_key)))
    if taken and not add:
        raise click.ClickException(f"The database already has users ({len(taken)}). To add more, use --add.")
    password = password or secrets.token_urlsafe(9)
    draw = random.Random(f"{users} {posts} {follows}")  # noqa: S311  not used for secrets
    follows = min(follows, (users - 1) // 2)

    rows = list(itertools.islice(new_users(draw, taken), users))
    languages = [row.pop("language") for row in rows]
    shared = {"password_hash": hashed(password)}  # one hash for all: each takes 0.1 s
    write("users", User, (row | shared for row in rows), users)
    ids = ids_of(rows)
    write("follows", Follow, new_follows(draw, ids, follows), users * follows)
    write("posts", Post, new_posts(draw, ids, languages, posts), posts)
    recount()
    show_progress("search index", reindex(), users + posts)
    notify_of_followers(ids)
    send_messages(new_messages(draw, ids, languages))
    db.session.commit()
    click.echo(f"Sign in as {rows[0]['username']}, or any other user, with the password {password}")


def write(what: str, model: type[Model], rows: Iterator[Row], total: int) -> None:
    """Insert the rows in batches, and show the progress."""
    statement = insert(cast(Table, model.__table__))

    def steps() -> Iterator[int]:
        while batch := list(itertools.islice(rows, BATCH)):
            db.session.execute(statement, batch)
            yield len(batch)

    show_progress(f"{total:,} {what}", steps(), total)


def show_progress(what: str, steps: Iterable[int], total: int) -> None:
    """Run all `steps`, which yield the amount of `total` that each completes, and show the progress."""
    with click.progressbar(length=total, label=what) as bar:
        for number in steps:
            bar.update(number)


def ids_of(users: list[Row]) -> list[int]:
    """Return the ids of the inserted users, in the same order."""
    ids = {row.username_key: row.id for row in db.session.execute(select(User.username_key, User.id))}
    return [ids[user["username_key"]] for user in users]


def new_users(draw: random.Random, taken: set[str]) -> Iterator[Row]:
    """Yield rows of `user` endlessly, each with its `language` in turn; no username is in `taken`."""
    used = set(taken)
    for language in itertools.cycle(PEOPLE):
        first_names, family_names, _sentences = PEOPLE[language]
        first, family = draw.choice(first_names), draw.choice(family_names)
        plain = f"{first[0]}_{family[0]}"
        username = next(name for name in numbered(plain) if name not in used)
        used.add(username)
        names = (family[1], first[1]) if language in FAMILY_NAME_FIRST else (first[1], family[1])
        yield {
            "language": language,
            "username": username,
            "username_key": username_key(username),
            "email": f"{username}@example.com",
            "email_key": email_key(f"{username}@example.com"),
            "display_name": ("" if language in WITHOUT_SPACES else " ").join(names),
            "about_me": text_in(draw, language),
            "created_at": SINCE,
            "last_seen_at": UNTIL,
        }


def numbered(name: str) -> Iterator[str]:
    """Yield the name, then the name with a number: mary, mary_2, mary_3, …"""
    yield name
    yield from (f"{name}_{number}" for number in itertools.count(2))


def new_follows(draw: random.Random, ids: list[int], each: int) -> Iterator[Row]:
    """Yield rows of `follow`: every user follows `each` others, drawn by popularity."""
    popularity = weights(len(ids))
    for follower in ids:
        followed = {follower}
        while len(followed) <= each:
            followed.update(draw.choices(ids, cum_weights=popularity, k=1))
        for other in sorted(followed - {follower}):
            yield {"follower_id": follower, "followed_id": other, "created_at": SINCE}


def new_posts(draw: random.Random, ids: list[int], languages: list[str], number: int) -> Iterator[Row]:
    """Yield rows of `post`, oldest first; activity is independent of popularity."""
    authors = list(zip(ids, languages, strict=True))
    draw.shuffle(authors)
    activity = weights(len(authors))
    step = (UNTIL - SINCE) / max(number, 1)
    for count in range(number):
        author, language = draw.choices(authors, cum_weights=activity)[0]
        moment = SINCE + step * (count + draw.random())
        yield {"author_id": author, "body": text_in(draw, language), "language": language, "created_at": moment}


def new_messages(draw: random.Random, ids: list[int], languages: list[str]) -> Iterator[tuple[int, int, str]]:
    """Yield author id, recipient id and text of messages among the first users, oldest first."""
    talkers = list(zip(ids, languages, strict=True))[:TALKERS]
    if len(talkers) < 2:
        return
    for count in range(3 * len(talkers)):
        one = talkers[count % len(talkers)]  # each takes part
        other = draw.choice([talker for talker in talkers if talker != one])
        for _ in range(draw.randint(1, 3)):
            one, other = other, one
            yield one[0], other[0], text_in(draw, one[1])


def send_messages(messages: Iterator[tuple[int, int, str]]) -> None:
    """Send the messages; who replies has read the earlier ones."""
    for author, recipient, body in messages:
        if side := side_of(author, recipient):
            mark_seen(side, side.last_message_id)
        send(author, recipient, body)


def notify_of_followers(ids: list[int]) -> None:
    """Notify the first users of some of their followers."""
    for followed in ids[:TALKERS]:
        followers = select(Follow.follower_id).where(Follow.followed_id == followed).order_by(Follow.follower_id)
        for follower in db.session.scalars(followers.limit(NOTIFIED_FOLLOWERS)).all():
            notify(followed, FOLLOW, actor_id=follower)


def weights(number: int) -> list[float]:
    """Return the cumulative weights of the power law for `number` ranks."""
    return list(itertools.accumulate(1 / rank**EXPONENT for rank in range(1, number + 1)))


def text_in(draw: random.Random, language: str) -> str:
    """Return one or two sentences, sometimes with an emoji."""
    sentences = PEOPLE[language][2]
    words = draw.sample(sentences, 2 if draw.random() < 0.4 else 1)
    if draw.random() < 0.3:
        words.append(draw.choice(EMOJI))
    return (" " if draw.random() < 0.9 else "\n").join(words)
