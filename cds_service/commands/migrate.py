"""`opioid-cds migrate`: brings the tables up to date, by a role that may, where the service's own may not."""

from __future__ import annotations

from pathlib import Path

import click

from cds_service.commands.configured import config_option, database_or_exit, settings_or_exit
from cds_service.storage.database import is_in_memory, migrate
from cds_service.terminal import UNREADABLE, end


@click.command("migrate")
@config_option
def command(config: Path | None) -> None:
    """Make the tables of this version, as the service does when it starts unless database.migrate_at_start is false."""
    settings, _ = settings_or_exit(config)
    if is_in_memory(settings.database.url):
        end("database.url: a database in memory ends with this command; expected one that stays", UNREADABLE)
    with database_or_exit(settings, current=False) as engine:
        migrate(engine)
    click.echo("the tables are those of this version")
