"""Keeping feedback."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from threading import Lock

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from cds_service.feedback import FeedbackItem
from cds_service.report import Report
from cds_service.storage import database
from cds_service.storage.cards import mark_replied
from cds_service.storage.models import feedback
from cds_service.storage.reports import report
from cds_service.storage.upserts import insert_into

TRIAL_HOLDS_SECONDS = 1.0
"""How long it is believed that something could be written; a trial that failed is made again at once."""


class FeedbackStore:
    """Keeps each item once, however often and by however many workers it is told.

    The database may be away when the service starts: cards need none. Every method raises
    `sqlalchemy.exc.SQLAlchemyError` while it is.
    """

    def __init__(self, engine: Engine, *, migrate: bool = True) -> None:
        self._engine = engine
        self._migrate = migrate
        self._prepared = False
        self._writes_until = float("-inf")
        self._lock = Lock()

    def prepare(self) -> None:
        """Brings the tables up to date, once."""
        with self._lock:
            if self._migrate and not self._prepared:
                database.migrate(self._engine)
            self._prepared = True

    def is_ready(self) -> bool:
        """Whether the database answers and has the tables of this version."""
        self.prepare()
        if database.is_current(self._engine):
            return True
        # The database is another one than at the start: a new file, or an older backup.
        self._prepared = False
        self.prepare()
        return database.is_current(self._engine)

    def try_writing(self) -> None:
        """Whether feedback could be kept now: raises where it could not, also while everything can be read.

        Who asks all the time asks for the last answer: each trial may wait for a disk, and others wait for it.
        """
        if time.monotonic() < self._writes_until:
            return
        database.try_writing(self._engine)
        self._writes_until = time.monotonic() + TRIAL_HOLDS_SECONDS

    def report(self, start: date, end: date) -> Report:
        """What was noted and answered from one day to another, both included."""
        self.prepare()
        return report(self._engine, start, end)

    def record(self, items: Sequence[FeedbackItem], received_at: datetime) -> None:
        """Keeps all items, or none when the database refuses one."""
        self.prepare()
        rows = [
            {**asdict(item), "fingerprint": item.fingerprint, "received_at": received_at}
            # Always in one order: two that tell the same would wait for each other's rows for ever.
            for item in sorted(items, key=lambda one: one.fingerprint)
        ]
        try:
            with self._engine.begin() as connection:
                insert = insert_into(connection, feedback)
                connection.execute(insert.on_conflict_do_nothing(index_elements=[feedback.c.fingerprint]), rows)
            mark_replied(self._engine, sorted({item.card for item in items}))
        except SQLAlchemyError:
            self._prepared = False  # perhaps it is another database than at the start, without tables
            self._writes_until = float("-inf")
            raise
