"""The load generator, a process of its own: keep-alive connections that each ask again as soon as they are answered.

Reads one job as JSON from standard input and writes what it saw to standard output. Kept to bare
asyncio protocols, so that it costs far less than what it measures.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import cast

ROOT = Path(__file__).resolve().parents[1]
OVERTIME = 30.0
"""Seconds after its end in which a job must have had its last answers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What to ask, of whom, and for how long: whichever of `seconds` and `requests` ends first."""

    port: int
    method: str
    path: str
    body: str = ""
    connections: int = 1
    seconds: float = 1.0
    requests: int = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Answers with status 200, in how many seconds, and the waits in ms at two points of their order."""

    requests: int
    seconds: float
    p50: float
    p99: float


def run(job: Job) -> Seen:
    """The job, done by another process. Raises `RuntimeError` when an answer was not 200."""
    command = [sys.executable, "-m", "benchmarks.load"]
    text = json.dumps(asdict(job))
    limit = job.seconds + 2 * OVERTIME
    done = subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, timeout=limit, check=False)
    if done.returncode:
        raise RuntimeError(f"the load generator failed: {done.stderr.strip()[-2000:]}")
    return Seen(**json.loads(done.stdout))


@dataclass(slots=True)
class _Tally:
    """What all connections share: when to stop, and what they saw."""

    ends: float
    left: int
    failure: str = ""
    waits: list[float] = field(default_factory=list)

    def another(self) -> bool:
        """Whether one more request is to be sent, which is then counted as sent."""
        if self.failure or self.left <= 0 or time.perf_counter() >= self.ends:
            return False
        self.left -= 1
        return True


class _Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, request: bytes, tally: _Tally, done: asyncio.Future[None]) -> None:
        self.request, self.tally, self.done = request, tally, done
        self.received = bytearray()
        self.sent = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.ask()

    def ask(self) -> None:
        if not self.tally.another():
            self.transport.close()
            return
        self.received.clear()
        self.sent = time.perf_counter()
        self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if not _is_whole(self.received):
            return
        self.tally.waits.append(time.perf_counter() - self.sent)
        if not self.received.startswith(b"HTTP/1.1 200 "):
            self.tally.failure = bytes(self.received[:300]).decode(errors="replace")
        self.ask()

    def connection_lost(self, exc: Exception | None) -> None:
        if exc or (self.sent and not _is_whole(self.received)):
            self.tally.failure = self.tally.failure or f"the connection was lost: {exc}"
        if not self.done.done():
            self.done.set_result(None)


def _is_whole(received: bytearray) -> bool:
    """Whether a response has arrived in full; it must state its length."""
    head, separator, body = received.partition(b"\r\n\r\n")
    if not separator:
        return False
    length = head.lower().partition(b"content-length:")[2].partition(b"\r\n")[0]
    return len(body) >= int(length)


async def _drive(job: Job) -> Seen:
    loop = asyncio.get_running_loop()
    begun = time.perf_counter()
    tally = _Tally(ends=begun + job.seconds, left=job.requests)
    request = _request(job)
    ends = []
    for _ in range(job.connections):
        done = loop.create_future()
        await loop.create_connection(partial(_Connection, request, tally, done), "127.0.0.1", job.port)
        ends.append(done)
    await asyncio.wait_for(asyncio.gather(*ends), job.seconds + OVERTIME)
    seconds = time.perf_counter() - begun
    if tally.failure or not tally.waits:
        raise SystemExit(tally.failure or "no answer")
    waits = sorted(tally.waits)
    return Seen(
        requests=len(waits),
        seconds=seconds,
        p50=1000 * _percentile(waits, 50),
        p99=1000 * _percentile(waits, 99),
    )


def _request(job: Job) -> bytes:
    body = job.body.encode()
    head = (
        f"{job.method} {job.path} HTTP/1.1\r\nHost: 127.0.0.1:{job.port}\r\nAccept: application/json\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def _percentile(ordered: list[float], percent: int) -> float:
    """The smallest value that at least `percent` of all values do not exceed (nearest rank)."""
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(_drive(Job(**json.load(sys.stdin)))))))
