"""Queries of every page, whose text is made once and handed to the driver as it is.

`session.execute` finds the text again for each run, and what each column is: for a page's few rows that takes longer
than the database does (bench/README.md has the figures).
"""

from collections import namedtuple
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select

from app.database import db


class Prepared:
    """A SELECT that is run in the session's transaction, and sees what was flushed there.

    Its parameters, all of them given at each run, are numbers and texts, which every driver takes as they are, or, for
    `IN`, lists of them. A row is a named tuple of its columns, with the methods of `mixin`.
    """

    def __init__(self, statement: Select, mixin: type = object):
        self._statement = statement
        self._mixin = mixin
        self._runs: dict[tuple, _Run] = {}

    def rows(self, **parameters: Any) -> Sequence[Any]:
        """All rows."""
        connection = db.session.connection()
        lengths = tuple(len(value) for value in parameters.values() if isinstance(value, list))
        key = (connection.dialect.name, *lengths)
        run = self._runs.get(key)
        if run is None:
            run = self._runs[key] = _Run(self._statement, self._mixin, connection.dialect, parameters)
        return run.rows(connection, parameters)


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
        result = connection.exec_driver_sql(self.text, tuple(values))
        rows = result.cursor.fetchall()
        result.close()
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
