"""The command `opioid-cds`. Exit codes: 0 done, 1 read and found wanting, 2 usage or unreadable.

Each command imports what it needs when it runs: `serve` would otherwise load everything twice, here and
in its workers, and `--help` would wait for libraries that it does not use.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import click

from cds_service.settings import CONFIG_VARIABLE, InvalidSettings, Settings, UnreadableSettings, read
from cds_service.settings_check import Mistake
from cds_service.settings_sources import PREFIX, Sources

WANTING = 1
UNREADABLE = 2


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="opioid-cds")
def main() -> None:
    """Opioid safety decision support: a CDS Hooks service and a calculator."""


@main.command()
@click.option("--host", help="Address to listen on; default from the settings, 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; default from the settings, 8080.")
@click.option("--config", type=click.Path(dir_okay=False, path_type=Path), help="TOML file with settings.")
def serve(host: str | None, port: int | None, config: Path | None) -> None:
    """Run the service until it is told to stop; calls under way are answered first."""
    settings, sources = _settings_or_exit(config)
    _exit_if([*_unfit(settings), *_unfit_server(settings)], sources)
    if config:
        os.environ[CONFIG_VARIABLE] = str(config)
    with _shared_metrics(settings):
        _listen(settings, host or settings.server.host, port or settings.server.port)


@contextmanager
def _shared_metrics(settings: Settings) -> Iterator[None]:
    """A folder in which several workers add up their metrics, named to them before they start."""
    if settings.server.workers == 1 and settings.server.metrics_directory is None:
        yield
        return
    with TemporaryDirectory(prefix="opioid-cds-metrics-") as own:
        folder = settings.server.metrics_directory or own
        os.environ[f"{PREFIX}SERVER__METRICS_DIRECTORY"] = folder
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = folder  # what the library itself looks for, on import
        yield


def _listen(settings: Settings, host: str, port: int) -> None:
    from granian import Granian  # noqa: PLC0415 - see the top
    from granian.constants import Interfaces  # noqa: PLC0415 - see the top
    from granian.log import LogLevels  # noqa: PLC0415 - see the top

    Granian(
        "cds_service.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.server.workers,
        blocking_threads=settings.server.threads,
        workers_kill_timeout=settings.server.stop_seconds,
        respawn_failed_workers=True,
        websockets=False,
        log_level=LogLevels.info,
    ).serve()


@main.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE…")
@click.option("--table", "table_id", default="cdc-2022", show_default=True, help="Conversion table.")
@click.option("--as-of", metavar="YYYY-MM-DD", help="The day that is judged; default today.")
@click.option("--json", "as_json", is_flag=True, help="Print what POST /mme answers.")
def mme(files: tuple[str, ...], table_id: str, as_of: str | None, as_json: bool) -> None:
    """Add up the opioids in FHIR FILEs (- is standard input); several files are one regimen."""
    from cds_service import mme_answer, mme_input, mme_table  # noqa: PLC0415 - see the top

    if files.count("-") > 1:
        raise click.UsageError("standard input (-) can be given once")
    try:
        total = mme_input.calculated(files, table_id=table_id, as_of=as_of, today=datetime.now().astimezone().date())
    except mme_input.Unreadable as error:
        _exit(str(error), UNREADABLE)
    if as_json:
        sys.stdout.buffer.write(mme_answer.render_indented(total) + b"\n")
    else:
        click.echo(mme_table.written(total))
    sys.exit(0 if total.complete else WANTING)


@main.command("check-config")
@click.argument("file", type=click.Path(path_type=Path))
def check_config(file: Path) -> None:
    """Say what is wrong in a configuration FILE, by key and line, together with the environment."""
    settings, sources = _settings_or_exit(file)
    _exit_if([*_unfit(settings), *_unfit_database(settings)], sources)
    click.echo(f"{file}: no mistakes, mode {settings.mode.value}")


def _settings_or_exit(path: Path | None) -> tuple[Settings, Sources]:
    try:
        return read(path)
    except UnreadableSettings as error:
        _exit(str(error), UNREADABLE)
    except InvalidSettings as error:
        _exit(str(error), WANTING)


def _unfit(settings: Settings) -> Iterator[Mistake]:
    from cds_service import deployment  # noqa: PLC0415 - see the top
    from opioids import knowledge  # noqa: PLC0415 - see the top

    yield from deployment.unknown_names(settings, knowledge.load())
    yield from deployment.unreadable_files(settings)


def _unfit_server(settings: Settings) -> Iterator[Mistake]:
    """A missing driver would only show in the workers. SQLite needs none, and cards need no database at all."""
    if not settings.database.url.startswith("sqlite:"):
        yield from _unfit_database(settings)


def _unfit_database(settings: Settings) -> Iterator[Mistake]:
    from cds_service.storage import database  # noqa: PLC0415 - see the top

    if fault := database.fault_in(settings.database.url):
        yield Mistake(path=("database", "url"), message=fault)


def _exit_if(mistakes: Sequence[Mistake], sources: Sources) -> None:
    if mistakes:
        _exit("\n".join(str(sources.located(mistake)) for mistake in mistakes), WANTING)


def _exit(message: str, code: int) -> NoReturn:
    click.echo(message, err=True)
    sys.exit(code)
