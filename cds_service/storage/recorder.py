"""Keeping notes of calls beside the calls: a bounded queue, and a thread that lives while there is something in it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from cds_service.storage.cards import NotedCall

MOST_WAITING = 20_000
"""Notes that wait for a database that is away: some 20 MB, an hour of a busy hospital."""
GATHERING_SECONDS = 0.25
"""How long notes are gathered: one write serves them all, and a worker that is killed loses no more than these."""
AWAY_SECONDS = 2.0
MOST_AT_ONCE = 500


class Recorder:
    """Takes notes at the cost of an append; they are written soon after, and when the process ends.

    The thread is no daemon: Python waits for it at its end, whatever server it runs under, and it ends as
    soon as nothing is left. What cannot be written by then, or does not fit into the queue, is lost and told
    to `lost`: notes may be, feedback may not and goes another way.
    """

    def __init__(self, write: Callable[[Sequence[NotedCall]], None], lost: Callable[[int], None]) -> None:
        self._write = write
        self._lost = lost
        self._waiting: deque[NotedCall] = deque()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._hurry = threading.Event()
        self._closing = False

    def note(self, call: NotedCall) -> None:
        """Takes a note; never waits for the database and never fails."""
        with self._lock:
            if self._closing or len(self._waiting) >= MOST_WAITING:
                self._lost(1)
                return
            self._waiting.append(call)
            if self._thread is None:
                # Said, because threads of servers are daemons, and a thread takes after the one that starts it.
                self._thread = threading.Thread(target=self._run, name="recorder", daemon=False)
                self._thread.start()

    def flush(self, seconds: float = 10) -> None:
        """Waits until all that was noted before is written, or the time is over."""
        with self._lock:
            thread = self._thread
            if thread is None:
                return
            self._hurry.set()
        thread.join(seconds)

    def close(self, seconds: float = 10) -> None:
        """Writes what waits, if that can be done at once, and takes no more notes."""
        with self._lock:
            self._closing = True
        self.flush(seconds)

    def _run(self) -> None:
        try:
            self._drain()
        except BaseException:
            with self._lock:
                self._thread = None  # the next note starts another
            raise

    def _drain(self) -> None:
        seconds = GATHERING_SECONDS
        while True:
            self._gather(seconds)
            batch = self._taken()
            try:
                self._write(batch)
                seconds = GATHERING_SECONDS
            except SQLAlchemyError:
                self._give_back(batch)
                seconds = AWAY_SECONDS
            with self._lock:
                if not self._waiting:
                    self._hurry.clear()
                    self._thread = None
                    return

    def _gather(self, seconds: float) -> None:
        """Waits while more may come."""
        while seconds > 0 and not self._is_ending():
            if self._hurry.wait(min(seconds, GATHERING_SECONDS)):
                return
            seconds -= GATHERING_SECONDS

    def _is_ending(self) -> bool:
        return self._closing or not threading.main_thread().is_alive()

    def _taken(self) -> list[NotedCall]:
        with self._lock:
            return [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_AT_ONCE))]

    def _give_back(self, batch: list[NotedCall]) -> None:
        """To be tried again, unless there is no time left for it."""
        with self._lock:
            self._waiting.extendleft(reversed(batch))
            self._hurry.clear()
            if self._is_ending():
                self._lost(len(self._waiting))
                self._waiting.clear()
