"""`flask mail`: list, retry and test mails."""

import os
import sys
from datetime import datetime
from typing import NoReturn

import click
from flask import current_app
from flask.cli import with_appcontext

from app import logs
from app.commands import Group
from app.database import LARGEST_ID, db
from app.exceptions import Invalid
from app.mail import queries, services, transport
from app.mail.failures import failure_of
from app.mail.message import Mail, render
from app.mail.models import FAILED, PENDING, SENT
from app.users import email_addresses


@click.group(cls=Group)
def mail() -> None:
    """Inspect and test mail."""


@mail.command("list")
@click.option("--state", type=click.Choice([PENDING, FAILED, SENT]), multiple=True, help="[pending and failed]")
@with_appcontext
def list_(state: tuple[str, ...]) -> None:
    """List the mails in the outbox, oldest first. Sent and failed ones are kept for a week."""
    states = state or (PENDING, FAILED)
    rows = queries.in_states(states)
    if not rows:
        click.echo(f"No mail is {' or '.join(states)}.")
    for row in rows:
        word, time = ("due", row.due_at) if row.state == PENDING else ("since", row.ended_at)
        facts = [f"{row.id} {row.state}", row.kind, row.recipient, f"attempts: {row.attempts}", f"{word} {_utc(time)}"]
        click.echo("; ".join(filter(None, [*facts, row.error])))


@mail.command()
@click.argument("ids", type=int, nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All pending and failed mails.")
@with_appcontext
def retry(ids: tuple[int, ...], everything: bool) -> None:
    """Send pending and failed mails now, and retry them for another day. `flask mail list` shows IDS."""
    if bool(ids) == everything:
        _exit(os.EX_USAGE, "name the ids of mails, or --all")
    # SQLite's driver refuses larger numbers.
    count = services.retry(None if everything else [min(mail_id, LARGEST_ID) for mail_id in ids])
    db.session.commit()
    if ids and not count:
        _exit(os.EX_USAGE, "no pending or failed mail has this id; see: flask mail list")
    click.echo(f"Mails due now: {count}.")


@mail.command()
@click.argument("address")
@with_appcontext
def test(address: str) -> None:
    """Send a test mail to ADDRESS and print the result in one line."""
    config = current_app.config
    if not config["MAIL_SERVER"]:
        _exit(os.EX_CONFIG, "MAIL_SERVER is not set; mails are written to the log")
    server = f"{config['MAIL_SERVER']}:{config['MAIL_PORT']}"
    try:
        recipient = email_addresses.email(address)
    except Invalid as error:
        _exit(os.EX_USAGE, f"{address!r} is not an address; {error}")
    values = {"text": f"“flask mail test” sent this mail for {config['SITE_URL']}."}
    try:
        transport.send(render(Mail(recipient, "Microblog: test of the mail settings", "alert", "en", values)))
    except Exception as error:  # any error, whatever the server sends
        _exit(os.EX_UNAVAILABLE, f"{server}: {failure_of(error).reason}")
    click.echo(f"{server} accepted the mail to {recipient}. Check the inbox.")


def _utc(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M:%S} UTC" if time else "-"


def _exit(code: int, message: str) -> NoReturn:
    logs.tell(message)
    sys.exit(code)
