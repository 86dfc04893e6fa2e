import itertools
import random

import pytest
from sqlalchemy import func, select

from app.auth.services import authenticate
from app.database import db
from app.messages.models import Conversation, Message
from app.notifications.models import FOLLOW, MESSAGE, Notification
from app.ops.seed import TALKERS, new_messages, new_people, new_posts, seed
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


def test_it_makes_the_people_posts_and_follows_that_were_asked_for(run, context):
    result = run(*SMALL)
    assert result.exit_code == 0, result.output
    assert (count(User), count(Post), count(Follow)) == (24, 60, 24 * 5)
    for step in ("24 people", "120 follows", "60 posts"):
        assert step in result.output
    kept = select(func.sum(UserCounts.posts), func.sum(UserCounts.followers))
    assert db.session.execute(kept).one() == (60, 24 * 5)


def test_its_posts_and_people_are_found(run, context):
    run(*SMALL)
    body, name = db.session.scalar(select(Post.body)), db.session.scalar(select(User.display_name))
    assert body in [row.body for row in search.posts(query_terms(body), NEWEST, 100).items]
    assert name in [row.display_name for row in search.users(query_terms(name), NEWEST, 100).items]


def test_it_says_how_to_log_in(run, context):
    output = run(*SMALL).output.splitlines()[-1]
    name = output.split()[3].rstrip(",")
    assert output == f"Log in as {name}, or any other of them, with the password correct horse"
    assert authenticate(name, "correct horse").username == name


def test_its_posts_say_what_language_they_are_in(run, context):
    run(*SMALL)
    assert set(db.session.scalars(select(Post.language))) <= set(PEOPLE)
    assert db.session.scalar(select(func.count()).where(Post.language.is_(None))) == 0


def test_a_password_that_was_not_given_is_made_and_shown(run, context):
    output = run("--users", "1", "--posts", "0").output.splitlines()[-1]
    assert authenticate(output.split()[3].rstrip(","), output.split()[-1])


def test_it_is_the_same_each_time():
    def everything():
        draw = random.Random("same")
        people = list(itertools.islice(new_people(draw, set()), 30))
        languages = [person["language"] for person in people]
        posts = list(new_posts(draw, list(range(30)), languages, 100))
        return people, posts, list(new_messages(draw, list(range(30)), languages))

    assert everything() == everything()


def test_whoever_logs_in_finds_messages_and_new_followers(run, context):
    run(*SMALL)
    first = db.session.scalar(select(func.min(User.id)))
    assert db.session.scalar(select(func.sum(Conversation.unread)).where(Conversation.owner_id == first)) > 0
    unread = select(Notification.kind).where(Notification.user_id == first, Notification.unread)
    assert set(db.session.scalars(unread)) == {FOLLOW, MESSAGE}


def test_what_is_unread_is_what_came_after_the_last_answer(run, context):
    run(*SMALL)
    for side in db.session.scalars(select(Conversation)):
        messages = db.session.scalars(select(Message).where(Message.conversation_id == side.id).order_by(Message.id))
        newest_first = [message.outgoing for message in messages][::-1]
        assert side.unread == len(list(itertools.takewhile(lambda outgoing: not outgoing, newest_first)))
        told = select(Notification.unread).where(
            Notification.user_id == side.owner_id, Notification.actor_id == side.other_id, Notification.kind == MESSAGE
        )
        assert any(db.session.scalars(told)) is (side.unread > 0)


def test_people_are_told_of_those_who_do_follow_them(run, context):
    run(*SMALL)
    told = select(Notification.actor_id, Notification.user_id).where(Notification.kind == FOLLOW)
    follows = select(Follow.follower_id, Follow.followed_id)
    pairs = set(map(tuple, db.session.execute(told)))
    assert pairs
    assert pairs <= set(map(tuple, db.session.execute(follows)))


def test_a_large_demonstration_has_no_more_messages_than_a_small_one(run, context):
    assert run("--users", "300", "--posts", "0", "--follows", "20").exit_code == 0
    assert len(set(db.session.scalars(select(Conversation.owner_id)))) <= TALKERS
    assert 0 < count(Message) < 500
    assert count(Notification) < 500


def test_a_database_with_people_is_left_alone(run, context, make_user):
    make_user("susan")
    result = run(*SMALL)
    assert result.exit_code != 0
    assert "--add" in result.output
    assert count(User) == 1


def test_asked_for_it_goes_beside_those_who_are_there_also_twice(run, context, make_user):
    make_user("susan")
    for _ in range(2):
        result = run(*SMALL, "--add")
        assert result.exit_code == 0, result.output
    assert (count(User), count(Post)) == (49, 120)


def test_a_name_that_is_taken_is_given_to_nobody_else(run, context, make_user):
    run(*SMALL)
    names = db.session.scalars(select(User.username_key)).all()
    taken = names[0].upper()
    for model in (Post, Follow, User):
        db.session.query(model).delete()
    db.session.commit()
    make_user(taken)
    assert run(*SMALL, "--add").exit_code == 0


def test_nobody_follows_themselves_or_more_than_half_of_the_others(run, context):
    run("--users", "5", "--posts", "0", "--follows", "100")
    assert db.session.scalar(select(func.count()).where(Follow.follower_id == Follow.followed_id)) == 0
    for user_id in db.session.scalars(select(User.id)):
        assert standing(user_id).following == 2


@pytest.mark.parametrize(("users", "posts"), [("1", "3"), ("2", "0")])
def test_the_smallest_demonstrations_work(run, context, users, posts):
    assert run("--users", users, "--posts", posts).exit_code == 0
    assert (count(User), count(Post)) == (int(users), int(posts))


@pytest.mark.parametrize("arguments", [("--users", "0"), ("--posts", "-1"), ("--users", "many")])
def test_numbers_that_make_no_sense_are_refused(run, arguments):
    assert run(*arguments).exit_code == 2


def test_newer_ids_are_newer_posts(run, context):
    run(*SMALL)
    page = queries.public(Key(), 60)
    moments = [post.created_at for post in page.items]
    assert moments == sorted(moments, reverse=True)


@pytest.mark.parametrize("language", PEOPLE)
def test_every_sentence_and_name_obeys_the_rules(context, language):
    first_names, family_names, sentences = PEOPLE[language]
    for one, other in itertools.permutations(sentences, 2):
        longest = f"{one} {other} {max(EMOJI, key=len)}"
        assert rules.body(longest) == longest
    for plain, written in [*first_names, *family_names]:
        assert user_rules.username(plain) == plain
        assert user_rules.display_name(written) == written
