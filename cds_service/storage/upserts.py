"""Inserting what may already be there, in the words of either kind of database."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.dialects.postgresql import psycopg

_POSTGRESQL = psycopg.dialect(paramstyle="format")  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
_SQLITE = sqlite.dialect(paramstyle="qmark")


def insert_into(connection: Connection, table: Table) -> sqlite.Insert | postgresql.Insert:
    """An insert that can say what to do `on_conflict`."""
    return postgresql.insert(table) if connection.dialect.name == "postgresql" else sqlite.insert(table)


def insert_new(
    connection: Connection, table: Table, unique: str, columns: tuple[str, ...], rows: Sequence[Any]
) -> None:
    """Inserts tuples of plain values, leaving out those whose `unique` column is already there.

    The statement is put together once and the rows go to the driver as they are: SQLAlchemy's care for each
    value would cost more than the insert.
    """
    statement, order = _plain_insert(connection.dialect.name, table, unique, columns)
    in_order = itemgetter(*(columns.index(name) for name in order))
    connection.exec_driver_sql(statement, [in_order(row) for row in rows])


@lru_cache
def _plain_insert(kind: str, table: Table, unique: str, columns: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    insert, dialect = (postgresql.insert, _POSTGRESQL) if kind == "postgresql" else (sqlite.insert, _SQLITE)
    statement = insert(table).on_conflict_do_nothing(index_elements=[table.c[unique]])
    compiled = statement.compile(dialect=dialect, column_keys=columns)
    return str(compiled), tuple(compiled.positiontup or ())
