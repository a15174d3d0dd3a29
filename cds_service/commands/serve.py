"""`opioid-cds serve`: the service under the production WSGI server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import click
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from cds_service import deployment
from cds_service.commands.configured import config_option, exit_if, known_or_exit, settings_or_exit
from cds_service.settings import CONFIG_VARIABLE, Settings
from cds_service.settings_check import Mistake
from cds_service.settings_sources import PREFIX
from opioids.knowledge import Knowledge


@click.command("serve")
@click.option("--host", help="Address to listen on; default from the settings, 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port; default from the settings, 8080.")
@config_option
def command(host: str | None, port: int | None, config: Path | None) -> None:
    """Run the service until it is told to stop; calls under way are answered first."""
    settings, sources = settings_or_exit(config)
    exit_if([*_unfit(settings, known_or_exit(settings, sources))], sources)
    if config:
        os.environ[CONFIG_VARIABLE] = str(config)
    with _shared_metrics(settings):
        listen(settings, host or settings.server.host, port or settings.server.port)


def listen(settings: Settings, host: str, port: int) -> None:
    """Serves until a signal says stop."""
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


def _unfit(settings: Settings, knowledge: Knowledge) -> Iterator[Mistake]:
    yield from deployment.unknown_names(settings, knowledge)
    yield from deployment.unreadable_files(settings)
    # A missing driver would only show in the workers. SQLite needs none, and cards need no database at all.
    if not settings.database.url.startswith("sqlite:"):
        yield from deployment.unfit_database(settings)


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
