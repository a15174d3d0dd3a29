"""The engine alone: parsed FHIR in, MME lines out, without HTTP; beside the parsing of the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import orjson

import opioids.knowledge
from benchmarks import payloads
from benchmarks.accounting import seconds_a_call
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
        engine_times.append(1e6 * seconds_a_call(engine, seconds))
        parsing_times.append(1e6 * seconds_a_call(parsing, seconds))
    return EngineFigures(
        orders=orders,
        per_second=Spread.of([1e6 * orders / each for each in engine_times]),
        engine=Spread.of(engine_times),
        parsing=Spread.of(parsing_times),
    )
