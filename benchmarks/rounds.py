"""Rounds of load on two servers in turn (A B A B), so that a noisy machine disturbs both alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from statistics import median

from benchmarks import load
from benchmarks.servers import Server


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """One job on one server: requests/s, processor time of the workers and waits in ms a request."""

    throughput: float
    cpu: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """A median with what lies around it."""

    middle: float
    least: float
    most: float

    @classmethod
    def of(cls, values: list[float]) -> Spread:
        """The spread of some values."""
        return cls(middle=median(values), least=min(values), most=max(values))


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The rounds of one payload at one number of connections, ours and the floor's in the order in which they ran."""

    payload: str
    connections: int
    ours: tuple[Round, ...]
    floor: tuple[Round, ...]

    def cpu_ratio(self) -> Spread:
        """Our processor time over the floor's, pair by pair."""
        return Spread.of([a.cpu / b.cpu for a, b in zip(self.ours, self.floor, strict=True)])

    def throughput_ratio(self) -> Spread:
        """Our requests/s over the floor's, pair by pair."""
        return Spread.of([a.throughput / b.throughput for a, b in zip(self.ours, self.floor, strict=True)])


def one_round(server: Server, job: load.Job) -> Round:
    """The job on this server, with the processor time that its workers used for it."""
    before = server.cpu_seconds()
    seen = load.run(replace(job, port=server.port))
    used = server.cpu_seconds() - before
    return Round(throughput=seen.requests / seen.seconds, cpu=1000 * used / seen.requests, p50=seen.p50, p99=seen.p99)


def compare(ours: Server, floor: Server, payload: str, job: load.Job, rounds: int) -> Comparison:
    """The job on both servers in turn, after one uncounted round on each."""
    warm_up = replace(job, seconds=job.seconds / 4)
    for server in (ours, floor):
        one_round(server, warm_up)
    pairs = [(one_round(ours, job), one_round(floor, job)) for _ in range(rounds)]
    return Comparison(
        payload=payload,
        connections=job.connections,
        ours=tuple(pair[0] for pair in pairs),
        floor=tuple(pair[1] for pair in pairs),
    )
