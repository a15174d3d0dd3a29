"""The figures as Markdown: medians with their least and most, and the goals beside what was measured."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks.payloads import OF_ANOTHER_DRUG
from benchmarks.plan import Figures
from benchmarks.rounds import Comparison, Round, Spread

_READING = """Each cell is the median of its rounds with the least and the most.
Ratios are ours over the floor's, taken pair by pair."""

GOALS_AT = 1
"""The number of connections at which the goals for processor time hold."""


def markdown(figures: Figures) -> str:
    """The whole report."""
    parts = (
        "## Against the floor\n",
        _table(_COMPARISON_HEAD, _comparison_rows(figures)),
        f"\n{_READING}\n",
        "## Engine alone\n",
        _table(
            ("orders in the Bundle", "orders/s", "engine, us per Bundle", "orjson parsing, us per Bundle"),
            ([str(e.orders), _whole(e.per_second), _whole(e.engine), _whole(e.parsing)] for e in figures.engine),
        ),
        "\n## Pages for people, 20 orders\n",
        _table(
            ("page", "CPU ms", "CPU ms of the JSON answer", "ratio"),
            ([each.name, *map(_exact, (each.page, each.answer, each.ratio))] for each in figures.pages),
        ),
        "\n## Memory of one worker\n",
        _table(
            ("requests answered", "resident MB"), ([f"{m.requests:,}", f"{m.megabytes:.0f}"] for m in figures.memory)
        ),
        "\n## Goals\n",
        _table(("what", "goal", "measured", "reached"), _goal_rows(figures)),
    )
    return "\n".join(parts) + "\n"


_COMPARISON_HEAD = (
    "payload",
    "connections",
    "server",
    "requests/s",
    "CPU ms/request",
    "p50 ms",
    "p99 ms",
    "CPU ratio",
    "requests/s ratio",
)


def _comparison_rows(figures: Figures) -> Iterator[list[str]]:
    for each in figures.comparisons:
        ratios = [_exact(each.cpu_ratio()), _exact(each.throughput_ratio())]
        yield [each.payload, str(each.connections), "ours", *_cells(each.ours), *ratios]
        yield [each.payload, str(each.connections), "floor", *_cells(each.floor), "", ""]


def _cells(rounds: Sequence[Round]) -> list[str]:
    return [
        _whole(_spread(rounds, lambda each: each.throughput)),
        *(_exact(_spread(rounds, part)) for part in (_cpu, _p50, _p99)),
    ]


def _goal_rows(figures: Figures) -> Iterator[list[str]]:
    n20, n200 = (figures.comparison(name, GOALS_AT) for name in ("n20", "n200"))
    other = figures.comparison(OF_ANOTHER_DRUG, GOALS_AT)
    yield from (_ratio_row(each, goal) for each, goal in ((other, 2.0), (n20, 2.0), (n200, 1.5)))
    p99 = _spread(figures.deployed, _p99)
    deployed = f"p99, n20, 8 connections, {figures.deployed_workers} workers"
    yield _goal_row(deployed, "< 10 ms", f"{_exact(p99)} ms", p99.middle < 10)
    growth = figures.growth("ours")
    measured = f"{_exact(growth)} (floor: {_exact(figures.growth('floor'))})"
    yield _goal_row("CPU, n200 over n20", "<= 11", measured, growth.middle <= 11)
    engine = figures.engine[0].per_second
    yield _goal_row(
        "engine alone, one core", ">= 20,000 orders/s", f"{_whole(engine)} orders/s", engine.middle >= 20_000
    )
    last, half = figures.memory[-1], figures.memory[-2]
    grown = last.megabytes - half.megabytes
    yield _goal_row(
        f"memory of a worker after {last.requests:,} requests",
        "< 120 MB, flat",
        f"{last.megabytes:.0f} MB ({grown:+.1f} in the second half)",
        last.megabytes < 120 and grown < 2,
    )
    starts = figures.starts
    yield _goal_row("start to first answer", "< 2 s", f"{_exact(starts)} s", starts.middle < 2)
    discovery = figures.discovery
    yield _goal_row("discovery, CPU", "< 0.5 ms", f"{_exact(discovery)} ms", discovery.middle < 0.5)
    for each in figures.pages:
        yield _goal_row(f"page, {each.name}", "< 100 ms", f"{_exact(each.page)} ms", each.page.middle < 100)


def _ratio_row(comparison: Comparison, goal: float) -> list[str]:
    ratio = comparison.cpu_ratio()
    what = f"CPU over the floor's, {comparison.payload}, 1 connection"
    return _goal_row(what, f"<= {goal}", _exact(ratio), ratio.middle <= goal)


def _goal_row(what: str, goal: str, measured: str, reached: bool) -> list[str]:
    return [what, goal, measured, "yes" if reached else "no"]


def _cpu(each: Round) -> float:
    return each.cpu


def _p50(each: Round) -> float:
    return each.p50


def _p99(each: Round) -> float:
    return each.p99


def _spread(rounds: Sequence[Round], part: Callable[[Round], float]) -> Spread:
    return Spread.of([part(each) for each in rounds])


def _exact(spread: Spread) -> str:
    return f"{spread.middle:.2f} ({spread.least:.2f}–{spread.most:.2f})"


def _whole(spread: Spread) -> str:
    return f"{spread.middle:,.0f} ({spread.least:,.0f}–{spread.most:,.0f})"


def _table(head: Sequence[str], rows: Iterator[list[str]] | Sequence[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
