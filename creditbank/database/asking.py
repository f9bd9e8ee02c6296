"""How the few questions that nearly every page asks are put: planned once a connection, and with no cursor between."""

from typing import Any, Final, Self
from weakref import WeakKeyDictionary

import psycopg
from django.db import DEFAULT_DB_ALIAS, connections
from psycopg.abc import Params, Transformer as Reader
from psycopg.adapt import Transformer
from psycopg.errors import InvalidSqlStatementName, error_from_result
from psycopg.pq import ExecStatus, Format
from psycopg.pq.abc import PGresult
from psycopg.rows import RowMaker

Server = psycopg.Connection[Any]
Value = int | str | None
#: What each connection has planned so far: by the statement its name, and what reads its answers.
_PLANNED: Final[WeakKeyDictionary[Server, dict[str, tuple[bytes, Reader]]]] = WeakKeyDictionary()


class _Planned(psycopg.RawCursor[Any]):
    """Has each statement parsed and planned once a connection, and takes numbers as they are, not as texts."""

    def execute(self, query: object, params: Params | None = None, **_others: object) -> Self:
        """Ask."""
        assert isinstance(query, str)
        return super().execute(query, params, prepare=True, binary=True)


def ask(sql: str, *values: Value, row: RowMaker[Any] = tuple) -> list[Any]:
    """Return the rows of a statement in words of ours, each as `row` makes it of a tuple; $1, $2 stand for the values.

    Django's cursors have every statement planned anew and cost several times as much. They ask here too in a
    transaction, and where somebody listens to what is asked.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.close_if_health_check_failed()
    if database.execute_wrappers or database.queries_logged or not database.get_autocommit():
        with database.cursor() as cursor:
            cursor.cursor = _Planned(database.connection)
            cursor.execute(sql, values)
            return [row(each) for each in cursor.fetchall()]
    server = database.connection
    with database.wrap_database_errors:
        result, reader = _asked(server, sql, values)
        reader.set_pgresult(result)
        return reader.load_rows(0, result.ntuples, row)


def _asked(server: Server, sql: str, values: tuple[Value, ...]) -> tuple[PGresult, Reader]:
    """Return the answer, and what reads it.

    A statement is planned once, and again where an undone transaction took the plans with it.
    """
    planned = _PLANNED.setdefault(server, {})
    given: list[Any] = [None if value is None else str(value).encode() for value in values]
    if sql in planned:
        name, reader = planned[sql]
        try:
            return _good(server.pgconn.exec_prepared(name, given, result_format=Format.BINARY)), reader
        except InvalidSqlStatementName:
            planned.clear()
    name, reader = f"asked_{len(planned)}".encode(), Transformer(server)
    _good(server.pgconn.prepare(name, sql.encode()))
    planned[sql] = name, reader
    return _good(server.pgconn.exec_prepared(name, given, result_format=Format.BINARY)), reader


def _good(result: PGresult) -> PGresult:
    """Return the answer, or raise what the server says instead."""
    if result.status not in {ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK}:
        raise error_from_result(result)
    return result
