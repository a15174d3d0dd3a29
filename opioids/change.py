"""What the orders being written change: how much less, of what, and whether it could be less."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from opioids.formulary import Formulary
from opioids.mme import MmeTotal
from opioids.mme_lines import MmeLine
from opioids.prescriptions import IgnoredReason
from opioids.products import Product


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """The difference between two totals. `cut` is MME/day, `percent` of the dose before; negative rises.

    `rotation` means that one opioid stops and another starts: a lower total is then no taper.
    `judgeable` is false when something new could not be counted, so that the difference means nothing.
    """

    cut: Decimal
    percent: Decimal
    to_zero: bool
    rotation: bool
    judgeable: bool
    only_as_needed: bool
    smallest_step: bool


def change_of(current: MmeTotal, proposed: MmeTotal, formulary: Formulary) -> Change:
    """Compare the totals before and with the orders being written."""
    cut = current.maximum - proposed.maximum
    if _nothing_goes(current, proposed):
        return Change(
            cut=cut,
            percent=Decimal(0),
            to_zero=False,
            rotation=False,
            judgeable=True,
            only_as_needed=False,
            smallest_step=False,
        )
    gone, come = _lines_only_in(current, proposed), _lines_only_in(proposed, current)
    before = {one.reference for one in current.uncounted}
    return Change(
        cut=cut,
        percent=100 * cut / current.maximum if current.maximum else Decimal(0),
        to_zero=not proposed.counted and not proposed.uncounted,
        rotation=_is_rotation(current, proposed),
        judgeable=all(one.reference in before for one in proposed.uncounted),
        only_as_needed=current.scheduled == proposed.scheduled,
        smallest_step=_is_smallest_step(gone, come, formulary),
    )


def _nothing_goes(current: MmeTotal, proposed: MmeTotal) -> bool:
    """Whether all that is taken now stays as it is: then nothing is lowered, stopped or rotated."""
    staying = {(line.reference, line.ingredient.name): line.mme_per_day.maximum for line in proposed.counted}
    return all(
        staying.get((line.reference, line.ingredient.name)) == line.mme_per_day.maximum for line in current.counted
    )


def _lines_only_in(one: MmeTotal, other: MmeTotal) -> list[MmeLine]:
    """The lines that have no like in the other total: a renewed order is no change."""
    known = Counter(map(_taken, other.counted))
    only = []
    for line in one.counted:
        if known[_taken(line)]:
            known[_taken(line)] -= 1
        else:
            only.append(line)
    return only


def _taken(line: MmeLine) -> tuple[object, ...]:
    product = line.product
    return (product.components, product.form, product.extended_release, line.dose_per_day)


def _is_rotation(current: MmeTotal, proposed: MmeTotal) -> bool:
    before, after = _ingredients(current.counted), _ingredients(proposed.counted)
    known = {one.reference for one in current.ignored}
    substitutes = (IgnoredReason.PARTIAL_AGONIST, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    started = after - before or {
        one.reference for one in proposed.ignored if one.reason in substitutes and one.reference not in known
    }
    return bool(before - after) and bool(started)


def _ingredients(lines: Iterable[MmeLine]) -> set[str]:
    return {line.ingredient.name for line in lines}


def _is_smallest_step(gone: list[MmeLine], come: list[MmeLine], formulary: Formulary) -> bool:
    """Whether the cut of one opioid is no more than one marketed step of one of its units a day."""
    if len(_ingredients(gone) | _ingredients(come)) != 1:
        return False
    cut = sum((line.dose_per_day.maximum for line in gone), Decimal(0)) - sum(
        (line.dose_per_day.maximum for line in come), Decimal(0)
    )
    steps = [step for line in gone if (step := smallest_step(line.product, formulary)) is not None]
    return bool(steps) and 0 < cut <= min(steps)


def smallest_step(product: Product, formulary: Formulary) -> Decimal | None:
    """From this strength to the next lower one that is marketed (or to nothing), in the strength's unit."""
    strength = product.components[0].strength
    if strength is None:
        return None
    lower = [value for value in formulary.marketed_strengths(product) if value < strength.value]
    return strength.value - lower[-1] if lower else strength.value
