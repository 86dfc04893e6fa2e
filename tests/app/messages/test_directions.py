from app.database import db
from app.messages.services import send


def test_display_name_is_isolated_in_conversation(client, make_user, log_in):
    susan, david = make_user("susan"), make_user("david")
    david.display_name = "\u202edivad"
    log_in("susan")
    send(david.id, susan.id, "Hello")
    db.session.commit()
    page = client.get("/messages/with/david").text
    assert "<title>(1) Conversation with @david –" in page
    assert ">\u2068\u202edivad\u2069:</span>" in page
