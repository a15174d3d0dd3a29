"""Tokens that were used: each is good for one call, whichever worker or instance it reaches."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError, ProgrammingError, SQLAlchemyError

from cds_service.storage.models import seen_token

AWAY_SECONDS = 5.0
SWEEP_SECONDS = 300.0
KEPT_LONGER_SECONDS = 3600.0
"""Than a token is good: the clocks of instances differ, and are set back."""
MOST_IN_MEMORY = 100_000
NEVER = float("-inf")


class CannotTell(Exception):
    """Whether a token was used before cannot be told: the database is away."""


class SeenTokens:
    """Remembers used tokens in the database until they have expired.

    While the database is away it raises `CannotTell`, or, where the settings accept that, goes by what this
    process alone has seen. Safe to use from several threads.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        prepare: Callable[[], object],
        alone_if_away: bool,
        seconds: Callable[[], float] = time.monotonic,
    ) -> None:
        """`prepare` brings the tables up to date, and raises `SQLAlchemyError` while the database is away."""
        self._engine = engine
        self._server = engine.dialect.name != "sqlite"
        mark = "%s" if self._server else "?"
        # Said with every call, so without SQLAlchemy's care for each value, which would cost more than the insert.
        self._insert = (
            f"INSERT INTO seen_token (fingerprint, expires_at) VALUES ({mark}, {mark}) ON CONFLICT DO NOTHING"  # noqa: S608 - no value
        )
        self._prepare = prepare
        self._own = _OwnTokens() if alone_if_away else None
        self._seconds = seconds
        self._asking = Lock()
        self._preparing = Lock()
        self._away_until = NEVER
        self._swept_at = NEVER

    def is_first(self, issuer: str, token_id: str, expires: float, now: float) -> bool:
        """Whether a token has not been used before; from now on it has. Moments in seconds since 1970.

        Raises `CannotTell`.
        """
        fingerprint = hashlib.sha256(f"{issuer}\0{token_id}".encode()).hexdigest()
        if self._own is not None and not self._own.is_first(fingerprint, expires, now):
            return False
        try:
            return self._keep(fingerprint, expires, now)
        except CannotTell:
            if self._own is None:
                raise
            return True

    def _keep(self, fingerprint: str, expires: float, now: float) -> bool:
        if self._away_until == NEVER:
            return self._ask(fingerprint, expires, now)
        # Asked again after a while, by one alone: where a server hangs all threads would wait for it together.
        if self._seconds() < self._away_until or not self._asking.acquire(blocking=False):
            raise CannotTell
        try:
            return self._ask(fingerprint, expires, now)
        finally:
            self._asking.release()

    def _ask(self, fingerprint: str, expires: float, now: float) -> bool:
        row = (fingerprint, self._written(datetime.fromtimestamp(expires, UTC)))
        try:
            first = self._inserted(row)
        except SQLAlchemyError as error:
            self._away_until = self._seconds() + AWAY_SECONDS
            raise CannotTell from error
        self._away_until = NEVER
        with suppress(SQLAlchemyError):  # two instances that sweep at once may be in each other's way
            self._sweep(now)
        return first

    def _inserted(self, row: tuple[str, datetime | str]) -> bool:
        """Whether a row is new. In a database that is new itself the tables are made first: it has just answered."""
        try:
            with self._engine.begin() as connection:
                return connection.exec_driver_sql(self._insert, row).rowcount == 1
        except (ProgrammingError, OperationalError) as error:
            if isinstance(error, OperationalError) and "no such table" not in str(error):
                raise
        if not self._preparing.acquire(timeout=AWAY_SECONDS):
            raise CannotTell
        try:
            self._prepare()
        finally:
            self._preparing.release()
        with self._engine.begin() as connection:
            return connection.exec_driver_sql(self._insert, row).rowcount == 1

    def _written(self, moment: datetime) -> datetime | str:
        """A moment in UTC as each kind of database takes it from its driver, and as `UtcDateTime` writes it."""
        return moment if self._server else moment.replace(tzinfo=None).isoformat(" ", "microseconds")

    def _sweep(self, now: float) -> None:
        """Now and then, what expired an hour ago goes."""
        if self._seconds() - self._swept_at < SWEEP_SECONDS:
            return
        self._swept_at = self._seconds()
        long_over = datetime.fromtimestamp(now - KEPT_LONGER_SECONDS, UTC)
        with self._engine.begin() as connection:
            connection.execute(seen_token.delete().where(seen_token.c.expires_at < long_over))


class _OwnTokens:
    """What one process has seen. Full of tokens that are still valid, it takes no further one."""

    def __init__(self) -> None:
        self._expires: dict[str, float] = {}
        self._lock = Lock()

    def is_first(self, fingerprint: str, expires: float, now: float) -> bool:
        with self._lock:
            if fingerprint in self._expires:
                return False
            if len(self._expires) >= MOST_IN_MEMORY:
                self._expires = {one: until for one, until in self._expires.items() if until >= now}
                if len(self._expires) >= MOST_IN_MEMORY:
                    return False
            self._expires[fingerprint] = expires
            return True
