"""Who is used to opioids by the labels of products that are for such people only.

A label names a daily dose of each of several opioids, taken for a week or more; any of them is enough, or parts of
several that come to one. What it does not name is measured against the dose of morphine that it does.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from opioids.mme import MmeTotal
from opioids.mme_lines import MmeLine
from opioids.products import Kind, Route
from opioids.quantities import Unit
from opioids.tables import KnowledgeError, Review, rows_of

_FILE = "formulary/tolerance.csv"
_MEASURE = ("morphine", Route.ORAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enough:
    """The least of one opioid a day, for so many days, that makes somebody used to opioids by a label.

    `begun` and `kind` are each an ingredient by a route: the product's, and that of the opioid that is enough.
    """

    begun: Kind
    kind: Kind
    least_per_day: Decimal
    unit: Unit
    least_days: int
    review: Review


def begun_without(current: MmeTotal, proposed: MmeTotal, therapy_days: int | None) -> tuple[Enough, ...]:
    """What a label asks for, where a product is begun that is only for people who are used to opioids, and by these
    totals they are not; else nothing.

    A length of therapy that is not known (None) may be long enough. What the table does not convert is begun all the
    same.
    """
    labels = _labels()
    if asking := [kind for kind in _kinds(proposed) if kind in labels]:
        taken = _kinds(current)
        for kind in asking:
            if kind not in taken and not is_enough(labels[kind], current.counted, therapy_days):
                return labels[kind]
    return ()


def _kinds(total: MmeTotal) -> list[Kind]:
    return [*map(_kind, total.counted), *(one.kind for one in total.uncounted if one.kind)]


def _kind(line: MmeLine) -> Kind:
    return line.ingredient.name, line.route


def is_enough(asked: tuple[Enough, ...], lines: Iterable[MmeLine], therapy_days: int | None = None) -> bool:
    """Whether as much is taken as a label asks for, and for so long; however long where that is not told."""
    if therapy_days is not None and therapy_days < min(one.least_days for one in asked):
        return False
    least = {one.kind: one for one in asked}
    parts = Decimal(0)
    for line in lines:
        named = least.get(_kind(line))
        if named and named.unit is line.unit:
            parts += line.dose_per_day.maximum / named.least_per_day
        else:
            parts += line.mme_per_day.maximum / least[_MEASURE].least_per_day
    return parts >= 1


@cache
def _labels() -> Mapping[Kind, tuple[Enough, ...]]:
    found: dict[Kind, list[Enough]] = {}
    for row in rows_of(_FILE):
        for route in map(Route, row["begun_routes"].split("|")):
            one = Enough(
                begun=(row["begun"], route),
                kind=(row["ingredient"], Route(row["route"])),
                least_per_day=Decimal(row["least_per_day"]),
                unit=Unit(row["unit"]),
                least_days=int(row["least_days"]),
                review=Review(row["review"]),
            )
            found.setdefault(one.begun, []).append(one)
    for (name, route), asked in found.items():
        if _MEASURE not in {one.kind for one in asked}:
            raise KnowledgeError(f"{_FILE}: {name} ({route}): no dose of morphine by mouth to measure others by")
    return {kind: tuple(asked) for kind, asked in found.items()}
