"""`opioid-cds check-config`: what is wrong in a configuration, before a hospital goes live."""

from __future__ import annotations

from pathlib import Path

import click

from cds_service import deployment
from cds_service.commands.configured import exit_if, known_or_exit, settings_or_exit
from cds_service.reachability import unreachable
from cds_service.settings_check import warnings
from cds_service.settings_written import effective


@click.command("check-config")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--connect", is_flag=True, help="Also ask the servers that it names whether they are there.")
def command(file: Path, connect: bool) -> None:
    """Say what is wrong in a configuration FILE, by key and line, together with the environment.

    Without mistakes the settings in effect are printed, with where each comes from and secrets masked.
    """
    settings, sources = settings_or_exit(file)
    known = known_or_exit(settings, sources)
    exit_if([*deployment.mistakes(settings, known), *deployment.unfit_database(settings)], sources)
    if connect:
        exit_if([*unreachable(settings)], sources)
    click.echo(f"{file}: no mistakes, mode {settings.mode.value}")
    for warning in warnings(settings):
        click.echo(str(sources.located(warning)), err=True)
    click.echo()
    click.echo(effective(settings, sources))
