"""What a run measures, and how long it takes over it."""

from __future__ import annotations

import http
import sys
from dataclasses import dataclass, replace
from datetime import datetime

import orjson

from benchmarks import load, pages, payloads
from benchmarks.accounting import resident_megabytes
from benchmarks.engine import EngineFigures
from benchmarks.engine import measure as measure_engine
from benchmarks.pages import PageFigures
from benchmarks.rounds import Comparison, Round, Spread, compare, one_round
from benchmarks.servers import Server, serving

PATH = "/cds-services/opioid-order-sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How often and how long. `seconds` is one round of load, `starts` counts starts of each server."""

    rounds: int
    seconds: float
    starts: int
    memory_requests: int
    connections: tuple[int, ...] = (1, 8, 32)
    deployed_workers: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """MB that one worker holds after so many requests of 20 orders."""

    requests: int
    megabytes: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """Everything that one run saw. `discovery` is ms of processor time, `starts` seconds until the first answer."""

    comparisons: tuple[Comparison, ...]
    deployed: tuple[Round, ...]
    deployed_workers: int
    discovery: Spread
    starts: Spread
    memory: tuple[Memory, ...]
    engine: tuple[EngineFigures, ...]
    pages: tuple[PageFigures, ...]

    def comparison(self, payload: str, connections: int) -> Comparison:
        """The comparison of that payload at that many connections."""
        return next(each for each in self.comparisons if (each.payload, each.connections) == (payload, connections))

    def growth(self, server: str) -> Spread:
        """Processor time for 200 orders over that for 20, on "ours" or "floor", at one connection, round by round."""
        small, large = (getattr(self.comparison(name, 1), server) for name in ("n20", "n200"))
        return Spread.of([b.cpu / a.cpu for a, b in zip(small, large, strict=True)])


def carry_out(plan: Plan) -> Figures:
    """The whole plan, on servers started for it; says on standard error how far it is."""
    starts = [_start_seconds() for _ in range(plan.starts - 1)]
    with serving("ours") as ours, serving("floor") as floor:
        starts.append(ours.start_seconds)
        comparisons = tuple(_comparisons(ours, floor, plan))
        discovery = _discovery(ours, plan)
    with serving("ours") as fresh:
        memory = tuple(_memory(fresh, plan))
    return Figures(
        comparisons=comparisons,
        deployed=_deployed(plan),
        deployed_workers=plan.deployed_workers,
        discovery=discovery,
        starts=Spread.of(starts),
        memory=memory,
        engine=tuple(_engine(orders, plan) for orders in (20, 200)),
        pages=_pages(plan),
    )


def _engine(orders: int, plan: Plan) -> EngineFigures:
    _say(f"engine alone, {orders} orders")
    return measure_engine(orders, plan.rounds, plan.seconds / 2)


def _pages(plan: Plan) -> tuple[PageFigures, ...]:
    _say("pages for people")
    return pages.measure(plan.rounds, plan.seconds / 2)


def _start_seconds() -> float:
    _say("start to first answer")
    with serving("ours") as server:
        return server.start_seconds


def _comparisons(ours: Server, floor: Server, plan: Plan) -> list[Comparison]:
    found = []
    for name in (*payloads.SIZES, payloads.OF_ANOTHER_DRUG):
        job = _job(name, plan)
        says_something = name in payloads.SIZES
        _insist_on_cards(ours, job, says_something=says_something)
        for connections in plan.connections if says_something else (1,):
            _say(f"{name}, {connections} connections")
            found.append(compare(ours, floor, name, replace(job, connections=connections), plan.rounds))
    return found


def _deployed(plan: Plan) -> tuple[Round, ...]:
    """20 orders at 8 connections on as many workers as a deployment on this machine would have."""
    _say(f"n20, 8 connections, {plan.deployed_workers} workers")
    job = replace(_job("n20", plan), connections=8)
    with serving("ours", plan.deployed_workers) as server:
        one_round(server, job)
        return tuple(one_round(server, job) for _ in range(plan.rounds))


def _discovery(ours: Server, plan: Plan) -> Spread:
    _say("discovery")
    job = load.Job(port=ours.port, method="GET", path="/cds-services", seconds=plan.seconds)
    return Spread.of([one_round(ours, job).cpu for _ in range(plan.rounds)])


def _memory(server: Server, plan: Plan) -> list[Memory]:
    _say(f"memory over {plan.memory_requests} requests")
    job = replace(_job("n20", plan), seconds=120.0, connections=8)
    found, answered = [], 0
    for share in (100, 10, 2, 1):
        wanted = plan.memory_requests // share
        load.run(replace(job, port=server.port, requests=wanted - answered))
        answered = wanted
        found.append(Memory(requests=answered, megabytes=max(resident_megabytes(pid) for pid in server.workers)))
    return found


def _job(name: str, plan: Plan) -> load.Job:
    body = payloads.order_sign(name, datetime.now().astimezone().date()).body.decode()
    return load.Job(port=0, method="POST", path=PATH, body=body, seconds=plan.seconds)


def _insist_on_cards(server: Server, job: load.Job, *, says_something: bool) -> None:
    """Stop when the real server has nothing to say where it should: its silence would be measured as speed."""
    status, answer = server.ask(job.method, job.path, job.body.encode())
    if status != http.HTTPStatus.OK or bool(orjson.loads(answer)["cards"]) != says_something:
        raise RuntimeError(f"the service answered {status} with other cards than it should: {answer[:500]!r}")


def _say(what: str) -> None:
    print(f"… {what}", file=sys.stderr, flush=True)
