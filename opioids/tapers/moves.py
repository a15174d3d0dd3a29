"""The next lower dose of one formulation: near the pace, in units that exist, and simple to take."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby, islice

from opioids.tapers.streams import Stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """How much less a step should be, in mg of the stream a day.

    `wanted` is the pace, `at_first` what it was at the start; `most` the largest cut that rounding may make, `apart`
    how much the doses of one day may differ, and `lopsided` from how many times another one on a dose is avoided.
    `late_first` lowers the evening before the morning.
    """

    wanted: Decimal
    at_first: Decimal
    most: Decimal
    apart: Decimal
    lopsided: Decimal
    late_first: bool = False


_NOTHING = Decimal(0)

_MOST_CHOICES = 1300
"""So many ways to lower the doses of a day are compared. Many tablets many times a day could be lowered in millions."""
_MOST_OPTIONS, _LEAST_OPTIONS = 24, 3

Doses = tuple[Decimal, ...]


def next_doses(stream: Stream, doses: Doses, aim: Aim) -> Doses | None:
    """The doses of the next step, or None when nothing is left to lower.

    Of the cuts near the pace the simplest is chosen: doses that are alike, few changes, few units. Rounding
    up is for less than half of the smallest step. Where every cut is larger than that, the smallest.
    """
    if stream.mark:
        after = _evenly_less(stream, doses, aim)
        return None if after == doses else after
    found = [(_cut(doses, one), one) for one in _lower(stream, doses, aim)]
    if not found:
        return None
    near = [one for cut, one in found if cut > aim.wanted / 2 and _is_rounding(stream, doses, one, aim)]
    if near:
        return min(near, key=lambda one: _preference(stream, doses, one, aim))
    below = [cut for cut, _ in found if cut < aim.wanted]
    nearest = max(below) if below else min(cut for cut, _ in found)
    return min((one for cut, one in found if cut == nearest), key=lambda one: _preference(stream, doses, one, aim))


def _cut(before: Doses, after: Doses) -> Decimal:
    return sum(before, _NOTHING) - sum(after, _NOTHING)


def _is_rounding(stream: Stream, before: Doses, after: Doses, aim: Aim) -> bool:
    """Whether a cut is within the pace, or above it by no more than rounding to the nearest unit makes."""
    cut = _cut(before, after)
    if cut <= aim.wanted:
        return True
    steps = [smallest_step(stream, dose) for dose, later in zip(before, after, strict=True) if later < dose]
    return cut <= aim.most and cut - aim.wanted < min(steps) / 2


def smallest_step(stream: Stream, dose: Decimal) -> Decimal:
    """From a dose to the next lower one that can be put together, or to nothing."""
    return dose - (stream.amounts.below(dose) or _NOTHING)


def _evenly_less(stream: Stream, doses: Doses, aim: Aim) -> Doses:
    """Of a solution, less at every dose time alike while that is within the pace, else at one after another.

    A share of what is left is never nothing: near the end a step is as small as is worth taking, no smaller, and
    never more than at the start.
    """
    after = list(doses)
    taken = [index for index, dose in enumerate(doses) if dose]
    less = max(min(aim.wanted, sum(doses, _NOTHING)), min(stream.least_step, aim.at_first), stream.mark)
    marks = int(less / stream.mark)
    if marks >= len(taken):
        marks -= marks % len(taken)
    for _ in range(marks):
        most = max(after)
        equal = [index for index in taken if after[index] == most]
        index = equal[-1] if aim.late_first else equal[0]
        after[index] = stream.amounts.below(most) or min(most, stream.amounts.descending[-1])
    return tuple(after)


def _lower(stream: Stream, doses: Doses, aim: Aim) -> Iterator[Doses]:
    """Every way to take less within `aim.most`, and the smallest steps of single doses beyond it."""
    order = sorted(range(len(doses)), key=lambda index: doses[index])
    groups = [list(group) for _, group in groupby(order, key=lambda index: doses[index])]
    room = max(aim.most, aim.wanted)
    for choice in _compared(stream, doses, groups, room):
        after = _arranged(doses, groups, choice, late_first=aim.late_first)
        if after != doses:
            yield after
    for group in groups:
        dose = doses[group[0]]
        lower = stream.amounts.below(dose)
        if lower is not None and dose - lower > room:
            one_less = [lower, *([dose] * (len(group) - 1))]
            yield _arranged(doses, [group], [one_less], late_first=aim.late_first)


Choice = list[list[Decimal]]
"""For each group of equal doses the amounts that its doses become, smallest first."""


def _compared(stream: Stream, doses: Doses, groups: Sequence[Sequence[int]], room: Decimal) -> list[Choice]:
    """Every choice within `room`; where there are too many, those among fewer and simpler amounts."""
    most = _MOST_OPTIONS
    while True:
        options = {doses[group[0]]: _options(stream, doses[group[0]], room, most) for group in groups}
        found = list(islice(_choices(options, doses, groups, room), _MOST_CHOICES + 1))
        if len(found) <= _MOST_CHOICES or most <= _LEAST_OPTIONS:
            return found[:_MOST_CHOICES]
        most //= 2


def _options(stream: Stream, dose: Decimal, room: Decimal, most: int) -> list[Decimal]:
    """What a dose may become, largest first; where there are many, the first two and those of fewest units."""
    found = [one for one in stream.amounts.descending if one <= dose and dose - one <= room]
    if len(found) <= most:
        return found
    simple = sorted(found[2:], key=lambda one: (sum(count for _, count in stream.amounts.units(one)), -one))
    return sorted([*found[:2], *simple[: most - 2]], reverse=True)


def _choices(
    options: Mapping[Decimal, list[Decimal]], doses: Doses, groups: Sequence[Sequence[int]], room: Decimal
) -> Iterator[Choice]:
    """Every choice that lowers the doses by no more than `room` together."""
    if not groups:
        yield []
        return
    dose = doses[groups[0][0]]
    for amounts in _multisets(options[dose], dose, len(groups[0]), room):
        left = room - (dose * len(amounts) - sum(amounts, _NOTHING))
        for rest in _choices(options, doses, groups[1:], left):
            yield [amounts, *rest]


def _multisets(options: Sequence[Decimal], dose: Decimal, count: int, room: Decimal) -> Iterator[list[Decimal]]:
    """`count` of the options, smallest first, for as many doses that together become less by no more than `room`."""

    def chosen(start: int, left: int, free: Decimal) -> Iterator[list[Decimal]]:
        if not left:
            yield []
            return
        for index in range(start, len(options)):
            cost = dose - options[index]
            if cost > free:
                break
            for rest in chosen(index, left - 1, free - cost):
                yield [*rest, options[index]]

    yield from chosen(0, count, room)


def _arranged(
    doses: Doses, groups: Sequence[Sequence[int]], choice: Sequence[Sequence[Decimal]], *, late_first: bool
) -> Doses:
    """The chosen amounts at their times of the day: the lower ones in the morning, or in the evening."""
    after = list(doses)
    for group, amounts in zip(groups, choice, strict=True):
        times = sorted(group, reverse=late_first)
        for index, amount in zip(times, sorted(amounts), strict=True):
            after[index] = amount
    return tuple(after)


def _preference(stream: Stream, before: Doses, after: Doses, aim: Aim) -> tuple[object, ...]:
    taken = [one for one in after if one]
    spread = max(after) - min(after)
    changed = sum(1 for one, other in zip(before, after, strict=True) if one != other)
    units = [unit for one in taken for unit in stream.amounts.units(one)]
    count = sum((number for _, number in units), _NOTHING)
    strengths = len({product.name for product, _ in units})
    distance = abs(_cut(before, after) - aim.wanted)
    later = after[::-1] if aim.late_first else after
    lopsided = bool(taken) and max(taken) > aim.lopsided * min(taken)
    return (spread > aim.apart, lopsided, changed, strengths, count, distance, spread, later)
