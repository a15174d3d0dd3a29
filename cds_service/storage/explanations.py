"""Keeping explanations of cards, sealed by whoever hands them over."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, select

from cds_service.storage.models import explanation
from cds_service.storage.upserts import insert_into


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """One explanation as it is kept: under a name that only its link leads to, until it expires."""

    name: str
    content: bytes
    expires_at: datetime


def keep(engine: Engine, explanations: Iterable[Sealed]) -> None:
    """Keeps all of them, or none. Raises `sqlalchemy.exc.SQLAlchemyError` while the database is away."""
    rows = [{"name": one.name, "sealed": one.content, "expires_at": one.expires_at} for one in explanations]
    if not rows:
        return
    with engine.begin() as connection:
        insert = insert_into(connection, explanation)
        connection.execute(insert.on_conflict_do_nothing(index_elements=[explanation.c.name]), rows)


def find(engine: Engine, name: str, now: datetime) -> bytes | None:
    """What is kept under a name and has not expired; None when there is nothing.

    Raises `sqlalchemy.exc.SQLAlchemyError` while the database is away.
    """
    sought = select(explanation.c.sealed).where(explanation.c.name == name, explanation.c.expires_at > now)
    with engine.connect() as connection:
        return connection.execute(sought).scalar_one_or_none()
