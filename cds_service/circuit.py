"""Not waiting for a server that does not answer: a circuit for each host.

What counts is requests, not reads: when during some of them in a row the host answered nobody, the circuit
opens and nobody waits for it. When it has rested, one request tries; the first answer closes it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from time import monotonic

FAILURES_IN_A_ROW = 3
REST_SECONDS = 10.0


@dataclass(slots=True)
class _Circuit:
    failures: int = 0
    visitors: int = 0
    asked_at: float = float("-inf")
    answered_at: float = float("-inf")
    opened_at: float = float("-inf")
    rests_until: float | None = None
    """When a caller may try; None while the circuit is closed and all may."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One request's dealings with a host."""

    host: str
    began: float


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

    def enter(self, host: str) -> Visit | None:
        """A visit, which must be ended with `leave`; None when the host is not to be asked now.

        Of those that come when an open circuit has rested, one is let in.
        """
        with self._lock:
            circuit = self._circuits.setdefault(host, _Circuit())
            now = self._seconds()
            if circuit.rests_until is not None:
                if now < circuit.rests_until:
                    return None
                circuit.rests_until = now + self._rest
            circuit.visitors += 1
            return Visit(host, now)

    def asked(self, host: str) -> None:
        """Somebody asks the host for something."""
        with self._lock:
            self._circuits[host].asked_at = self._seconds()

    def answered(self, host: str) -> None:
        """The host answered somebody: the circuit is closed."""
        with self._lock:
            circuit = self._circuits[host]
            circuit.answered_at = self._seconds()
            circuit.failures = 0
            circuit.rests_until = None

    def leave(self, visit: Visit, *, counts: bool = True) -> None:
        """The visit is over; it failed when the host has been asked since it began, and has answered nobody.

        One that does not count is no failure: nobody misses what it did not bring.
        """
        with self._lock:
            circuit = self._circuits[visit.host]
            circuit.visitors -= 1
            if not counts or circuit.answered_at >= visit.began or circuit.asked_at < visit.began:
                return
            circuit.failures += 1
            if circuit.failures >= self._failures:
                self._open(circuit)

    def is_open(self, host: str) -> bool:
        """Whether callers are refused now: one under way need not try a second time."""
        with self._lock:
            return self._circuits[host].rests_until is not None

    def gives_up(self, visit: Visit, least: int = 2) -> bool:
        """Whether a visit may as well end: the host has answered nobody since it began, and others bear that out.

        They do when together enough to open the circuit, and at least so many, are waiting (it is opened then, so
        that nobody else begins to), or when it was opened meanwhile.
        """
        with self._lock:
            circuit = self._circuits[visit.host]
            if circuit.answered_at >= visit.began:
                return False
            if circuit.rests_until is not None:
                return circuit.opened_at >= visit.began
            if circuit.visitors < least or circuit.visitors + circuit.failures < self._failures:
                return False
            self._open(circuit)
            return True

    def _open(self, circuit: _Circuit) -> None:
        circuit.opened_at = self._seconds()
        circuit.rests_until = circuit.opened_at + self._rest
