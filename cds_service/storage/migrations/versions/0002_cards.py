"""What is needed to snooze and to report: shown cards, activity, a key for development, comments."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Adds; what is there stays as it is."""
    op.add_column("feedback", sa.Column("comment", sa.Text))
    op.create_index("ix_feedback_received_at", "feedback", ["received_at"])
    op.create_table(
        "shown_card",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
        sa.Column("card", sa.String(64), unique=True),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("topic", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("indicator", sa.String(16), nullable=False),
        sa.Column("service_id", sa.String(64), nullable=False),
        sa.Column("hook", sa.String(64), nullable=False),
        sa.Column("day", sa.Date, nullable=False, index=True),
        sa.Column("patient", sa.String(64), nullable=False),
        sa.Column("prescriber", sa.String(64), nullable=False),
        sa.Column("prescriber_group", sa.String(64), nullable=False),
        sa.Column("mme", sa.String(32), nullable=False),
        sa.Column("uncounted", sa.Integer, nullable=False),
        sa.Column("sedatives", sa.Text, nullable=False),
        sa.Column("risks", sa.Text, nullable=False),
        sa.Column("replied", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    replied = sa.text("replied")
    op.create_index("ix_shown_card_replied", "shown_card", ["patient"], sqlite_where=replied, postgresql_where=replied)
    op.create_table(
        "activity",
        sa.Column("day", sa.Date, primary_key=True),
        sa.Column("service_id", sa.String(64), primary_key=True),
        sa.Column("prescriber", sa.String(64), primary_key=True),
        sa.Column("shadow", sa.Boolean, primary_key=True),
        sa.Column("calls", sa.Integer, nullable=False),
        sa.Column("orders", sa.Integer, nullable=False),
    )
    op.create_table(
        "site_key",
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("key", sa.String(64), nullable=False),
    )
