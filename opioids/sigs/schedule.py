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
from opioids.sigs.tokens import Found, Kind, Token
from opioids.sigs.words import LEADS_TO_A_DOSE, UNITS, UnitWord

_TIMES = ("morning", "noon", "evening", "bedtime")
_LEADS = (*LEADS_TO_A_DOSE, "directions", ":")
_ONE = UnitWord(unit=Unit.EACH)


def schedule(at: Token) -> Found[tuple[tuple[WrittenDose, Moments], ...]] | None:
    """The doses of a day in numbers and their times; doses that are alike are one with several times.

    "2-1-0" and "4-3-2-1" may as well be the days of a taper: only a day with a gap in it ("1-0-1", "1-0-0"), or with
    the same dose each time ("1-1-1"), can be nothing else.
    """
    if at.next.text != "-" or (not at.is_first and at.before.text not in _LEADS):
        return None
    sizes, after = _sizes(at)
    if len(sizes) not in (3, 4) or not any(sizes) or not _is_a_day(sizes):
        return None
    unit = UNITS.get(after.text, _ONE)
    if unit is _ONE and max(sizes) > MOST_WITHOUT_UNIT:
        return None
    written = "".join(token.text for token in at.until(after))
    note = f"{written} is read as {'-'.join(_TIMES[: len(sizes)])}"
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
    ), after if unit is _ONE else after.next


def _sizes(at: Token) -> tuple[tuple[Decimal, ...], Token]:
    """The numbers of a row that hyphens join, and where it ends."""
    sizes: list[Decimal] = []
    while at.kind in (Kind.NUMBER, Kind.FRACTION) and not _has_lost_a_hyphen(at.text):
        sizes.append(at.value)
        if at.next.text != "-":
            return tuple(sizes), at.next
        at = at.next.next
    return (), at


def _has_lost_a_hyphen(number: str) -> bool:
    """Whether a number is written as nobody writes one: "1-01-0" was "1-0-1-0"."""
    return number[:1] == "0" and number[1:2].isdecimal()


def _is_a_day(sizes: tuple[Decimal, ...]) -> bool:
    falls = all(one > other for one, other in pairwise(sizes))
    return len(set(sizes)) == 1 or (0 in sizes and not falls)
