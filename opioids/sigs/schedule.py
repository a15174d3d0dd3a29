"""A day in numbers, as German-speaking countries write it: "1-0-1", "1-0-0-2" in the morning, at noon, in the evening
and at bedtime.
"""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

from opioids.quantities import Dose, Unit
from opioids.sigs.clock import Moments
from opioids.sigs.doses import MOST_WITHOUT_UNIT
from opioids.sigs.strengths import WrittenDose
from opioids.sigs.tokens import Direction, Found, Kind
from opioids.sigs.words import LEADS_TO_A_DOSE, UNITS, UnitWord

_TIMES = ("morning", "noon", "evening", "bedtime")
_LEADS = (*LEADS_TO_A_DOSE, "directions", ":")
_ONE = UnitWord(unit=Unit.EACH)


def schedule(direction: Direction, at: int) -> Found[tuple[tuple[WrittenDose, Moments], ...]] | None:
    """The doses of a day in numbers and their times; doses that are alike are one with several times.

    "2-1-0" and "4-3-2-1" may as well be the days of a taper: only a day with a gap in it ("1-0-1", "1-0-0"), or with
    the same dose each time ("1-1-1"), can be nothing else.
    """
    if direction[at + 1].text != "-" or (at > 0 and direction[at - 1].text not in _LEADS):
        return None
    sizes, after = _sizes(direction, at)
    if len(sizes) not in (3, 4) or not any(sizes) or not _is_a_day(sizes):
        return None
    unit = UNITS.get(direction[after].text, _ONE)
    if unit is _ONE and max(sizes) > MOST_WITHOUT_UNIT:
        return None
    written = direction[at:after]
    note = f"{''.join(token.text for token in written)} is read as {'-'.join(_TIMES[: len(sizes)])}"
    taken = dict.fromkeys(size for size in sizes if size)
    return tuple(
        (
            WrittenDose(
                dose=Dose(low=size * unit.factor, high=size * unit.factor, unit=unit.unit, noun=unit.noun),
                assumptions=(note,),
            ),
            Moments(labels=tuple(time for time, one in zip(_TIMES, sizes, strict=False) if one == size)),
        )
        for size in taken
    ), after if unit is _ONE else after + 1


def _sizes(direction: Direction, at: int) -> tuple[tuple[Decimal, ...], int]:
    """The numbers of a row that hyphens join, and where it ends."""
    sizes: list[Decimal] = []
    while direction[at].kind in (Kind.NUMBER, Kind.FRACTION) and not _has_lost_a_hyphen(direction[at].text):
        sizes.append(direction[at].value)
        if direction[at + 1].text != "-":
            return tuple(sizes), at + 1
        at += 2
    return (), at


def _has_lost_a_hyphen(number: str) -> bool:
    """Whether a number is written as nobody writes one: "1-01-0" was "1-0-1-0"."""
    return number[:1] == "0" and number[1:2].isdecimal()


def _is_a_day(sizes: tuple[Decimal, ...]) -> bool:
    falls = all(one > other for one, other in pairwise(sizes))
    return len(set(sizes)) == 1 or (0 in sizes and not falls)
