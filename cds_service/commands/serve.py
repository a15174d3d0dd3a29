"""`opioid-cds serve`: the service under the production WSGI server."""

from __future__ import annotations

import logging
import os
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
from granian import Granian
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels

from cds_service import deployment
from cds_service.commands.configured import config_option, exit_if, known_or_exit, settings_or_exit
from cds_service.log_lines import log, server_logging
from cds_service.settings import CONFIG_VARIABLE, Settings
from cds_service.settings_check import Mistake
from cds_service.settings_sources import PREFIX
from cds_service.terminal import UNREADABLE, end
from cds_service.written_numbers import WholeNumberIn
from opioids.knowledge import Knowledge

STANDARD_INPUT = 0
"""Its number: as a file it is none where whoever starts the service has closed it."""


@click.command("serve")
@click.option("--host", help="Address to listen on; default from the settings, 127.0.0.1.")
@click.option("--port", type=WholeNumberIn(1, 65535), help="Port; default from the settings, 8080.")
@config_option
def command(host: str | None, port: int | None, config: Path | None) -> None:
    """Run the service until it is told to stop; calls under way are answered first."""
    settings, sources = settings_or_exit(config)
    exit_if([*_unfit(settings, known_or_exit(settings, sources))], sources)
    if config:
        os.environ[CONFIG_VARIABLE] = str(config)
    host, port = host or settings.server.host, port or settings.server.port
    address = free_address(host, port)
    with _shared_metrics(settings):
        listen(settings, address, port)


def free_address(host: str, port: int) -> str:
    """The address that a name or number of this machine stands for, IPv4 first; ends the program where none can be had.

    The server itself knows no names, and would share a port with another one that listens there already: callers
    would be answered by either of them.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, _, _, place = min(found, key=lambda one: one[0] != socket.AF_INET)
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except (OSError, UnicodeError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "not the name of a host"
        end(f"cannot listen at {host}, port {port}: {reason}", UNREADABLE)
    return str(place[0])


def listen(settings: Settings, host: str, port: int) -> None:
    """Serves at an address until a signal says stop."""
    server = Granian(
        "cds_service.wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=settings.server.workers,
        blocking_threads=settings.server.threads,
        workers_kill_timeout=settings.server.stop_seconds,
        respawn_failed_workers=True,
        websockets=False,
        http=HTTPModes.http1,  # where it has to find out which is spoken, a caller that says nothing is never sent away
        log_level=LogLevels.info,
        log_dictconfig=server_logging(),
    )
    server.on_startup(partial(_mind_hangups, server.signal_handler_interrupt, signal.getsignal(signal.SIGHUP)))
    server.serve()


def _mind_hangups(stop: Callable[..., None], before: Any) -> None:
    """Stops when the terminal closes; otherwise a hang-up changes nothing.

    The server would replace its workers one by one: some calls would be refused meanwhile, workers would differ in
    their settings, and settings that nobody has checked would end all of them.
    """
    if before is signal.SIG_IGN:  # as `nohup` wants it
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    else:
        signal.signal(signal.SIGHUP, stop if os.isatty(STANDARD_INPUT) else _say_what_a_hangup_does)


def _say_what_a_hangup_does(*_: object) -> None:
    log("hang-up: nothing changes; settings are read when the service starts", level=logging.WARNING)


def _unfit(settings: Settings, knowledge: Knowledge) -> Iterator[Mistake]:
    yield from deployment.mistakes(settings, knowledge)
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
