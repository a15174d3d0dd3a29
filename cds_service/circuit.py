"""Not calling a server that does not answer: a circuit for each host.

After some failures in a row the circuit opens and nobody waits for that host. When it has rested, one
caller tries; the circuit closes when that succeeds and rests again when it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

FAILURES_IN_A_ROW = 5
REST_SECONDS = 10.0


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    closed_again_at: float | None = None
    """When it may be tried; None while it is closed."""


class Circuits:
    """The circuits of one process, by host. Safe to use from several threads."""

    def __init__(
        self,
        *,
        failures: int = FAILURES_IN_A_ROW,
        rest_seconds: float = REST_SECONDS,
        seconds: Callable[[], float] = monotonic,
    ) -> None:
        self._failures = failures
        self._rest = rest_seconds
        self._seconds = seconds
        self._circuits: dict[str, _Circuit] = {}
        self._lock = Lock()

    def admits(self, host: str) -> bool:
        """Whether this caller may call. Of those that come when an open circuit has rested, one may.

        That one must report how it went; if it never does, another may try after the next rest.
        """
        with self._lock:
            circuit = self._circuits.get(host)
            if circuit is None or circuit.closed_again_at is None:
                return True
            if self._seconds() < circuit.closed_again_at:
                return False
            circuit.closed_again_at = self._seconds() + self._rest
            return True

    def is_open(self, host: str) -> bool:
        """Whether calls are refused now: a caller under way need not try again."""
        with self._lock:
            circuit = self._circuits.get(host)
            return circuit is not None and circuit.closed_again_at is not None

    def succeeded(self, host: str) -> None:
        """The host answered: the circuit is closed."""
        if host in self._circuits:
            with self._lock:
                self._circuits.pop(host, None)

    def failed(self, host: str) -> None:
        """The host did not answer, or said that it cannot."""
        with self._lock:
            circuit = self._circuits.setdefault(host, _Circuit())
            circuit.failures += 1
            if circuit.failures >= self._failures:
                circuit.closed_again_at = self._seconds() + self._rest
