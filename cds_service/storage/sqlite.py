"""SQLite's files as a database that outlasts what happens to files, and to the disk below them."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DisconnectionError, OperationalError

LASTING_TROUBLE = {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}

Identity = tuple[int, int, bool]


def prepare(engine: Engine) -> None:
    """Sets up each connection of an engine as this service needs it."""
    event.listen(engine, "handle_error", _open_anew_after_trouble)
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)


def commit_carelessly(engine: Engine, seconds: float) -> None:
    """Lets commits wait for no disk, and no longer than this for whoever else writes."""

    def set_up(connection: sqlite3.Connection, _record: Any) -> None:
        connection.execute("PRAGMA synchronous=NORMAL")
        connection.execute(f"PRAGMA busy_timeout={round(seconds * 1000)}")

    event.listen(engine, "connect", set_up)


def keep_to_its_owner(engine: Engine, file: str) -> None:
    """Creates the file, where there is none, for its owner alone; SQLite gives the same rights to what it adds."""

    def create(*_how: Any) -> None:
        with suppress(OSError):  # SQLite says why it cannot be opened
            os.close(os.open(file, os.O_CREAT | os.O_RDONLY, 0o600))

    event.listen(engine, "do_connect", create)


def leave_files_that_went(engine: Engine, file: str) -> None:
    """Opens the file of that name anew once it was deleted, emptied or replaced.

    What is open works on without a name: all that was written would be lost, and nothing would say so.
    """

    def note(_connection: sqlite3.Connection, record: Any) -> None:
        record.info["file"] = identity(file)

    def compare(_connection: sqlite3.Connection, record: Any, _proxy: Any) -> None:
        if record.info.get("file") != identity(file):
            raise DisconnectionError

    event.listen(engine, "connect", note)
    event.listen(engine, "checkout", compare)


def identity(file: str | None) -> Identity | None:
    """What tells a file from another one of the same name, and from itself once emptied; None where there is none."""
    if not file:
        return None
    try:
        found = os.stat(file)  # noqa: PTH116 - with each call
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_size > 0


def enter_wal(engine: Engine, seconds: float) -> None:
    """Write-ahead logging, remembered in the file. SQLite does not wait for a lock here, so we do."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            with engine.connect() as connection:
                connection.connection.cursor().execute("PRAGMA journal_mode=WAL")  # not within a transaction
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > deadline:
                raise OperationalError("PRAGMA journal_mode", None, error) from None
            time.sleep(0.02)


def write(connection: Connection) -> None:
    """Writes a page, and leaves no row behind."""
    connection.exec_driver_sql(
        "INSERT INTO seen_token (fingerprint, expires_at) VALUES ('trial', '1970-01-01 00:00:00')"
    )
    connection.exec_driver_sql("DELETE FROM seen_token WHERE fingerprint = 'trial'")


def _set_up(connection: sqlite3.Connection, _record: Any) -> None:
    # Python's sqlite3 would open transactions by itself, and not around CREATE TABLE: SQLAlchemy does it instead.
    connection.isolation_level = None
    # What was acknowledged is on the disk, also when the power fails.
    connection.execute("PRAGMA synchronous=FULL")
    # What is deleted is overwritten, not only forgotten.
    connection.execute("PRAGMA secure_delete=ON")


def _open_anew_after_trouble(context: ExceptionContext) -> None:
    """A connection stays as it was made, though its file could not be written then, or its disk is mended since."""
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & 0xFF  # without the kind's finer details
    if code not in LASTING_TROUBLE:
        return
    context.is_disconnect = True
    connection = context.connection
    if connection is not None and not connection.closed and not connection.invalidated:
        # A connection that is closed while a statement of it is remembered, by this exception, keeps its locks.
        with suppress(sqlite3.Error):
            connection.connection.rollback()


def _begin(connection: Connection) -> None:
    kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {kind}")
