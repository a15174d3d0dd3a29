"""Network work in threads of its own, so that whoever waits for it need not wait longer than its deadline.

A socket's time limit bounds one wait, not the whole: a server that sends one byte now and then is never
late. So the waiter ends what is still under way when time is up, by shutting its connection down.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass
from threading import Event, Lock
from time import monotonic
from typing import Any, Self, TypeVar

THREADS = 128
"""At most this many reads are under way in one process; threads are only started when they are needed."""
PATIENCE = ((0.4, 16), (0.6, 2))
"""Parts of the time after which work that looks hopeless is given up, when at least so many wait together: the more
there are, the more wait behind them for a thread."""
BESIDE_SHARE = 0.3
"""The part of the time that is waited for what only tells more, once all the rest has come."""
GRACE_SECONDS = 0.02
"""What an errand that ends at the deadline by itself gets to hand over what it has."""

Key = TypeVar("Key")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment on a clock that never goes back."""

    at: float
    seconds: Callable[[], float] = monotonic

    @classmethod
    def after(cls, length: float, seconds: Callable[[], float] = monotonic) -> Self:
        """The moment `length` seconds from now."""
        return cls(seconds() + length, seconds)

    def remaining(self) -> float:
        """Seconds until then; never less than 0."""
        return max(0.0, self.at - self.seconds())

    @property
    def passed(self) -> bool:
        """Whether there is no time left."""
        return self.remaining() <= 0

    def at_most(self, length: float) -> Self:
        """This moment, or the one `length` seconds from now when that comes earlier."""
        return type(self)(min(self.at, self.seconds() + length), self.seconds)


class Errand:
    """One piece of network work under a deadline, which can be ended from outside."""

    def __init__(self, deadline: Deadline) -> None:
        self.deadline = deadline
        self.so_far: Any = None
        """What the work would give if it ended now, of the type that it gives; None while that is nothing."""
        self._ended = Event()
        self._lock = Lock()
        self._connection: socket.socket | None = None

    @property
    def is_over(self) -> bool:
        """Whether nobody waits for it any more."""
        return self._ended.is_set() or self.deadline.passed

    def uses(self, connection: socket.socket) -> None:
        """Notes the connection that the work goes over now, so that `end` can shut it down.

        A duplicate of the descriptor is kept: TLS takes the original socket away.
        """
        duplicate = socket.socket(fileno=os.dup(connection.fileno()))
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = duplicate
        if self._ended.is_set():
            self.end()

    def leaves(self) -> None:
        """Forgets the connection: the work with it is done."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def rests(self, seconds: float) -> None:
        """Waits before another attempt, no longer than there is time."""
        self._ended.wait(min(seconds, self.deadline.remaining()))

    def end(self) -> None:
        """Ends the work wherever it is."""
        self._ended.set()
        with self._lock:
            if self._connection is not None:
                with suppress(OSError):  # it was closed by the other side
                    self._connection.shutdown(socket.SHUT_RDWR)


class ErrandPool:
    """The threads in which all errands of one process run."""

    def __init__(self, threads: int = THREADS) -> None:
        self._threads = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="errand")

    def run(
        self,
        works: Mapping[Key, Callable[[Errand], Result]],
        deadline: Deadline,
        *,
        beside: Collection[Key] = (),
        gives_up: Callable[[int], bool] = lambda _: False,
    ) -> dict[Key, Result]:
        """What the works gave, all at once; those that are not done by the deadline are ended, and give what they have
        so far, or nothing.

        Those `beside` are not waited for beyond a part of the time, unless the others take longer, and are had as a
        whole or not at all. When most of the time is up and none of the others is done, `gives_up` is asked whether
        to end them now, where so many or more wait together.
        A work that raises is a fault of this program: its exception is raised here.
        """
        short = deadline.at_most(deadline.remaining() * BESIDE_SHARE)
        errands = {key: Errand(deadline) for key in works}
        futures: dict[Key, Future[Result | None]] = {}
        for key in sorted(works, key=lambda one: one in beside):  # they get their threads last
            futures[key] = self._threads.submit(_unless_over, works[key], errands[key])
        if needed := [future for key, future in futures.items() if key not in beside]:
            _wait_while_there_is_hope(needed, deadline, gives_up)
        if beside:
            wait(futures.values(), timeout=short.remaining())
        done = {}
        for key, future in futures.items():
            if future.done():
                done[key] = future.result()
            else:
                future.cancel()
                errands[key].end()
                done[key] = None if key in beside else errands[key].so_far
        return {key: result for key, result in done.items() if result is not None}


def _wait_while_there_is_hope(
    needed: Sequence[Future[Any]], deadline: Deadline, gives_up: Callable[[int], bool]
) -> None:
    length = deadline.remaining()
    for share, least in PATIENCE:
        came, _ = wait(needed, timeout=deadline.remaining() - (1 - share) * length)
        if came:
            break
        if gives_up(least):
            return
    wait(needed, timeout=deadline.remaining() + GRACE_SECONDS)


def _unless_over(work: Callable[[Errand], Result], errand: Errand) -> Result | None:
    """Does the work, unless it waited for a thread until it was too late."""
    try:
        return None if errand.is_over else work(errand)
    finally:
        errand.leaves()
