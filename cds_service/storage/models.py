"""The tables. They hold ids and codes, never patient data.

Described with SQLAlchemy's core: rows are only ever inserted, and the object mapper is slow to import.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, BigInteger, Column, DateTime, Dialect, Integer, MetaData, String, Table
from sqlalchemy.types import TypeDecorator

SCHEMA_REVISION = "0001"
"""The newest migration, known without loading Alembic; a test compares the two."""


class UtcDateTime(TypeDecorator[datetime]):
    """A moment in UTC, aware on both sides, also where the database (SQLite) forgets the zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """To the database: in UTC. A naive moment is refused, because nobody knows when it is."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs its time zone")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - as above
        """From the database: aware."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


metadata = MetaData()

feedback = Table(
    "feedback",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("fingerprint", String(64), nullable=False, unique=True),
    Column("service_id", String(64), nullable=False, index=True),
    Column("card", String(255), nullable=False, index=True),
    Column("outcome", String(16), nullable=False),
    Column("override_code", String(255)),
    Column("override_system", String(255)),
    Column("accepted_suggestions", JSON, nullable=False),
    Column("outcome_at", UtcDateTime, nullable=False),
    Column("received_at", UtcDateTime, nullable=False),
)
"""One outcome of one card a row; `fingerprint` keeps a repeated report from being kept twice."""
