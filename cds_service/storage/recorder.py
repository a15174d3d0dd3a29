"""Keeping notes of calls beside the calls: a bounded queue, and a thread that lives while there is something in it."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from sqlalchemy.exc import DataError, IntegrityError, SQLAlchemyError

Note = TypeVar("Note")

MOST_WAITING = 20_000
"""Notes that wait for a database that is away: some 20 MB, an hour of a busy hospital."""
FIRST_SECONDS = 0.05
"""A note after a quiet time is written at once, or nearly so: its card may be answered soon."""
GATHERING_SECONDS = 0.5
"""How long notes are gathered after that: one write serves them all."""
AWAY_SECONDS = 2.0
GLANCE_SECONDS = 0.25
"""How soon the end of the process is noticed."""
MOST_AT_ONCE = 500


class Recorder(Generic[Note]):
    """Takes notes at the cost of an append; they are written soon after, and when the process ends.

    The thread is no daemon: Python waits for it at its end, whatever server it runs under, and it ends once
    there is nothing to do. What cannot be written by then, or does not fit into the queue, is lost and told
    to `lost`: notes may be, feedback may not and goes another way.
    """

    def __init__(
        self, write: Callable[[Sequence[Note]], None], lost: Callable[[int], None], *, most: int = MOST_WAITING
    ) -> None:
        self._most = most
        self._write = write
        self._lost = lost
        self._changed = threading.Condition()
        self._waiting: deque[Note] = deque()
        self._noted = 0
        self._settled = 0
        """As many of the notes, the oldest first, wait no more."""
        self._away = False
        self._hurried = False
        self._closing = False
        self._thread: threading.Thread | None = None

    def note(self, call: Note) -> None:
        """Takes a note; never waits for the database and never fails."""
        with self._changed:
            if self._closing or len(self._waiting) >= self._most:
                self._lost(1)
                return
            self._waiting.append(call)
            self._noted += 1
            if self._thread is None:
                # Said, because threads of servers are daemons, and a thread takes after the one that starts it.
                self._thread = threading.Thread(target=self._run, name="recorder", daemon=False)
                try:
                    self._thread.start()
                except RuntimeError:  # no more threads to be had: the next note tries again
                    self._thread = None

    def flush(self, seconds: float = 10) -> None:
        """Waits until all that was noted before is written, the database turns out to be away, or time is over."""
        with self._changed:
            before = self._noted
            if not self._is_settled(before):
                self._hurried = True
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._is_settled(before), seconds)

    def close(self, seconds: float = 10) -> None:
        """Writes what waits, if that can be done at once, and takes no more notes."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
            thread = self._thread
        if thread is not None:
            thread.join(seconds)

    def _is_settled(self, notes: int) -> bool:
        return self._away or self._settled >= notes

    def _is_ending(self) -> bool:
        return self._closing or not threading.main_thread().is_alive()

    def _is_urgent(self) -> bool:
        """Whether there is nothing to wait for: somebody waits, or there is as much as one write takes."""
        is_full = not self._away and len(self._waiting) >= MOST_AT_ONCE
        return is_full or self._hurried or self._is_ending()

    def _run(self) -> None:
        try:
            self._drain()
        except BaseException:
            with self._changed:
                self._settled = self._noted - len(self._waiting)
                self._thread = None  # the next note starts another
                self._changed.notify_all()
            raise

    def _drain(self) -> None:
        seconds = FIRST_SECONDS
        while batch := self._gathered(seconds):
            try:
                self._write(batch)
                seconds = self._written()
            except (DataError, IntegrityError):
                self._lost(len(batch))  # the database is there and will never take these
                seconds = self._written()
            except SQLAlchemyError:
                seconds = self._given_back(batch)
            except BaseException:
                self._lost(len(batch))  # nobody foresaw it, and what it hit may hit again
                raise

    def _gathered(self, seconds: float) -> list[Note]:
        """The next notes to write, once more have had time to come; none when the thread has nothing left to do."""
        until = time.monotonic() + seconds
        with self._changed:
            while not self._is_urgent() and (left := until - time.monotonic()) > 0:
                self._changed.wait(min(left, GLANCE_SECONDS))
            batch = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]
            self._hurried = self._hurried and bool(self._waiting)
            if not batch:
                self._thread = None
        return batch

    def _written(self) -> float:
        with self._changed:
            self._settled = self._noted - len(self._waiting)
            self._away = False
            self._changed.notify_all()
        return GATHERING_SECONDS

    def _given_back(self, batch: list[Note]) -> float:
        """To be tried again, unless there is no time left for it."""
        with self._changed:
            self._waiting.extendleft(reversed(batch))
            self._away, self._hurried = True, False
            if self._is_ending():
                self._lost(len(self._waiting))
                self._waiting.clear()
            self._changed.notify_all()
        return AWAY_SECONDS
