"""`opioid-cds site`: the integration sheet that an EHR analyst needs."""

from __future__ import annotations

from pathlib import Path

import click

from cds_service.app import build_services
from cds_service.commands.configured import config_option, exit_if, known_or_exit, settings_or_exit
from cds_service.deployment import unknown_names
from cds_service.site_sheet import kinds, sheet


@click.command("site")
@click.argument("kind", type=click.Choice(sorted(kinds())))
@config_option
def command(kind: str, config: Path | None) -> None:
    """Print what an EHR analyst types in for a kind of EHR: URLs, prefetch, tokens, topics, reasons, a test request."""
    settings, sources = settings_or_exit(config)
    known = known_or_exit(settings, sources)
    exit_if([*unknown_names(settings, known)], sources)
    services = build_services(settings, known)
    click.echo(sheet(kinds()[kind], settings, services), nl=False)
