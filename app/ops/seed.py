"""`flask seed`: a demonstration, the same each time, of people who write and follow one another.

A few write most and a few are followed by most, by a power law, as on every such site. Rows go in by bulk, past the
services: 500,000 posts in a minute or two. The data sets of `bench/` are made by this command.

The first few people find messages and new followers too. These are so few that the services make them, which know what
is unread.
"""

import itertools
import random
import secrets
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import click
from flask.cli import with_appcontext
from sqlalchemy import insert, select

from app.database import db
from app.messages.queries import side_of
from app.messages.services import mark_seen, send
from app.notifications.models import FOLLOW
from app.notifications.services import notify
from app.ops.seed_words import EMOJI, FAMILY_NAME_FIRST, PEOPLE, WITHOUT_SPACES
from app.ops.user_commands import recount
from app.posts.models import Post
from app.relationships.models import Follow
from app.search.services import reindex
from app.users.models import User, new_session_id
from app.users.passwords import hashed
from app.users.rules import email_key, username_key

BATCH = 5000  # rows of one statement
TALKERS = 12  # people who write messages and are told who follows them, however many there are
TOLD = 3  # followers whom each of them is told of
EXPONENT = 0.7  # of the power law: who stands in place r has the weight 1 / r ** 0.7
SINCE, UNTIL = datetime(2025, 9, 1, 7, tzinfo=UTC), datetime(2026, 9, 1, 19, tzinfo=UTC)


@click.command()
@click.option("--users", type=click.IntRange(1), default=60, show_default=True, help="How many people.")
@click.option("--posts", type=click.IntRange(0), default=600, show_default=True, help="How many posts in all.")
@click.option("--follows", type=click.IntRange(0), default=20, show_default=True,
              help="How many people each follows; at most half of the others.")  # fmt: skip
@click.option("--password", help="The password of all of them  [default: a random one, which is shown].")
@click.option("--add", is_flag=True, help="Even if there are people already: put these beside them.")
@with_appcontext
def seed(users, posts, follows, password, add):
    """Fill the database with people, follows, posts and messages to look at."""
    taken = set(db.session.scalars(select(User.username_key)))
    if taken and not add:
        raise click.ClickException(f"there are people already ({len(taken)}); --add puts these beside them")
    password = password or secrets.token_urlsafe(9)
    draw = random.Random(f"{users} {posts} {follows}")  # noqa: S311  nothing secret is drawn from it
    follows = min(follows, (users - 1) // 2)

    people = list(itertools.islice(new_people(draw, taken), users))
    languages = [person.pop("language") for person in people]
    shared = {"password_hash": hashed(password)}  # one hash for all: each takes a tenth of a second
    write("people", User, (person | shared | {"session_id": new_session_id()} for person in people), users)
    ids = ids_of(people)
    write("follows", Follow, new_follows(draw, ids, follows), users * follows)
    write("posts", Post, new_posts(draw, ids, languages, posts), posts)
    recount()
    show_progress("their words, for search", reindex(), users + posts)
    tell_of_followers(ids)
    send_messages(new_messages(draw, ids, languages))
    db.session.commit()
    click.echo(f"Log in as {people[0]['username']}, or any other of them, with the password {password}")


def write(what: str, model, rows: Iterator[dict], total: int) -> None:
    """Insert the rows, batch by batch, and show how far that is."""

    def steps():
        while batch := list(itertools.islice(rows, BATCH)):
            db.session.execute(insert(model.__table__), batch)
            yield len(batch)

    show_progress(f"{total:,} {what}", steps(), total)


def show_progress(what: str, steps: Iterable[int], total: int) -> None:
    """Take all steps, each of which says how much of `total` it did, and show how far that is."""
    with click.progressbar(length=total, label=what) as bar:
        for number in steps:
            bar.update(number)


def ids_of(people: list[dict]) -> list[int]:
    """The ids that the database gave them, in their order."""
    ids = {row.username_key: row.id for row in db.session.execute(select(User.username_key, User.id))}
    return [ids[person["username_key"]] for person in people]


def new_people(draw: random.Random, taken: set[str]) -> Iterator[dict]:
    """People without end, of every language in turn, as rows of `user` with their `language`; no name is in `taken`."""
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
            "last_seen_at": SINCE,
        }


def numbered(name: str) -> Iterator[str]:
    """The name, then the name with a number, for those who come later."""
    yield name
    yield from (f"{name}_{number}" for number in itertools.count(2))


def new_follows(draw: random.Random, ids: list[int], each: int) -> Iterator[dict]:
    """Rows of `follow`: everybody follows `each` others, whom chance and fame choose."""
    fame = weights(len(ids))
    for follower in ids:
        followed = {follower}
        while len(followed) <= each:
            followed.update(draw.choices(ids, cum_weights=fame, k=1))
        for other in sorted(followed - {follower}):
            yield {"follower_id": follower, "followed_id": other, "created_at": SINCE}


def new_posts(draw: random.Random, ids: list[int], languages: list[str], number: int) -> Iterator[dict]:
    """Rows of `post`, the oldest first; those who are followed by many are not those who write most."""
    authors = list(zip(ids, languages, strict=True))
    draw.shuffle(authors)
    activity = weights(len(authors))
    step = (UNTIL - SINCE) / max(number, 1)
    for count in range(number):
        author, language = draw.choices(authors, cum_weights=activity)[0]
        moment = SINCE + step * (count + draw.random())
        yield {"author_id": author, "body": text_in(draw, language), "language": language, "created_at": moment}


def new_messages(draw: random.Random, ids: list[int], languages: list[str]) -> Iterator[tuple[int, int, str]]:
    """Author, recipient and text of messages among the first of the people, in the order of writing."""
    talkers = list(zip(ids, languages, strict=True))[:TALKERS]
    if len(talkers) < 2:
        return
    for count in range(3 * len(talkers)):
        one = talkers[count % len(talkers)]  # so that nobody is left out
        other = draw.choice([talker for talker in talkers if talker != one])
        for _ in range(draw.randint(1, 3)):
            one, other = other, one
            yield one[0], other[0], text_in(draw, one[1])


def send_messages(messages: Iterator[tuple[int, int, str]]) -> None:
    """Send them; whoever answers has seen what came before."""
    for author, recipient, body in messages:
        if side := side_of(author, recipient):
            mark_seen(side, side.last_message_id)
        send(author, recipient, body)


def tell_of_followers(ids: list[int]) -> None:
    """Notify the first of the people of some who follow them."""
    for followed in ids[:TALKERS]:
        followers = select(Follow.follower_id).where(Follow.followed_id == followed).order_by(Follow.follower_id)
        for follower in db.session.scalars(followers.limit(TOLD)).all():
            notify(followed, FOLLOW, actor_id=follower)


def weights(number: int) -> list[float]:
    """The power law's weights of `number` places, each added to those before it."""
    return list(itertools.accumulate(1 / place**EXPONENT for place in range(1, number + 1)))


def text_in(draw: random.Random, language: str) -> str:
    """A sentence or two, perhaps with an emoji."""
    sentences = PEOPLE[language][2]
    words = draw.sample(sentences, 2 if draw.random() < 0.4 else 1)
    if draw.random() < 0.3:
        words.append(draw.choice(EMOJI))
    return (" " if draw.random() < 0.9 else "\n").join(words)
