"""A taper plan as a table for the terminal, with what to watch for beside it."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from textwrap import wrap

from cds_service.taper_input import Planned
from cds_service.terminal import printable, within_reason
from hooks.words.no_plan import instead_words, missing_words, obstacle_words
from hooks.words.taper import doses_words
from hooks.words.taper_notes import HOLD, NALOXONE, order_words, pace_words, plan_notes, step_words, watch_for
from opioids.quantities import shown
from opioids.tables import Review
from opioids.tapers.profiles import Tapers
from opioids.tapers.values import NoPlan, TaperPlan, TaperStep

_COLUMNS = "{:>4}  {:>5}  {:<10}  {:>8}  {:>6}  "
_DAYS_OF_A_WEEK = 7
_INDENT = len(_COLUMNS.format("", "", "", "", ""))


def written(planned: Planned, width: int) -> str:
    """The plans, one below the other, and then what holds for all of them.

    Args:
        planned: what was found.
        width: columns of the terminal; texts are folded to it, within reason.
    """
    width = within_reason(width)
    if isinstance(planned.found, NoPlan):
        lines = _folded(f"No plan: {obstacle_words(planned.found)}.", width)
        for missing in missing_words(planned.found):
            lines += _folded(missing, width, "- ")
        lines += _folded(instead_words(planned.found, planned.profile), width)
        return "\n".join(map(printable, lines))
    lines = [line for plan in planned.found for line in _plan(plan, width)]
    for said in planned.remarks():
        lines += [*_folded(said, width), ""]
    lines += _for_all(planned.tapers, width)
    return "\n".join(map(printable, lines))


def _plan(plan: TaperPlan, width: int) -> Iterator[str]:
    first = order_words(plan)
    table = f", table {plan.table}" if plan.table else ""
    yield from _folded(
        f"Taper plan{f', {first}' if first else ''}: from {shown(plan.baseline)} MME/day{table}, "
        f"{plan.profile.label}: {pace_words(plan)}",
        width,
    )
    yield ""
    yield (_COLUMNS.format("step", "week", "from", "MME/day", "less") + ("taken" if plan.has_tablets else "")).rstrip()
    for step in plan.steps:
        yield from _step(step, plan, width)
    yield ""
    yield from _folded("less: percent of the dose at the start of the taper.", width, "- ")
    for note in plan_notes(plan):
        yield from _folded(note, width, "- ")
    yield ""


def _step(step: TaperStep, plan: TaperPlan, width: int) -> Iterator[str]:
    week = shown(Decimal((step.start - plan.steps[0].start).days) / _DAYS_OF_A_WEEK, 1)
    less = f"{shown(step.cut_percent, 1)}%" if step.number else ""
    head = _COLUMNS.format(step.number, week, step.start.isoformat(), shown(step.mme), less)
    said = [doses_words(step.doses, country=plan.country)] if plan.has_tablets else []
    if words := step_words(step):
        said.append(f"({words})")
    if len(step.reviews) > 1:
        said.append(f"(reviews on {', '.join(day.isoformat() for day in step.reviews)})")
    lines = [line for text in said for line in wrap(text, width - _INDENT)] or [""]
    yield (head + lines[0]).rstrip()
    yield from (" " * _INDENT + line for line in lines[1:])


def _for_all(tapers: Tapers, width: int) -> Iterator[str]:
    yield from _folded(HOLD, width)
    for watched in watch_for(tapers):
        yield ""
        yield f"{watched.heading}:"
        for _, words in watched.signs:
            yield from _folded(words, width, "- ")
    yield ""
    yield from _folded(NALOXONE, width)
    yield ""
    yield "Against withdrawal, for information only:"
    for one in tapers.support:
        provisional = " (provisional)" if one.review is Review.PROVISIONAL else ""
        yield from _folded(f"{one.symptom}: {one.options}{provisional}", width, "- ")


def _folded(text: str, width: int, bullet: str = "") -> list[str]:
    return wrap(text, width, initial_indent=bullet, subsequent_indent=" " * len(bullet))
