"""What prescribers answered to earlier cards about one patient: looked up while a card is about to be shown."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, bindparam, select
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from cds_service.storage.models import feedback, shown_card
from cds_service.storage.sqlite import Identity, identity
from hooks.picture import Picture

AWAY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What was done with an earlier card, and the picture at the time it was shown."""

    topic: str
    outcome: str
    reason: str | None
    prescriber: str = ""
    prescriber_group: str
    at: datetime
    picture: Picture


class Away(Exception):
    """The database did not answer a moment ago: nobody waits for it again so soon."""


_REPLIES = (
    select(
        *shown_card.c["topic", "prescriber", "prescriber_group", "mme", "uncounted", "sedatives", "risks"],
        *feedback.c["outcome", "override_code", "outcome_at", "received_at"],
    )
    .join(feedback, feedback.c.card == shown_card.c.card)
    .where(
        shown_card.c.patient == bindparam("patient"), shown_card.c.replied, feedback.c.received_at >= bindparam("since")
    )
)


class Replies:
    """The replies to cards, from the database that all workers share, so that they agree."""

    def __init__(self, engine: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._engine = engine
        self._clock = clock
        self._away_until = 0.0
        self._idle: deque[Any] = deque()
        # A database in memory is its one connection: it is not to be taken out of the pool.
        self._shared = engine.dialect.name == "sqlite" and not engine.url.database
        self._file = engine.url.database if engine.dialect.name == "sqlite" else None
        self._opened_in: Identity | None = None
        mark = "%s" if engine.dialect.name == "postgresql" else "?"
        self._question = f"SELECT 1 FROM shown_card WHERE patient = {mark} AND replied LIMIT 1"  # noqa: S608 - no value
        self._driver_error: type[Exception] = engine.dialect.loaded_dbapi.Error

    def about(self, patient: str, since: datetime) -> tuple[Reply, ...]:
        """All since a moment about a patient (a pseudonym). Raises `Away` at once, or `SQLAlchemyError`."""
        now = self._clock()
        if now < self._away_until:
            raise Away
        if self._away_until:
            self._away_until = now + AWAY_SECONDS  # one asks whether it is back, and the others need not wait for it
        try:
            rows = self._rows(patient, since) if self._shared or self._any(patient) else ()
        except SQLAlchemyError:
            self._away_until = self._clock() + AWAY_SECONDS
            raise
        self._away_until = 0.0
        return tuple(_reply(row) for row in rows)

    def _rows(self, patient: str, since: datetime) -> Sequence[Any]:
        with self._engine.connect() as connection:
            return connection.execute(_REPLIES, {"patient": patient, "since": since}).all()

    def _any(self, patient: str) -> bool:
        """Whether there is anything to read.

        Asked before every card, so without SQLAlchemy's care: a connection of our own that nobody else
        resets or checks. After an error all are given up, and so they are when their file is another one by now.
        """
        if self._file and (file := identity(self._file)) != self._opened_in:
            self.close()
            self._opened_in = file
        connection = self._idle_one()
        try:
            connection = connection or self._opened()
            cursor = connection.execute(self._question, (patient,))
            found = cursor.fetchone() is not None
            cursor.close()
        except self._driver_error as error:
            if connection is not None:
                connection.close()
            self.close()
            raise OperationalError(self._question, None, error) from None
        self._idle.append(connection)
        return found

    def _idle_one(self) -> Any:
        try:
            return self._idle.pop()
        except IndexError:
            return None

    def _opened(self) -> Any:
        """The driver's own connection (in PostgreSQL's driver and in SQLite's alike it can `execute`)."""
        connection = self._engine.raw_connection()
        connection.detach()
        return connection.dbapi_connection

    def close(self) -> None:
        """Closes the connections that are not in use."""
        while connection := self._idle_one():
            connection.close()


def _reply(row: Any) -> Reply:
    return Reply(
        topic=row.topic,
        outcome=row.outcome,
        reason=row.override_code,
        prescriber=row.prescriber,
        prescriber_group=row.prescriber_group,
        # Clocks of clients go wrong; ours decides how long a reply can hold.
        at=min(row.outcome_at, row.received_at),
        picture=Picture(
            mme=Decimal(row.mme),
            uncounted=row.uncounted,
            sedatives=frozenset(row.sedatives.split()),
            risks=frozenset(row.risks.split()),
        ),
    )
