"""Commands of `flask` that use the database: if it fails, they end with one line and status 69."""

import os
import sys
from typing import Any, NoReturn

import click
from sqlalchemy.exc import ProgrammingError

from app import logs
from app.outages import DATABASE_ERRORS, is_failure, lacks_schema, reason


class OneLineFailure(click.Command):
    """The base of both kinds of commands: reports a failure of the database."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (ProgrammingError, *DATABASE_ERRORS) as error:
            if not is_failure(error):
                raise
            _fail(error)


class Command(OneLineFailure):
    """A single command: `@click.command(cls=Command)`."""


class Group(OneLineFailure, click.Group):
    """A group of commands: `@click.group(cls=Group)`; its commands need no class."""


def _fail(error: BaseException) -> NoReturn:
    remedy = "" if lacks_schema(error) else "; check that it is running, and DATABASE_URL"
    logs.tell(f"the database failed: {reason(error)}{remedy}")
    sys.exit(os.EX_UNAVAILABLE)
