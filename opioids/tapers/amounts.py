"""The amounts of one formulation that can be taken at a time, each in the fewest units that make it up."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain, combinations

from opioids.products import Form, Product
from opioids.shelf import ShelfLine, strength_of
from opioids.tapers.profiles import Practice

Units = tuple[tuple[Product, Decimal], ...]
"""Products with how many units of each."""

_HALF = Decimal("0.5")
_NOTHING = Decimal(0)


class Amounts:
    """What can be taken at a time, from nothing to the present dose, in mg (patches: mcg/h), and of what."""

    __slots__ = ("_made_of", "descending")

    def __init__(self, made_of: Mapping[Decimal, Units]) -> None:
        """`made_of` tells for each amount what makes it up."""
        self._made_of = made_of
        self.descending = tuple(sorted(made_of, reverse=True))

    def below(self, amount: Decimal) -> Decimal | None:
        """The next lower amount, or None below the least."""
        return next((one for one in self.descending if one < amount), None)

    def units(self, amount: Decimal) -> Units:
        """What makes up an amount."""
        return self._made_of[amount]

    def from_least(self, least: Decimal) -> Amounts:
        """Those that are not below `least`."""
        return Amounts({amount: units for amount, units in self._made_of.items() if amount >= least})

    def joined(self, other: Mapping[Decimal, Units]) -> Amounts:
        """These, and others in their place where both tell an amount."""
        return Amounts({**self._made_of, **other})


@lru_cache(maxsize=512)
def solid_amounts(line: ShelfLine, own: Product, present: Decimal, practice: Practice, *, halves: bool) -> Amounts:
    """Whole tablets, capsules or patches (half tablets only where asked for), up to `present` at a time.

    A dose of several units of the present product goes on in that product where it can; any other amount
    takes the fewest units, of at most two strengths. At most one more patch is worn than now. Of a combination an
    amount never takes more units than the present product would, rounded up: its partner counts.
    """
    each = strength_of(own)
    now = present / each
    most = math.ceil(now) + 1 if own.form is Form.PATCH else max(practice.most_units, int(now))
    found: dict[Decimal, Units] = {}
    line = told_apart(line, own, practice)
    made = chain(
        _combinations(line, most, practice), _with_halves(line, most) if halves and _can_be_halved(own) else ()
    )
    for units in made:
        if not own.combination or _count(units) <= math.ceil(_amount(units) / each):
            _keep(found, units, present)
    for count in range(1, int(now) + 1):
        found[each * count] = ((own, Decimal(count)),)
    found[present] = found.get(present, ((own, now),))
    if own.form is Form.PATCH:
        found = _thinned(found, _apart(line, practice))
    return Amounts({_NOTHING: (), **found})


def told_apart(line: ShelfLine, own: Product, practice: Practice) -> ShelfLine:
    """Without strengths that are nearly alike, largest first, the present one among them: nobody goes from tablets of
    13.5 mg to tablets of 12.8 mg.
    """
    apart = _apart(line, practice)
    kept = [own]
    for product in reversed(line.products):
        if all(abs(strength_of(product) - strength_of(one)) >= apart for one in kept):
            kept.append(product)
    return ShelfLine(products=tuple(sorted(kept, key=strength_of)))


def _apart(line: ShelfLine, practice: Practice) -> Decimal:
    """By how much two strengths have to differ for one to follow the other."""
    return practice.apart_percent * strength_of(line.products[0]) / 100


def _thinned(found: Mapping[Decimal, Units], apart: Decimal) -> dict[Decimal, Units]:
    """Without amounts that are nearly alike: the 12 mcg/h system delivers 12.5, and nobody changes 25 for 12 and 12."""
    kept: dict[Decimal, Units] = {}
    for amount in sorted(found, reverse=True):
        if not kept or min(kept) - amount >= apart:
            kept[amount] = found[amount]
    return kept


def _combinations(line: ShelfLine, most: int, practice: Practice) -> Iterator[Units]:
    """Up to `most` units of one strength, or a few of two; more strengths in one dose nobody would keep apart."""
    for product in line.products:
        yield from (((product, Decimal(count)),) for count in range(1, most + 1))
    few = min(most, practice.most_mixed_units)
    for one, other in combinations(line.products, 2):
        for count in range(1, few):
            for others in range(1, few - count + 1):
                yield ((other, Decimal(others)), (one, Decimal(count)))


def _with_halves(line: ShelfLine, most: int) -> Iterator[Units]:
    """Some whole tablets and half of one, all of one strength."""
    for product in line.products:
        yield from (((product, count + _HALF),) for count in map(Decimal, range(most)))


def _keep(found: dict[Decimal, Units], units: Units, most: Decimal) -> None:
    """Remember what makes up an amount when it takes fewer units, or fewer strengths, than what is known."""
    amount = _amount(units)
    if amount <= most and (amount not in found or _effort(units) < _effort(found[amount])):
        found[amount] = units


def _amount(units: Units) -> Decimal:
    return sum((strength_of(product) * count for product, count in units), _NOTHING)


def _count(units: Units) -> int:
    """How many units are touched: half of one is one."""
    return sum(math.ceil(count) for _, count in units)


def _effort(units: Units) -> tuple[int, bool, int]:
    """What is simpler comes first: fewer tablets, none of them cut, fewer strengths."""
    return _count(units), any(count != int(count) for _, count in units), len(units)


def _can_be_halved(product: Product) -> bool:
    """Immediate-release tablets only: never what releases slowly, never capsules or patches."""
    return product.form is Form.SOLID and product.noun == "tablet" and not product.extended_release


def liquid_amounts(product: Product, present: Decimal, mark: Decimal) -> Amounts:
    """Volumes that can be measured, up to the present dose; the smallest of them holds `mark` mg."""
    each, step = strength_of(product), mark / strength_of(product)
    made_of: dict[Decimal, Units] = {
        each * step * number: ((product, step * number),) for number in range(1, int(present / (each * step)) + 1)
    }
    return Amounts({_NOTHING: (), **made_of, present: ((product, present / each),)})


def mark_of(product: Product, practice: Practice) -> Decimal:
    """What the smallest volume of a solution that can be measured holds, in mg."""
    each = strength_of(product)
    strong = each > practice.strong_liquid_mg_per_ml
    return each * (practice.strong_liquid_step_ml if strong else practice.liquid_step_ml)


def worth_a_step(mark: Decimal, weight: Decimal, practice: Practice) -> Decimal:
    """The fewest marks of a solution that a step is worth taking for, in mg, where one mg is worth `weight` MME."""
    return mark * max(1, math.ceil(practice.least_mme_step / (mark * weight)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Finer:
    """Which smaller strengths may take a tablet's place: of a unit no more than `coarse` where that can be, no smaller
    than `least`, and best one of which at most `most_units` make up a unit; never one that takes more than `few`.
    """

    coarse: Decimal
    least: Decimal
    most_units: Decimal
    few: Decimal


def finer_than(own: Product, each: Decimal, coarse: Decimal, practice: Practice) -> Finer:
    """What may take the place of `each` units at a time: more than a few small tablets nobody takes for one."""
    most = Decimal(practice.most_units)
    return Finer(
        coarse=coarse, least=strength_of(own) * each / most, most_units=most, few=Decimal(practice.most_mixed_units)
    )


def as_needed_amounts(line: ShelfLine, own: Product, present: Decimal, finer: Finer) -> Amounts:
    """What can be taken a day as needed: whole units of one strength, so that one prescription says it.

    Where a unit of the present product is more than is fine enough, a smaller strength takes its place, and again
    where two units would be left. Of a combination never more units are taken than now: its partner counts.
    """
    now = present / strength_of(own)
    unit = own if own.combination else _fine_enough(line, own, finer)
    most = int(now) if own.combination else int(present / strength_of(line.products[0]))
    made_of: dict[Decimal, Units] = {}
    upper = present
    strengths = [unit, *_finer_and_finer(line, unit, finer)]
    for product in strengths:
        each = strength_of(product)
        fewest = 1 if product is strengths[-1] or most == 1 else 2
        counts = range(fewest, min(math.ceil(upper / each), most + 1))
        made_of |= {each * count: ((product, Decimal(count)),) for count in counts}
        upper = min(upper, 2 * each)
    return Amounts({_NOTHING: (), **made_of, present: ((own, now),)})


def _fine_enough(line: ShelfLine, own: Product, finer: Finer) -> Product:
    """The present product, or the largest smaller strength that is fine enough; none but it where all are too small."""
    if strength_of(own) <= finer.coarse:
        return own
    found = [one for one in _smaller(line, own, finer) if strength_of(one) >= finer.least]
    return next((one for one in found if strength_of(one) <= finer.coarse), min(found, key=strength_of, default=own))


def _finer_and_finer(line: ShelfLine, product: Product, finer: Finer) -> Iterator[Product]:
    """One smaller strength after the other, as each stands in for the one before it."""
    while smaller := _smaller(line, product, finer):
        product = smaller[0]
        yield product


def _smaller(line: ShelfLine, product: Product, finer: Finer) -> list[Product]:
    """Smaller strengths, first those of which a few make up one unit, largest first; none that takes very many."""
    each = strength_of(product)
    smaller = [one for one in reversed(line.products) if each / finer.few <= strength_of(one) < each]
    dividing = [one for one in smaller if not each % strength_of(one) and each <= finer.most_units * strength_of(one)]
    return [*dividing, *(one for one in smaller if one not in dividing)]
