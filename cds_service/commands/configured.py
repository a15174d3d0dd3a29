"""What commands that need the settings share: the option, reading them, and ending when they are wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cds_service import deployment
from cds_service.commands.endings import UNREADABLE, WANTING, end
from cds_service.formulary_files import UnusableFile, knowledge_with, known_or_invalid
from cds_service.settings import Settings, read
from cds_service.settings_check import InvalidSettings, Mistake
from cds_service.settings_sections import FormularyFiles
from cds_service.settings_sources import Sources, UnreadableSettings
from opioids.knowledge import Knowledge


def formulary_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options for a hospital's own files beside the shipped formulary; the command gets them as `added`."""

    @wraps(command)
    def with_files(*args: Any, formulary: str | None, ndcs: str | None, **given: Any) -> None:
        command(*args, added=FormularyFiles(file=formulary, ndc_file=ndcs), **given)

    file = click.Path(dir_okay=False)
    ndc = click.option("--ndc", "ndcs", type=file, help="The hospital's own list of NDCs (CSV: ndc, rxcui).")
    return click.option("--formulary", type=file, help="A formulary made by import-rxnorm.")(ndc(with_files))


config_option = click.option(
    "--config", type=click.Path(dir_okay=False, path_type=Path), help="TOML file with settings."
)


def settings_or_exit(path: Path | None) -> tuple[Settings, Sources]:
    """The settings and where each was written; ends the program when they are wrong."""
    try:
        return read(path, beside=_beside)
    except UnreadableSettings as error:
        end(str(error), UNREADABLE)
    except InvalidSettings as error:
        end(str(error), WANTING)


def _beside(settings: Settings) -> Iterator[Mistake]:
    """What the installed system can tell of settings while others are wrong still."""
    try:
        known = known_or_invalid(settings.formulary)
    except InvalidSettings as error:
        yield from error.mistakes
        return
    yield from deployment.mistakes(settings, known)


def known_or_exit(settings: Settings, sources: Sources) -> Knowledge:
    """The knowledge with the files that the settings add to it; ends the program when one cannot be used."""
    try:
        return known_or_invalid(settings.formulary)
    except InvalidSettings as error:
        exit_if(error.mistakes, sources)
        raise


def known_with(added: FormularyFiles) -> Knowledge:
    """The same for files that are named on the command line."""
    try:
        return knowledge_with(added)
    except UnusableFile as error:
        end(str(error), UNREADABLE)


def exit_if(mistakes: Sequence[Mistake], sources: Sources) -> None:
    """Ends the program when there are mistakes, naming each by key and line."""
    if mistakes:
        end("\n".join(str(sources.located(mistake)) for mistake in mistakes), WANTING)
