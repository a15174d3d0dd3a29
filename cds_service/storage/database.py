"""The connection to SQLite or PostgreSQL, and bringing the tables up to date when several workers start at once."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, QueuePool, create_engine, event, inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, InvalidRequestError

from cds_service.storage import sqlite
from cds_service.storage.models import SCHEMA_REVISION, feedback, seen_token
from cds_service.storage.postgres import limit_waiting

BUSY_SECONDS = 10
CALL_SECONDS = 2
"""How long a call may wait whose answer is waited for in turn."""
CONNECT_SECONDS = 3
KEEP_ALIVE = {"keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 3}
"""A server that is gone without a word is noticed after 25 seconds, not after two hours."""
MIGRATION_LOCK = 7_310_414
"""Any number: it names the lock under which PostgreSQL migrates."""


def connect(url: str) -> Engine:
    """An engine; nothing is opened yet. Errors never show the values of a statement."""
    if make_url(url).get_backend_name() != "sqlite":
        return _server(url)
    timeout = {"timeout": BUSY_SECONDS}
    if file := make_url(url).database:
        engine = create_engine(url, hide_parameters=True, connect_args=timeout)
        sqlite.keep_to_its_owner(engine, file)
        sqlite.leave_files_that_went(engine, file)
    else:  # in memory: one connection is the database, and threads take turns with it
        one = {"poolclass": QueuePool, "pool_size": 1, "max_overflow": 0}
        engine = create_engine(url, hide_parameters=True, connect_args={**timeout, "check_same_thread": False}, **one)
    sqlite.prepare(engine)
    return engine


def connect_impatiently(url: str) -> Engine | None:
    """An engine for what may fail and must not be waited for; None for SQLite, which has no network to wait for."""
    return None if make_url(url).get_backend_name() == "sqlite" else _server(url, AT_A_GLANCE)


def connect_carelessly(url: str) -> Engine | None:
    """An engine for what is written with every call and need not outlast a power failure; None for one in memory.

    On SQLite a commit then waits for no disk, and not for long for whoever else writes.
    """
    if make_url(url).get_backend_name() != "sqlite":
        return _server(url, DURING_A_CALL)
    if not make_url(url).database:
        return None
    engine = connect(url)
    sqlite.commit_carelessly(engine, CALL_SECONDS)
    return engine


class ForeignTables(InvalidRequestError):
    """The tables are not of this application, or do not say of which version of it: they are left as they are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Patience:
    """For how long a server is waited for, in seconds: for a free connection, a new one, an answer."""

    free: float
    connect: int
    answer: float


AT_LEISURE = _Patience(free=BUSY_SECONDS, connect=CONNECT_SECONDS, answer=10)
DURING_A_CALL = _Patience(free=CALL_SECONDS, connect=CALL_SECONDS, answer=CALL_SECONDS)
AT_A_GLANCE = _Patience(free=0.2, connect=1, answer=0.5)


def _server(url: str, patience: _Patience = AT_LEISURE) -> Engine:
    """`pool_pre_ping` costs a round trip and makes up for a server that was started anew."""
    glance, milliseconds = patience is AT_A_GLANCE, round(patience.answer * 1000)
    engine = create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=not glance,
        pool_timeout=patience.free,
        connect_args={
            "connect_timeout": patience.connect,
            "tcp_user_timeout": 2 * milliseconds,
            # A pooler gives each transaction another session, which does not know what was prepared in the last one.
            "prepare_threshold": None,
            **KEEP_ALIVE,
        },
        # A question without a transaction around it is one round trip and not three.
        **({"isolation_level": "AUTOCOMMIT"} if glance else {}),
    )
    if patience is not AT_LEISURE:  # a migration and a first purge may take as long as they need
        limit_waiting(engine, 2 * patience.answer)

    def limit(connection: Any, _record: Any) -> None:
        # Not among the options of the connection: poolers refuse those that they do not know.
        connection.execute(f"SET statement_timeout = {milliseconds}")
        connection.commit()

    event.listen(engine, "connect", limit)
    return engine


def fault_in(url: str) -> str | None:
    """Why no database can be reached by this URL on this machine; None when nothing is known against it."""
    try:
        parsed = make_url(url)
        dialect = parsed.get_dialect()
        dialect.import_dbapi()
        dialect().create_connect_args(parsed)  # which reads the options behind "?"
    except (ArgumentError, ValueError):
        return "expected a database URL that can be read"
    except ImportError:
        return "the driver of this kind of database is not installed"
    if parsed.port is not None and not 0 < parsed.port < 65536:
        return "expected a port from 1 to 65535"
    if "@" in (parsed.host or ""):  # what follows the first one is taken for the host, and shown
        return "expected a database URL whose password has each @ written as %40"
    if parsed.get_backend_name() != "sqlite" or not parsed.database:  # a database in memory is in no folder
        return None
    file = Path(parsed.database)
    if file.is_dir() or not os.access(file.parent, os.W_OK):
        return "expected a file in a folder that exists and can be written to"
    return None


def is_in_memory(url: str) -> bool:
    """Whether the database ends with the process that opens it."""
    parsed = make_url(url)
    return parsed.get_backend_name() == "sqlite" and not parsed.database


def file_exists(url: str) -> bool:
    """False where SQLite would make a new, empty file."""
    parsed = make_url(url)
    return parsed.get_backend_name() != "sqlite" or not parsed.database or Path(parsed.database).exists()


def migrate(engine: Engine) -> None:
    """Brings the tables up to date. One worker does it; the others wait and find it done."""
    if engine.dialect.name == "sqlite":
        sqlite.enter_wal(engine, BUSY_SECONDS)
    if is_current(engine):
        return
    with engine.connect().execution_options(sqlite_begin="IMMEDIATE") as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL statement_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        if not _revision(connection) and inspect(connection).has_table(feedback.name):
            raise ForeignTables("its tables do not say of which version they are: give it a copy that is whole")
        _upgrade(connection)


def is_current(engine: Engine) -> bool:
    """Whether the database is reachable and its tables have all that this version needs.

    Migrations only add, and their numbers grow: while a new version is rolled out, the old one works on.
    """
    with engine.connect() as connection:
        revision = _revision(connection)
        return revision.isdecimal() and revision >= SCHEMA_REVISION


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table("alembic_version"):
        return ""
    return str(connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


def try_writing(engine: Engine) -> None:
    """Raises `sqlalchemy.exc.SQLAlchemyError` where nothing can be kept, though all can be read.

    As on a full disk, on a server that only follows another one, or for a user who lost rights.
    """
    with engine.begin() as connection:
        for table in (feedback, seen_token):
            connection.execute(text(f"INSERT INTO {table} (fingerprint) SELECT fingerprint FROM {table} WHERE 1 = 0"))  # noqa: S608 - names of tables
        if engine.dialect.name == "sqlite":  # a server keeps what it can check; a file shows it when it is written
            sqlite.write(connection)


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - slow to import, and needed once in the life of a database
    from alembic.config import Config  # noqa: PLC0415 - as above
    from alembic.util import CommandError  # noqa: PLC0415 - as above

    config = Config()
    config.set_main_option("script_location", str(files("cds_service.storage") / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:  # the revision that it is at is none of ours
        raise ForeignTables("its tables are those of another application") from error
