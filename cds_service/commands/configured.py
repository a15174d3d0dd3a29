"""What commands share: options, reading the settings, opening the database, and ending where these cannot be used."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from cds_service import deployment
from cds_service.formulary_files import knowledge_with
from cds_service.log_lines import kind_of
from cds_service.settings import Settings, read
from cds_service.settings_check import InvalidSettings, Mistake
from cds_service.settings_sections import FormularyFiles
from cds_service.settings_sources import Sources, UnreadableSettings
from cds_service.storage import database
from cds_service.terminal import UNREADABLE, WANTING, end
from opioids.knowledge import Knowledge


def formulary_options(command: Callable[..., None]) -> Callable[..., None]:
    """Options for a hospital's own files beside the shipped formulary: `formulary` and `ndcs`."""
    file = click.Path(dir_okay=False)
    ndc = click.option("--ndc", "ndcs", type=file, help="The hospital's own list of NDCs (CSV: ndc, rxcui).")
    return click.option("--formulary", type=file, help="A formulary made by import-rxnorm.")(ndc(command))


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
        known = knowledge_with(settings.formulary)
    except InvalidSettings as error:
        yield from error.mistakes
        return
    yield from deployment.mistakes(settings, known)


def known_or_exit(settings: Settings, sources: Sources) -> Knowledge:
    """The knowledge with the files that the settings add to it; ends the program when one cannot be used."""
    try:
        return knowledge_with(settings.formulary)
    except InvalidSettings as error:
        exit_if(error.mistakes, sources)
        raise


def known_with(formulary: str | None, ndcs: str | None) -> Knowledge:
    """The same for files that are named on the command line."""
    try:
        return knowledge_with(FormularyFiles(file=formulary, ndc_file=ndcs))
    except InvalidSettings as error:
        end(error.mistakes[0].message, UNREADABLE)


def exit_if(mistakes: Sequence[Mistake], sources: Sources) -> None:
    """Ends the program when there are mistakes, naming each by key and line."""
    if mistakes:
        end("\n".join(str(sources.located(mistake)) for mistake in mistakes), WANTING)


@contextmanager
def database_or_exit(settings: Settings, *, current: bool = True) -> Iterator[Engine]:
    """The database, with the tables of this version unless it need not be `current`; ends the program otherwise."""
    if fault := database.fault_in(settings.database.url):
        end(f"database.url: {fault}", UNREADABLE)
    if current and not database.file_exists(settings.database.url):
        end("database.url: there is no such file", UNREADABLE)
    engine = database.connect(settings.database.url)
    try:
        if current and not database.is_current(engine):
            end("the database's tables are not those of this version; `opioid-cds migrate` makes them", UNREADABLE)
        yield engine
    except database.ForeignTables as error:
        end(f"the database cannot be used: {error}", UNREADABLE)
    except SQLAlchemyError as error:
        end(f"the database cannot be used ({kind_of(error)})", UNREADABLE)
    finally:
        engine.dispose()
