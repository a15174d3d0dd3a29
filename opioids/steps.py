"""Which of an order's dosage instructions are in force on a day.

Instructions without a sequence, or with the same one, are taken together. Different sequences, or
periods that follow one another, are steps: only the step in force counts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from opioids.prescriptions import Sig
from opioids.quantities import Dose, Frequency, PerDay, steadily

LONGEST_STEP_DAYS = 36_500


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """The instructions that count on the day. Empty `sigs` mean that the day is outside all of them."""

    sigs: tuple[Sig, ...]
    assumptions: tuple[str, ...] = ()


def in_force(
    sigs: Sequence[Sig], on: date, *, starts: date | None, being_written: bool, size: Callable[[Sig], Decimal]
) -> InForce:
    """The instructions of one order that count on `on`.

    `starts` is the first day of the order, where known; an order that is `being_written` starts today
    or later, so its first step counts when none is in force yet. `size` is the maximum MME/day of an
    instruction, by which the largest step is chosen when the day does not tell which is in force.
    """
    first = starts or (on if being_written else None)
    dated = _with_dates(tuple(sigs), first)
    today = tuple(filter(None, (_on_its_days(sig, on, being_written) for sig in dated if _covers(sig, on))))
    if not today and being_written:
        today = _next_step(dated, on)
    groups = _by_sequence(today)
    if len(groups) < 2:
        return InForce(sigs=today)
    if all(sig.start for sig in today):
        latest = max(groups, key=lambda group: max(sig.start or date.min for sig in group))
        return InForce(sigs=latest)
    largest = max(groups, key=lambda group: sum(map(size, group), Decimal(0)))
    return InForce(sigs=largest, assumptions=("which step is in force cannot be told: the largest was counted",))


def _with_dates(sigs: tuple[Sig, ...], first: date | None) -> tuple[Sig, ...]:
    """Give each step of a sequence the days that follow from the lengths of the steps before it."""
    if len({sig.sequence for sig in sigs}) < 2 or first is None or any(sig.start for sig in sigs):
        return sigs
    dated: list[Sig] = []
    day: date | None = first
    for group in _by_sequence(sigs):
        length = max((sig.duration for sig in group if sig.duration), default=None)
        end = _after(day, length)
        dated.extend(replace(sig, start=day, end=end and end - timedelta(days=1)) for sig in group)
        day = end
        if day is None:
            break
    return tuple(dated) if len(dated) == len(sigs) else sigs


def _after(day: date | None, length: Decimal | None) -> date | None:
    if day is None or length is None or not 0 < length <= LONGEST_STEP_DAYS:
        return None
    return day + timedelta(days=int(length.to_integral_value(rounding="ROUND_CEILING")))


def _by_sequence(sigs: tuple[Sig, ...]) -> list[tuple[Sig, ...]]:
    """Instructions grouped by sequence, in its order; those without one form a group of their own."""
    groups: dict[int | None, list[Sig]] = {}
    for sig in sigs:
        groups.setdefault(sig.sequence, []).append(sig)
    return [tuple(groups[key]) for key in sorted(groups, key=lambda key: -1 if key is None else key)]


def _covers(sig: Sig, on: date) -> bool:
    return (sig.start is None or sig.start <= on) and (sig.end is None or on <= sig.end)


def _on_its_days(sig: Sig, on: date, being_written: bool) -> Sig | None:
    """A dated dose counts on its day only, as often as the day is listed; a new order on its first."""
    if sig.days is None:
        return sig
    day = min(sig.days) if being_written and on not in sig.days and sig.days else on
    count = sig.days.count(day)
    if not count:
        return None
    once = steadily(PerDay(count=Decimal(count), days=Decimal(1)))
    frequency = once if isinstance(sig.frequency, Frequency | None) else sig.frequency
    return replace(sig, frequency=frequency if isinstance(sig.dose, Dose | None) else sig.frequency)


def _next_step(dated: tuple[Sig, ...], on: date) -> tuple[Sig, ...]:
    """The step that an order which is being written will start with."""
    coming = [sig for sig in dated if sig.start and sig.start > on]
    if not coming:
        return ()
    first = min(sig.start for sig in coming if sig.start)
    return tuple(sig for sig in coming if sig.start == first)
