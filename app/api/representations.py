"""How rows are answered: plain dictionaries, in the shapes that schemas.py describes."""

from flask import request


def root() -> str:
    """What every path of the API begins with; asked once for a list, not for each of its items."""
    return f"{request.script_root}/api"


def user(row, with_email: bool = False) -> dict:
    """A row of queries.users."""
    person = row.User
    here = f"{root()}/users/{person.id}"
    shown = {
        "id": person.id,
        "username": person.username,
        "display_name": person.display_name,
        "about_me": person.about_me,
        "last_seen": person.last_seen_at.isoformat(),
        "post_count": row.post_count,
        "follower_count": row.follower_count,
        "following_count": row.following_count,
        "_links": {
            "self": here,
            "followers": f"{here}/followers",
            "following": f"{here}/following",
            "avatar": f"{request.script_root}/avatar/{person.id}.svg",
        },
    }
    return shown | {"email": person.email} if with_email else shown


def token(kept) -> dict:
    """An ApiToken, without what it is known by."""
    return {
        "id": kept.id,
        "name": kept.name,
        "created_at": kept.created_at.isoformat(),
        "expires_at": kept.expires_at.isoformat(),
    }


def post(row, base: str) -> dict:
    """A row of timelines.queries; `base` is root()."""
    return {
        "id": row.id,
        "body": row.body,
        "language": row.language,
        "created_at": row.created_at.isoformat(),
        "author": {"id": row.author_id, "username": row.username, "display_name": row.display_name},
        "_links": {"self": f"{base}/posts/{row.id}", "author": f"{base}/users/{row.author_id}"},
    }


def person(row) -> dict:
    """A row of search.queries.people."""
    return {"id": row.id, "username": row.username, "display_name": row.display_name}


def message(row) -> dict:
    """A row of messages.queries."""
    return {"id": row.id, "body": row.body, "created_at": row.created_at.isoformat(), "outgoing": row.outgoing}


def conversation(row) -> dict:
    """A row of messages.queries.people."""
    person = {"id": row.user_id, "username": row.username, "display_name": row.display_name}
    return {"person": person, "unread": row.unread, "newest": message(row)}


def notification(row, text: str) -> dict:
    """A row of notifications.queries, and what it says."""
    actor = row.actor_id and {"id": row.actor_id, "username": row.username, "display_name": row.display_name}
    return {
        "id": row.id,
        "kind": row.kind,
        "text": text,
        "unread": row.unread,
        "created_at": row.created_at.isoformat(),
        "actor": actor,
    }
