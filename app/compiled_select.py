"""SELECTs of the hottest pages, compiled once and run on the driver's own cursor.

`session.execute` finds the compiled text and the type of each column again on every call, and begins and ends a
transaction: for a page of 25 rows, several times the work of the database.
"""

import time
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from blinker import Signal
from flask import Flask, current_app, g
from sqlalchemy import Engine, Select, create_engine
from sqlalchemy.engine import Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import PoolProxiedConnection

from app import database_limits
from app.database import db

R = TypeVar("R", bound=tuple[Any, ...])

# Sent with a statement's text, its `parameters` and the `seconds` it took: SQLAlchemy's events don't see these.
statement_sent = Signal()


def init_app(app: Flask) -> None:
    """Return the connection that a request has read from when it ends."""
    app.extensions["compiled_select"] = None  # the engine, made by the first SELECT: after the server has forked
    app.teardown_appcontext(_release)


class CompiledSelect(Generic[R]):
    """A SELECT that sees what the session has flushed, and returns rows of one NamedTuple class.

    `row` is that class; its fields are named and ordered as the columns of `statement`. Parameters, all given at each
    call, are numbers and strings, or lists of them for `IN`.
    """

    def __init__(self, statement: Select[Any], row: type[R]):
        names, fields = statement.selected_columns.keys(), list(getattr(row, "_fields"))  # noqa: B009
        if names != fields:
            raise TypeError(f"{row.__name__} has the fields {fields}, the statement the columns {names}")
        self._statement = statement
        self._row = row
        self._compiled: dict[tuple[object, ...], _Compiled[R]] = {}

    def all(self, **parameters: Any) -> list[R]:
        """All rows. Raises sqlalchemy.exc.DBAPIError, as the session would."""
        engine = _engine()
        compiled = self._compile(engine.dialect, parameters)
        return compiled.convert(self._fetch(engine, compiled, parameters))

    def first(self, **parameters: Any) -> R | None:
        """The first row, or None. Raises as `all` does."""
        rows = self.all(**parameters)
        return rows[0] if rows else None

    def scalars(self, **parameters: Any) -> list[Any]:
        """The first column of all rows, as the driver returns it. Raises as `all` does."""
        engine = _engine()
        return [row[0] for row in self._fetch(engine, self._compile(engine.dialect, parameters), parameters)]

    def _compile(self, dialect: Dialect, parameters: dict[str, Any]) -> "_Compiled[R]":
        key = (dialect.name, *(len(value) for value in parameters.values() if isinstance(value, list)))
        compiled = self._compiled.get(key)
        if compiled is None:
            compiled = self._compiled[key] = _Compiled(self._statement, self._row, dialect, parameters)
        return compiled

    def _fetch(
        self, engine: Engine, compiled: "_Compiled[R]", parameters: dict[str, Any], retry: bool = True
    ) -> list[Any]:
        driver_error = engine.dialect.loaded_dbapi.Error
        try:
            return compiled.fetch(_connection(engine), parameters)
        except driver_error as error:
            if not _in_transaction():
                if (reader := g.pop("compiled_select_reader", None)) is not None:
                    reader.invalidate(error)
                if retry and engine.dialect.is_disconnect(error, None, None):
                    database_limits.note_lost()
                    engine.dispose()  # a server closes idle connections: what else is in the pool is as old
                    return self._fetch(engine, compiled, parameters, retry=False)
            raise DBAPIError.instance(compiled.text, None, error, driver_error, hide_parameters=True) from error


class _Compiled(Generic[R]):
    """The statement as one dialect writes it, for lists of certain lengths."""

    def __init__(self, statement: Select[Any], row: type[R], dialect: Dialect, parameters: dict[str, Any]):
        state = statement.compile(dialect=dialect).construct_expanded_state(parameters)
        self.text = state.statement
        of_list = {member: name for name, members in state.parameter_expansion.items() for member in members}
        # In the order of the text: a parameter's name (a list's once), or None and a constant.
        self._places: list[tuple[str | None, Any]] = []
        for member in state.positiontup or ():
            name = of_list.get(member, member)
            if name not in parameters:
                self._places.append((None, state.parameters[member]))
            elif member == name or self._places[-1:] != [(name, list)]:
                self._places.append((name, list if member in of_list else None))
        self._make: Callable[[Any], R] = getattr(row, "_make")  # noqa: B009
        processors = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in
                      statement.selected_columns]  # fmt: skip
        self._processors = [(place, process) for place, process in enumerate(processors) if process]

    def fetch(self, connection: PoolProxiedConnection, parameters: dict[str, Any]) -> list[Any]:
        values: list[Any] = []
        for name, kind in self._places:
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
        return list(rows)  # PyMySQL returns a tuple

    def convert(self, rows: list[Any]) -> list[R]:
        return [self._make(self._process(row)) for row in rows] if self._processors else list(map(self._make, rows))

    def _process(self, row: Any) -> list[Any]:
        values = list(row)
        for place, process in self._processors:
            values[place] = process(values[place])
        return values


def _engine() -> Engine:
    """An engine for reading alone: no transaction to end and no ping, each of which is a round trip to a server."""
    engine: Engine | None = current_app.extensions["compiled_select"]
    if engine is None:
        options = current_app.config["SQLALCHEMY_ENGINE_OPTIONS"] | {
            "isolation_level": "AUTOCOMMIT",
            "pool_reset_on_return": None,
        }
        if db.engine.dialect.name != "sqlite":
            options |= {"pool_pre_ping": False, "paramstyle": "format"}  # values go in the order of the text
        engine = current_app.extensions["compiled_select"] = create_engine(db.engine.url, **options)
    return engine


def _connection(engine: Engine) -> PoolProxiedConnection:
    """The session's connection if it is in a transaction, whose changes are to be seen; else one for reading."""
    if _in_transaction():
        return db.session.connection().connection
    reader: PoolProxiedConnection | None = g.get("compiled_select_reader")
    if reader is None:
        reader = g.compiled_select_reader = engine.raw_connection()
    return reader


def _in_transaction() -> bool:
    return db.session.registry.has() and db.session().in_transaction()


def _release(_error: BaseException | None = None) -> None:
    reader = g.pop("compiled_select_reader", None)
    if reader is not None:
        reader.close()
