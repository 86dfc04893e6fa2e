import pytest
from sqlalchemy import func, select

from app.auth.models import ApiToken
from app.database import db
from app.messages.models import Message
from app.messages.services import send
from app.posts.models import Post


@pytest.fixture
def pages(client, susan, john, write, log_in, fill_in):
    """The paths of what cannot be undone, by the page with its button, and what it removes."""
    write(susan, "Hello")
    send(susan.id, john.id, "Hi")
    db.session.commit()
    log_in("susan")
    fill_in("/settings/tokens", name="phone")
    post, message, token = (db.session.scalars(select(kind.id)).first() for kind in (Post, Message, ApiToken))
    return {
        "post": ("/explore", f"/posts/{post}/delete", Post),
        "message": ("/messages/with/john", f"/messages/{message}/delete", Message),
        "conversation": ("/messages/with/john", "/messages/with/john/delete", Message),
        "token": ("/settings/tokens", f"/settings/tokens/{token}/revoke", ApiToken),
        "all others": ("/settings", "/settings/log_out_everywhere", ApiToken),
    }


def number_of(kind):
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(kind))


@pytest.mark.parametrize("what", ["post", "message", "conversation", "token", "all others"])
def test_button_asks_on_a_page_of_its_own_without_a_script(client, pages, fill_in, read_form, send_form, what):
    page, path, kind = pages[what]
    before = number_of(kind)
    button = client.get(page).text.split(f'action="{path}"')[1]
    question = button.split('name="ask" value="')[1].split('"')[0]
    answer = fill_in(page, to=path, next=page, ask=question)
    assert answer.status_code == 200
    assert f'<h1 class="page-title">{question}</h1>' in answer.text
    assert f'href="{page}">Cancel</a>' in answer.text
    assert number_of(kind) == before
    confirmed = send_form(path, read_form(answer, "csrf_token"))
    assert confirmed.location
    assert number_of(kind) < before


def test_cancel_leads_to_this_site_alone(pages, fill_in):
    page, path, _kind = pages["post"]
    assert 'href="/">Cancel</a>' in fill_in(page, to=path, next="//evil.example", ask="Delete?").text


def test_question_is_text(pages, fill_in):
    page, path, _kind = pages["post"]
    assert "<b>" not in fill_in(page, to=path, ask="<b>Delete</b>").text
