"""Waiting for a database that may hang, without keeping every thread of a worker from the calls that need none."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

PATIENCE_SECONDS = 1.0
"""How long a call waits for others to be done with the database: one that works is done in a tenth of it."""


class Crowded(Exception):
    """So many calls wait for the database already that one more may not."""


class FewAtOnce:
    """Lets some calls at a time use what they may have to wait for. Safe to use from several threads.

    While it works, one call more waits for its turn; once one has failed, or its turn did not come, further
    ones are sent away at once until one of those within is done.
    """

    def __init__(self, most: int, *, patience: float = PATIENCE_SECONDS) -> None:
        self._turns = BoundedSemaphore(most)
        self._patience = patience
        self._stuck = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """The time of one call. Raises `Crowded` where its turn does not come."""
        if not self._turns.acquire(timeout=0 if self._stuck else self._patience):
            self._stuck = True
            raise Crowded
        try:
            yield
        except BaseException:
            self._stuck = True
            raise
        else:
            self._stuck = False
        finally:
            self._turns.release()
