"""What tests do to a database behind the service's back."""

from __future__ import annotations

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, MetaData, inspect, select

from cds_service.storage import migrations


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(migrations.__path__[0]))
    return config


def upgrade(engine: Engine, revision: str) -> None:
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def whole_database(engine: Engine) -> str:
    """Every value of every row of every table, the tables read from the database itself."""
    found = MetaData()
    found.reflect(engine)
    assert set(found.tables) == set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        return "\n".join(
            repr(tuple(row)) for table in found.tables.values() for row in connection.execute(select(table))
        )
