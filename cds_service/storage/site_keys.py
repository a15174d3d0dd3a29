"""The key for pseudonyms where none is configured: drawn once for each database and kept in it.

That is enough for development, where everything in the database belongs to the same people as the key.
"""

from __future__ import annotations

import secrets

from sqlalchemy import Engine, select

from cds_service.storage.models import site_key
from cds_service.storage.upserts import insert_into

KEY_BYTES = 32


def key_of(engine: Engine) -> bytes:
    """The database's key; whichever worker comes first draws it."""
    with engine.begin() as connection:
        drawn = insert_into(connection, site_key).values(id=1, key=secrets.token_hex(KEY_BYTES))
        connection.execute(drawn.on_conflict_do_nothing(index_elements=[site_key.c.id]))
        return bytes.fromhex(connection.execute(select(site_key.c.key).where(site_key.c.id == 1)).scalar_one())
