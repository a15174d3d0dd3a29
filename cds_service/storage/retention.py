"""Deleting what has been kept for long enough."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Connection, Engine, Table, delete, func, select, text, update

from cds_service.settings_kept import Retention
from cds_service.storage.models import activity, explanation, feedback, shown_card

ROWS_AT_ONCE = 5000
"""In one transaction: others wait no longer than for these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Purged:
    """What was deleted of one kind: how many, and the day before which it was older than is kept."""

    kind: str
    number: int
    before: date


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """Which rows of a table are old, and what is done with them; nothing set means that they are deleted."""

    kind: str
    table: Table
    old: ColumnElement[bool]
    before: date
    emptied: str | None = None


def purge(engine: Engine, retention: Retention, now: datetime, *, only_count: bool = False) -> Iterator[Purged]:
    """Deletes (or only counts) what is older than the settings keep; done twice, the second time finds nothing.

    Raises `sqlalchemy.exc.SQLAlchemyError`.
    """
    for rule in _rules(retention, now):
        yield Purged(kind=rule.kind, number=(_count if only_count else _apply)(engine, rule), before=rule.before)
    if not only_count and engine.dialect.name == "sqlite":
        with engine.connect() as connection:  # what was deleted goes from the write-ahead log too
            connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _rules(retention: Retention, now: datetime) -> Iterator[_Rule]:
    ages = (retention.comment_days, retention.feedback_days, retention.card_days, retention.activity_days)
    comments, answers, cards, calls = (now - timedelta(days=days) for days in ages)
    commented = feedback.c.comment.is_not(None) & (feedback.c.received_at < comments)
    yield _Rule(kind="comments", table=feedback, old=commented, before=comments.date(), emptied="comment")
    yield _Rule(kind="feedback", table=feedback, old=feedback.c.received_at < answers, before=answers.date())
    yield _Rule(kind="shown cards", table=shown_card, old=shown_card.c.day < cards.date(), before=cards.date())
    yield _Rule(kind="activity", table=activity, old=activity.c.day < calls.date(), before=calls.date())
    # Each says itself until when it is good: for as long as its link.
    yield _Rule(kind="explanations", table=explanation, old=explanation.c.expires_at <= now, before=now.date())


def _count(engine: Engine, rule: _Rule) -> int:
    with engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(rule.table).where(rule.old)).scalar_one()


def _apply(engine: Engine, rule: _Rule) -> int:
    key = next(iter(rule.table.primary_key))
    some = key.in_(select(key).where(rule.old).limit(ROWS_AT_ONCE))
    change = update(rule.table).values({rule.emptied: None}) if rule.emptied else delete(rule.table)
    done = 0
    while True:
        with engine.begin() as connection:
            _take_time(connection)
            number = connection.execute(change.where(rule.old, some)).rowcount
        done += number
        if not number:
            return done


def _take_time(connection: Connection) -> None:
    """No limit for this transaction: a first purge has years to delete."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))
