"""The engine alone: parsed FHIR in, MME lines out, without HTTP; beside the parsing of the same bytes."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import orjson

import opioids.knowledge
from benchmarks import payloads
from benchmarks.rounds import Spread
from fhir_mappings.calculator import calculate

TABLE = "cdc-2022"
AS_OF = date(2026, 1, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineFigures:
    """One size of Bundle: orders/s of the engine on one core, and microseconds per Bundle of engine and parser."""

    orders: int
    per_second: Spread
    engine: Spread
    parsing: Spread


def measure(orders: int, rounds: int, seconds: float) -> EngineFigures:
    """The figures of a Bundle with that many orders; each round takes about `seconds` for each of the two."""
    body = orjson.dumps(payloads.orders(orders, AS_OF))
    parsed = orjson.loads(body)
    knowledge = opioids.knowledge.load()
    table = knowledge.tables[TABLE]

    def engine() -> None:
        calculate(parsed, knowledge=knowledge, table=table, as_of=AS_OF)

    def parsing() -> None:
        orjson.loads(body)

    engine_times, parsing_times = [], []
    for _ in range(rounds):
        engine_times.append(_microseconds(engine, seconds))
        parsing_times.append(_microseconds(parsing, seconds))
    return EngineFigures(
        orders=orders,
        per_second=Spread.of([1e6 * orders / each for each in engine_times]),
        engine=Spread.of(engine_times),
        parsing=Spread.of(parsing_times),
    )


def _microseconds(work: Callable[[], None], seconds: float) -> float:
    """Processor time of one call, from as many calls as fit."""
    work()
    calls = 0
    begun = time.process_time()
    while time.process_time() - begun < seconds:
        work()
        calls += 1
    return 1e6 * (time.process_time() - begun) / calls
