"""What can be read of the service: JSON lines, none with a body, a token, a query value or anything of a patient.

Keys are an allow-list. Kept apart from the metrics, whose library must not be loaded before the server's workers begin.
"""

from __future__ import annotations

import logging
import re
import select
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any, TextIO

import orjson

LOGGER = "opioid_cds"
SERVER = "_granian"
SERVERS_OWN = frozenset({SERVER, f"{SERVER}.serve"})
"""What tells of workers that start and stop; the server's other loggers may tell of requests."""
_EVENTS = logging.getLogger(LOGGER)
LOGGED_KEYS = frozenset(
    (
        *("route", "method", "status", "ms", "service", "hook_instance", "topics", "shadow", "fhir"),
        *("counted", "uncounted", "ignored", "feedback_items", "client", "refused", "failure", "place"),
    )
)
INNERMOST_FRAMES = 5
PATIENCE_MILLISECONDS = 50
"""How long a line waits for a reader that is behind; the next ones do not, until one is taken again."""
UUID_FORM = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


class JsonLines(logging.Formatter):
    """One JSON object a line. Of other libraries' messages only the origin is kept, not the words.

    What the server says of itself, its address and its workers, is kept.
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
        }
        facts = getattr(record, "facts", None)
        if record.name == LOGGER and isinstance(facts, dict):
            line["event"] = record.msg
            line.update({key: value for key, value in facts.items() if key in LOGGED_KEYS and value is not None})
        elif record.name in SERVERS_OWN and not record.exc_info:
            line["event"] = record.getMessage()
        else:
            line.update(event="library message", logger=record.name, place=f"{record.module}:{record.lineno}")
            if record.exc_info and record.exc_info[0]:
                line["failure"] = record.exc_info[0].__qualname__
        return orjson.dumps(line, default=str).decode()


class Lines(logging.StreamHandler[TextIO]):
    """JSON lines on standard error. What whoever reads them does not take is lost, and counted in the next line.

    Each answer writes one before it goes out: a reader that stands still would keep all of them back.
    """

    def __init__(self) -> None:
        super().__init__(sys.stderr)
        self.setFormatter(JsonLines())
        self._lost = 0
        self._room = select.poll()  # for a pipe: whether 4 kB are free, which is more than any line
        try:
            self._room.register(self.stream.fileno(), select.POLLOUT)
        except (AttributeError, OSError):  # there is none, or what stands in its place is no file
            self._waits = False
        else:
            self._waits = True

    def emit(self, record: logging.LogRecord) -> None:
        """Writes a record, if that can be done at once."""
        if self._waits and not self._room.poll(0 if self._lost else PATIENCE_MILLISECONDS):
            self._lost += 1
            return
        if self._lost:
            said, self._lost = f"{self._lost} lines lost: nobody took them", 0
            super().emit(logging.LogRecord(SERVER, logging.WARNING, "", 0, said, (), None))
        super().emit(record)


def configure_logging() -> None:
    """Sends the service's events, and warnings of libraries, to standard error as JSON lines."""
    logging.getLogger().handlers[:] = [Lines()]
    logging.getLogger().setLevel(logging.WARNING)
    logging.getLogger(LOGGER).setLevel(logging.INFO)
    # Python itself would write the words of what nobody caught, with whatever they say.
    threading.excepthook = lambda found: log_failure("thread ended", found.exc_value)
    sys.unraisablehook = lambda found: log_failure("failure ignored", found.exc_value)
    logging.raiseExceptions = False  # likewise where a line cannot be written, with all that went wrong before
    # Lines tell nothing of these, so no record looks them up (as the library's documentation advises).
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def server_logging() -> dict[str, Any]:
    """The logging of the server around the application, in the same lines and at the same place."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "handlers": {"lines": {"()": Lines}},
        "loggers": {name: {"handlers": ["lines"], "propagate": False} for name in (SERVER, LOGGER)},
    }


def log_failure(event: str, error: BaseException | None) -> None:
    """Writes that something failed, and where; None is an exception of which nobody knows any more."""
    failure, place = whereabouts(error) if error is not None else (None, None)
    log(event, level=logging.ERROR, failure=failure, place=place)


def log(event: str, *, level: int = logging.INFO, **facts: Any) -> None:
    """Writes one event; keys that are not on the allow-list are left out."""
    if not _EVENTS.isEnabledFor(level):
        return
    # Made here: the logger would walk the stack for the caller's line, which these events never show.
    record = logging.LogRecord(LOGGER, level, "", 0, event, (), None)
    record.facts = facts
    _EVENTS.handle(record)


def whereabouts(error: BaseException) -> tuple[str, str]:
    """The type of an exception and the calls that led to it, without its words, which may hold patient data."""
    innermost = list(traceback.walk_tb(error.__traceback__))[-INNERMOST_FRAMES:]
    places = [f"{frame.f_globals.get('__name__')}.{frame.f_code.co_name}:{line}" for frame, line in innermost]
    return kind_of(error), " > ".join(places)


def kind_of(error: BaseException) -> str:
    """The type of an exception; of a database's the driver's own, and SQLite's code.

    A full disk is mended in another way than a lost network.
    """
    said = getattr(error, "orig", None) or error
    code = getattr(said, "sqlite_errorname", "")
    return f"{type(said).__module__}.{type(said).__qualname__} {code}".rstrip()


def safe_instance(hook_instance: str) -> str | None:
    """The hook instance where it has the form of a UUID; anything else might say more than it should."""
    return hook_instance if UUID_FORM.fullmatch(hook_instance) else None
