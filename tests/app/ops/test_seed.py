import itertools
import random

import pytest
from sqlalchemy import func, select

from app.auth.services import authenticate
from app.database import db
from app.messages.models import Conversation, Message
from app.notifications.models import FOLLOW, MESSAGE, Notification
from app.ops.seed import TALKERS, new_messages, new_posts, new_users, seed
from app.ops.seed_words import EMOJI, PEOPLE
from app.pagination import NEWEST, Key
from app.posts import rules
from app.posts.models import Post
from app.relationships.models import Follow
from app.relationships.queries import standing
from app.search import queries as search
from app.search.words import query_terms
from app.timelines import queries
from app.users import rules as user_rules
from app.users.models import User, UserCounts

SMALL = ["--users", "24", "--posts", "60", "--follows", "5", "--password", "correct horse"]


@pytest.fixture
def run(app):
    def run(*arguments):
        result = app.test_cli_runner().invoke(seed, arguments)
        with app.app_context():
            db.session.rollback()
        return result

    return run


def count(model):
    return db.session.scalar(select(func.count()).select_from(model))


def test_seed_creates_the_requested_numbers(run, context):
    result = run(*SMALL)
    assert result.exit_code == 0, result.output
    assert (count(User), count(Post), count(Follow)) == (24, 60, 24 * 5)
    for step in ("24 users", "120 follows", "60 posts"):
        assert step in result.output
    counts = select(func.sum(UserCounts.posts), func.sum(UserCounts.followers))
    assert db.session.execute(counts).one() == (60, 24 * 5)


def test_seeded_posts_and_users_are_found_by_search(run, context):
    run(*SMALL)
    body, name = db.session.scalar(select(Post.body)), db.session.scalar(select(User.display_name))
    assert body in [row.body for row in search.posts(query_terms(body), NEWEST, 100).items]
    assert name in [row.display_name for row in search.users(query_terms(name), NEWEST, 100).items]


def test_seed_prints_working_credentials(run, context):
    output = run(*SMALL).output.splitlines()[-1]
    name = output.split()[3].rstrip(",")
    assert output == f"Sign in as {name}, or any other user, with the password correct horse"
    assert authenticate(name, "correct horse").username == name


def test_seeded_posts_have_a_language(run, context):
    run(*SMALL)
    assert set(db.session.scalars(select(Post.language))) <= set(PEOPLE)
    assert db.session.scalar(select(func.count()).where(Post.language.is_(None))) == 0


def test_default_password_is_random_and_printed(run, context):
    output = run("--users", "1", "--posts", "0").output.splitlines()[-1]
    assert authenticate(output.split()[3].rstrip(","), output.split()[-1])


def test_seed_is_reproducible():
    def everything():
        draw = random.Random("same")
        users = list(itertools.islice(new_users(draw, set()), 30))
        languages = [user["language"] for user in users]
        posts = list(new_posts(draw, list(range(30)), languages, 100))
        return users, posts, list(new_messages(draw, list(range(30)), languages))

    assert everything() == everything()


def test_first_user_has_unread_messages_and_follow_notifications(run, context):
    run(*SMALL)
    first = db.session.scalar(select(func.min(User.id)))
    assert db.session.scalar(select(func.sum(Conversation.unread)).where(Conversation.owner_id == first)) > 0
    unread = select(Notification.kind).where(Notification.user_id == first, Notification.unread)
    assert set(db.session.scalars(unread)) == {FOLLOW, MESSAGE}


def test_messages_after_the_last_reply_are_unread(run, context):
    run(*SMALL)
    for side in db.session.scalars(select(Conversation)):
        messages = db.session.scalars(select(Message).where(Message.conversation_id == side.id).order_by(Message.id))
        newest_first = [message.outgoing for message in messages][::-1]
        assert side.unread == len(list(itertools.takewhile(lambda outgoing: not outgoing, newest_first)))
        unread = select(Notification.unread).where(
            Notification.user_id == side.owner_id, Notification.actor_id == side.other_id, Notification.kind == MESSAGE
        )
        assert any(db.session.scalars(unread)) is (side.unread > 0)


def test_follow_notifications_match_follows(run, context):
    run(*SMALL)
    notified = select(Notification.actor_id, Notification.user_id).where(Notification.kind == FOLLOW)
    follows = select(Follow.follower_id, Follow.followed_id)
    pairs = set(map(tuple, db.session.execute(notified)))
    assert pairs
    assert pairs <= set(map(tuple, db.session.execute(follows)))


def test_number_of_messages_is_bounded(run, context):
    assert run("--users", "300", "--posts", "0", "--follows", "20").exit_code == 0
    assert len(set(db.session.scalars(select(Conversation.owner_id)))) <= TALKERS
    assert 0 < count(Message) < 500
    assert count(Notification) < 500


def test_seed_refuses_a_database_with_users(run, context, make_user):
    make_user("susan")
    result = run(*SMALL)
    assert result.exit_code != 0
    assert "--add" in result.output
    assert count(User) == 1


def test_seed_with_add_can_be_repeated(run, context, make_user):
    make_user("susan")
    for _ in range(2):
        result = run(*SMALL, "--add")
        assert result.exit_code == 0, result.output
    assert (count(User), count(Post)) == (49, 120)


def test_seed_skips_taken_usernames(run, context, make_user):
    run(*SMALL)
    names = db.session.scalars(select(User.username_key)).all()
    taken = names[0].upper()
    for model in (Post, Follow, User):
        db.session.query(model).delete()
    db.session.commit()
    make_user(taken)
    assert run(*SMALL, "--add").exit_code == 0


def test_follows_are_limited_to_half_of_the_others(run, context):
    run("--users", "5", "--posts", "0", "--follows", "100")
    assert db.session.scalar(select(func.count()).where(Follow.follower_id == Follow.followed_id)) == 0
    for user_id in db.session.scalars(select(User.id)):
        assert standing(user_id).following == 2


@pytest.mark.parametrize(("users", "posts"), [("1", "3"), ("2", "0")])
def test_smallest_numbers_work(run, context, users, posts):
    assert run("--users", users, "--posts", posts).exit_code == 0
    assert (count(User), count(Post)) == (int(users), int(posts))


@pytest.mark.parametrize("arguments", [("--users", "0"), ("--posts", "-1"), ("--users", "many"), ("--posts", "9" * 30)])
def test_invalid_numbers_are_rejected(run, arguments):
    assert run(*arguments).exit_code == 2


def test_nobody_was_last_seen_before_their_posts(run, context):
    run("--users", "6", "--posts", "30", "--follows", "2")
    rows = db.session.execute(
        select(User.last_seen_at, Post.created_at).join_from(User, Post, Post.author_id == User.id)
    )
    assert all(seen >= posted for seen, posted in rows)


def test_newer_posts_have_higher_ids(run, context):
    run(*SMALL)
    page = queries.public(Key(), 60)
    times = [post.created_at for post in page.items]
    assert times == sorted(times, reverse=True)


@pytest.mark.parametrize("language", PEOPLE)
def test_seed_words_are_valid_posts_and_names(context, language):
    first_names, family_names, sentences = PEOPLE[language]
    for one, other in itertools.permutations(sentences, 2):
        longest = f"{one} {other} {max(EMOJI, key=len)}"
        assert rules.body(longest) == longest
    for plain, written in [*first_names, *family_names]:
        assert user_rules.username(plain) == plain
        assert user_rules.display_name(written) == written
