"""What commands that look into the database share: opening it, and ending when it cannot be used."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from cds_service.commands.endings import UNREADABLE, end
from cds_service.settings import Settings
from cds_service.storage import database


@contextmanager
def database_or_exit(settings: Settings) -> Iterator[Engine]:
    """The database with the tables of this version; ends the program when it is away or has others."""
    if fault := database.fault_in(settings.database.url):
        end(f"database.url: {fault}", UNREADABLE)
    if not database.file_exists(settings.database.url):
        end("database.url: there is no such file", UNREADABLE)
    engine = database.connect(settings.database.url)
    try:
        if not database.is_current(engine):
            end("the database's tables are not those of this version; the service brings them up to date", UNREADABLE)
        yield engine
    except SQLAlchemyError as error:
        end(f"the database cannot be read ({type(error).__name__})", UNREADABLE)
    finally:
        engine.dispose()
