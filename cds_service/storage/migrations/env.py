"""Alembic's entry: runs on the connection that it is given, inside that connection's transaction."""

from __future__ import annotations

from alembic import context

from cds_service.storage.models import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
