"""Queries of every page, whose text is made once and handed to the driver as it is.

`session.execute` finds the text again for each run and what each column is, begins a transaction and ends it: for a
page's few rows that takes several times as long as the database does (bench/README.md has the figures).
"""

import time
from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from blinker import Signal
from flask import g
from sqlalchemy import Select
from sqlalchemy.exc import DBAPIError

from app.database import db

# Sent with a statement's text, its `parameters` and the `seconds` it took: SQLAlchemy's events don't see these.
statement_sent = Signal()


def init_app(app):
    """Give back the connection that a request read by."""
    app.teardown_appcontext(give_back)


class Prepared:
    """A SELECT that sees what the session has flushed.

    Its parameters, all of them given at each run, are numbers and texts, which every driver takes as they are, or, for
    `IN`, lists of them. A row is a named tuple of its columns, with the methods of `mixin`.
    """

    def __init__(self, statement: Select, mixin: type = object):
        self._statement = statement
        self._mixin = mixin
        self._runs: dict[tuple, _Run] = {}

    def rows(self, **parameters: Any) -> Sequence[Any]:
        """All rows. Raises what the session would: an sqlalchemy.exc.DBAPIError."""
        return self._rows(parameters)

    def _rows(self, parameters, again=False):
        dialect = db.engine.dialect
        lengths = tuple(len(value) for value in parameters.values() if isinstance(value, list))
        key = (dialect.name, *lengths)
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = _Run(self._statement, self._mixin, dialect, parameters)
        connection = _connection()
        try:
            return run.rows(connection, parameters)
        except dialect.dbapi.Error as error:
            if connection is g.get("reader"):
                g.pop("reader").invalidate(error)
                if not again and dialect.is_disconnect(error, connection, None):
                    _reader().dispose()  # what else lies in its pool is as old
                    return self._rows(parameters, again=True)
            raise DBAPIError.instance(run.text, None, error, dialect.dbapi.Error, hide_parameters=True) from error


class _Run:
    """The statement as one dialect writes it for lists of certain lengths."""

    def __init__(self, statement, mixin, dialect, parameters):
        state = statement.compile(dialect=dialect).construct_expanded_state(parameters)
        self.text = state.statement
        of_list = {member: name for name, members in state.parameter_expansion.items() for member in members}
        self.places = []  # in the order of the text: a parameter's name, a list's once, or None and a constant
        for member in state.positiontup:
            name = of_list.get(member, member)
            if name not in parameters:
                self.places.append((None, state.parameters[member]))
            elif member == name or self.places[-1:] != [(name, list)]:
                self.places.append((name, list if member in of_list else None))
        self.make = _row_type(statement.selected_columns, mixin, dialect)._make

    def rows(self, connection, parameters):
        values = []
        for name, kind in self.places:
            if name is None:
                values.append(kind)
            elif kind is list:
                values += parameters[name]
            else:
                values.append(parameters[name])
        began = time.perf_counter()
        cursor = connection.cursor()
        cursor.execute(self.text, tuple(values))
        rows = cursor.fetchall()
        cursor.close()
        if statement_sent.receivers:
            statement_sent.send(self.text, parameters=tuple(values), seconds=time.perf_counter() - began)
        return list(map(self.make, rows))


def _row_type(columns, mixin, dialect):
    """A named tuple of what the driver gives; what a type has to translate is so when it is asked for by its name.

    Most posts of a page are shown from what was kept of them: nobody asks for their time.
    """
    row = namedtuple("Row", columns.keys())
    translations = {}
    for place, (name, column) in enumerate(columns.items()):
        if translate := column.type.dialect_impl(dialect).result_processor(dialect, None):
            translations[name] = property(lambda self, place=place, translate=translate: translate(self[place]))
    return type("Row", (row, mixin), translations | {"__slots__": ()})


def _connection():
    """The session's if it is in a transaction, whose changes are to be seen; else one for reading.

    To begin and end the session's takes as long as the three statements of a page.
    """
    if db.session.registry.has() and db.session().in_transaction():
        return db.session.connection().connection
    if "reader" not in g:
        g.reader = _reader().raw_connection()
    return g.reader


def _reader():
    return db.engines.get("reader", db.engine)  # config.py has one for servers


def give_back(_error=None):
    """Give back the connection that was read by so far, before the request's end where it is going to wait."""
    reader = g.pop("reader", None)
    if reader is not None:
        reader.close()
