"""What commands that need the settings share: the option, reading them, and ending when they are wrong."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from cds_service.commands.endings import UNREADABLE, WANTING, end
from cds_service.settings import InvalidSettings, Settings, UnreadableSettings, read
from cds_service.settings_check import Mistake
from cds_service.settings_sources import Sources

config_option = click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path), help="TOML file with settings."
)


def settings_or_exit(path: Path | None) -> tuple[Settings, Sources]:
    """The settings and where each was written; ends the program when they are wrong."""
    try:
        return read(path)
    except UnreadableSettings as error:
        end(str(error), UNREADABLE)
    except InvalidSettings as error:
        end(str(error), WANTING)


def exit_if(mistakes: Sequence[Mistake], sources: Sources) -> None:
    """Ends the program when there are mistakes, naming each by key and line."""
    if mistakes:
        end("\n".join(str(sources.located(mistake)) for mistake in mistakes), WANTING)
