import pytest

from app.auth.services import issue_token
from app.database import db
from tests.app.translation.conftest import FRENCH


@pytest.fixture
def ask(client, make_user):
    """`ask(post_id, {"language": "en"})`: the API's response to Susan's token."""
    token, _kept = issue_token(make_user("susan"))
    db.session.commit()

    def ask(post_id, asked):
        headers = {"Authorization": f"Bearer {token}"}
        return client.post(f"/api/posts/{post_id}/translation", json=asked, headers=headers)

    return ask


def test_api_translates_post_into_any_language(ask, service, john_wrote):
    post_id = john_wrote()
    for _ in range(2):
        answer = ask(post_id, {"language": "de-AT"})
        assert (answer.status_code, answer.json) == (200, {"language": "de", "body": f"<fr>{FRENCH}<de>"})
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "asked", [{}, {"language": ""}, {"language": "klingon"}, {"language": 3}, {"language": "fr"}, []]
)
def test_api_refuses_invalid_request(ask, service, john_wrote, asked):
    answer = ask(john_wrote(), asked)
    assert answer.status_code == 400
    assert answer.json["error"] == "Bad Request"
    assert service.asked == []


def test_api_answers_503_if_service_fails(ask, service, john_wrote):
    service.mood = lambda handler: handler.answer(500, {"error": "no"})
    answer = ask(john_wrote(), {"language": "en"})
    assert (answer.status_code, answer.json["error"]) == (503, "Service Unavailable")
    assert "translation service" in answer.json["message"]


def test_api_answers_404_for_unknown_post(ask, service):
    assert ask(1, {"language": "en"}).status_code == 404


def test_api_answers_404_without_service(ask, john_wrote):
    assert ask(john_wrote(), {"language": "en"}).status_code == 404
