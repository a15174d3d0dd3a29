"""Which of an order's dosage instructions are in force on a day.

Instructions without a sequence, or with the same one, are taken together. Different sequences, or
periods that follow one another, are steps: only the step in force counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from opioids.prescriptions import Sig
from opioids.quantities import steadily, times

LONGEST_STEP_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The instructions that count on the day. Empty `sigs` mean that the day is outside all of them."""

    sigs: tuple[Sig, ...]
    assumptions: tuple[str, ...] = ()


def is_undated(sigs: Sequence[Sig]) -> bool:
    """Whether there is a single instruction that holds on every day."""
    return len(sigs) == 1 and sigs[0].days is None and sigs[0].start is None and sigs[0].end is None


def in_force(  # noqa: PLR0913 - the instructions, the day, and the four things that decide between them
    sigs: Sequence[Sig],
    on: date,
    *,
    starts: date | None,
    being_written: bool,
    size: Callable[[Sig], Decimal],
    worn: bool = False,
) -> InForce:
    """The instructions of one order that count on `on`.

    `starts` is the first day of the order, where known; an order that is `being_written` starts today
    or later, so its first step counts when none is in force yet. `size` is what an instruction gives a day at
    most, in one measure for all of them, by which the largest step is chosen when the day does not tell which is in
    force. What is `worn` stays on from one of its days to the next.
    """
    first = starts or (on if being_written else None)
    dated = _with_dates(tuple(sigs), first)
    if starts and starts > on and not being_written and not any(sig.start or sig.days for sig in dated):
        return InForce(sigs=())
    today = tuple(filter(None, (_on_its_days(sig, on, being_written, worn) for sig in dated if _covers(sig, on))))
    if not today and being_written:
        today = _next_step(dated, on)
    today = _without_ending(today, on)
    always = tuple(sig for sig in today if sig.sequence is None)
    steps = _by_sequence(today)
    if len(steps) < 2:
        return InForce(sigs=today)
    if all(sig.start for step in steps for sig in step):
        latest = max(steps, key=lambda step: max(sig.start or date.min for sig in step))
        return InForce(sigs=always + latest)
    largest = max(steps, key=lambda step: sum(map(size, step), Decimal(0)))
    note = "which step is in force cannot be told: the largest was counted"
    return InForce(sigs=always + largest, assumptions=(note,))


def beginnings(sigs: Sequence[Sig], starts: date) -> tuple[date, ...]:
    """The days on which the instructions of an order that begins on `starts` begin, where they are dated."""
    return tuple(sorted({sig.start for sig in _with_dates(tuple(sigs), starts) if sig.start}))


def _with_dates(sigs: tuple[Sig, ...], first: date | None) -> tuple[Sig, ...]:
    """Give each step of a sequence the days that follow from the lengths of the steps before it."""
    steps = _by_sequence(sigs)
    if len(steps) < 2 or first is None or any(sig.start for sig in sigs):
        return sigs
    dated = [sig for sig in sigs if sig.sequence is None]
    day: date | None = first
    for step in steps:
        if day is None:
            return sigs
        end = _after(day, max((sig.duration for sig in step if sig.duration), default=None))
        last = end and end - timedelta(days=1)
        dated.extend(replace(sig, start=day, end=min(filter(None, (last, sig.end)), default=None)) for sig in step)
        day = end
    return tuple(dated)


def _after(day: date | None, length: Decimal | None) -> date | None:
    if day is None or length is None or not 0 < length <= LONGEST_STEP_DAYS:
        return None
    days = int(length.to_integral_value(rounding="ROUND_CEILING"))
    return day + timedelta(days=days) if (date.max - day).days >= days else None


def _by_sequence(sigs: tuple[Sig, ...]) -> list[tuple[Sig, ...]]:
    """The steps, in their order; instructions without a sequence belong to no step."""
    groups: dict[int, list[Sig]] = {}
    for sig in sigs:
        if sig.sequence is not None:
            groups.setdefault(sig.sequence, []).append(sig)
    return [tuple(groups[key]) for key in sorted(groups)]


def _covers(sig: Sig, on: date) -> bool:
    return (sig.start is None or sig.start <= on) and (sig.end is None or on <= sig.end)


def _on_its_days(sig: Sig, on: date, being_written: bool, worn: bool) -> Sig | None:
    """A dated dose counts on its day only, as often as the day is listed; a new order on its first."""
    if sig.days is None:
        return sig
    if not sig.days:
        note = () if being_written else ("a one-time dose on a day that is not told: counted today",)
        return replace(sig, frequency=steadily(times(1)), assumptions=(*sig.assumptions, *note))
    if worn and len(sig.days) > 1 and min(sig.days) <= on < _worn_until(sig.days):
        return replace(sig, frequency=steadily(times(len(sig.days), (_worn_until(sig.days) - min(sig.days)).days)))
    day = min(sig.days) if being_written and on not in sig.days else on
    count = sig.days.count(day)
    return replace(sig, frequency=steadily(times(count))) if count else None


def _worn_until(days: Sequence[date]) -> date:
    """The day on which the last of dated patches would be changed, by the longest time between two of them."""
    ordered = sorted(days)
    gap = max((later - earlier).days for earlier, later in pairwise(ordered))
    left = (date.max - ordered[-1]).days
    return ordered[-1] + timedelta(days=min(max(gap, 1), left))


def _without_ending(sigs: tuple[Sig, ...], on: date) -> tuple[Sig, ...]:
    """Periods include their last day, so steps meet on the day of the change: the one that starts counts."""
    if not any(sig.start == on for sig in sigs):
        return sigs
    return tuple(sig for sig in sigs if sig.start == on or sig.end != on)


def _next_step(dated: tuple[Sig, ...], on: date) -> tuple[Sig, ...]:
    """The step that an order which is being written will start with."""
    coming = [sig.start for sig in dated if sig.start and sig.start > on]
    return tuple(sig for sig in dated if sig.start == min(coming)) if coming else ()
