"""`opioid-cds purge`: deletes what has been kept for as long as the settings say. Run it daily."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from cds_service.commands.configured import config_option, database_or_exit, settings_or_exit
from cds_service.storage.retention import purge


@click.command("purge")
@config_option
@click.option("--dry-run", is_flag=True, help="Only count what would be deleted.")
def command(config: Path | None, dry_run: bool) -> None:
    """Delete what is older than the [retention] settings keep, and say how much of each that was."""
    settings, _ = settings_or_exit(config)
    did = "would delete" if dry_run else "deleted"
    with database_or_exit(settings) as engine:
        for purged in purge(engine, settings.retention, datetime.now(UTC), only_count=dry_run):
            click.echo(f"{did} {purged.kind}: {purged.number} from before {purged.before}")
