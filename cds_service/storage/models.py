"""The tables. They hold codes, numbers and pseudonyms, never what names a patient or a prescriber.

Described with SQLAlchemy's core: rows are only ever inserted, and the object mapper is slow to import.
"""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Dialect,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    false,
    text,
)
from sqlalchemy.types import TypeDecorator

SCHEMA_REVISION = "0004"
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
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("comment", Text),
)
"""One outcome of one card a row; `fingerprint` keeps a repeated report from being kept twice.

`comment` is filled only where a setting keeps comments, and emptied earlier than the row goes.
"""

shown_card = Table(
    "shown_card",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("card", String(64), unique=True),
    Column("state", String(16), nullable=False),
    Column("topic", String(64), nullable=False),
    Column("rule", String(64), nullable=False),
    Column("indicator", String(16), nullable=False),
    Column("service_id", String(64), nullable=False),
    Column("hook", String(64), nullable=False),
    Column("day", Date, nullable=False, index=True),
    Column("patient", String(64), nullable=False),
    Column("prescriber", String(64), nullable=False),
    Column("prescriber_group", String(64), nullable=False),
    Column("mme", String(32), nullable=False),
    Column("uncounted", Integer, nullable=False),
    Column("sedatives", Text, nullable=False),
    Column("risks", Text, nullable=False),
    Column("replied", Boolean, nullable=False, server_default=false()),
    # Snoozes are looked up for every card, and few cards are ever replied to.
    Index("ix_shown_card_replied", "patient", sqlite_where=text("replied"), postgresql_where=text("replied")),
)
"""One card a row: `state` is "shown", "shadow" (it would have been) or "snoozed" (held back; it has no id).

`patient`, `prescriber` and `prescriber_group` are pseudonyms, empty when not known. `mme`, `uncounted`,
`sedatives` and `risks` are the picture that the card rests on; `mme` is a decimal number as text, exact on every
kind of database, the codes stand side by side with spaces between. `replied` is true once feedback about the
card was kept.
"""

activity = Table(
    "activity",
    metadata,
    Column("day", Date, primary_key=True),
    Column("service_id", String(64), primary_key=True),
    Column("prescriber", String(64), primary_key=True),
    Column("shadow", Boolean, primary_key=True),
    Column("calls", Integer, nullable=False),
    Column("orders", Integer, nullable=False),
)
"""How many calls there were, and orders in them, by day, service and prescriber (a pseudonym, or empty)."""

site_key = Table(
    "site_key",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("key", String(64), nullable=False),
)
"""The key under which pseudonyms are made in development, where none is configured: the row with id 1."""

seen_token = Table(
    "seen_token",
    metadata,
    Column("fingerprint", String(64), primary_key=True),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
"""One used token a row, until it has expired; `fingerprint` is a digest of its issuer and its id."""

explanation = Table(
    "explanation",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False, index=True),
)
"""Why one card was shown, a row for each, where a setting keeps that. `sealed` is encrypted under a key of which half
is in the card's link alone, and `name` is derived from the same half: without the link nobody can read it.
"""
