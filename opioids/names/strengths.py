"""Which of the amounts in a drug name is the opioid's, and which belong to what is combined with it.

An amount belongs to the ingredient that stands before it ("codeine 30 mg / paracetamol 500 mg"), or, where a
name begins with one, to the ingredient after it. Amounts joined in one ("5-325 mg") are told apart by the
marketed products, or by the rule that a partner's amount is always the larger (or smaller) one. What stays
open is left open: no strength is better than a wrong one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise

from opioids.drug_phrases import Named
from opioids.names.words import Amount
from opioids.products import Pharmacology, Product, Strength, StrengthUnit

LEAST_PARTNER = Decimal(100)
"""mg; less of acetaminophen, aspirin, ibuprofen or guaifenesin is in no tablet or spoon: it may be a range."""

MOST_JOINED = 5
"""No product joins more strengths; a longer row of numbers is something else."""

_ROUNDING = Decimal("0.005")
"""RxNorm rounds concentrations to three digits: 10 mg/15 mL is 0.667 mg/mL there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Strengths:
    """The opioid's strength, None when it cannot be told, and the amounts of what stands beside it."""

    opioid: Strength | None
    others: tuple[Decimal, ...]


def read_strengths(
    parts: Sequence[Named | Amount], pool: Sequence[Product], *, opioid_is_smaller: bool | None
) -> Strengths:
    """Tell the amounts of a name apart.

    Args:
        parts: what the name speaks of and the amounts in it, in their order.
        pool: the products that the name can mean, as far as its ingredients and brands tell.
        opioid_is_smaller: which of two joined amounts is the opioid's; None when no rule says so.
    """
    sums = _Sorting(pool=pool, opioid_is_smaller=opioid_is_smaller)
    for part in reversed(parts) if _begins_with_an_amount(parts) else parts:
        sums.take(part)
    return sums.result()


def in_one_volume(parts: Sequence[Named | Amount]) -> Sequence[Named | Amount] | None:
    """The parts of "hydrocodone 7.5 mg-acetaminophen 325 mg/15 mL", every amount in the volume of the last one.

    None for every other name.
    """
    amounts = [part for part in parts if isinstance(part, Amount)]
    if len(amounts) < 2 or amounts[-1].per is not StrengthUnit.MG_PER_ML:
        return None
    *before, last = amounts
    apart = not any(isinstance(one, Amount) and isinstance(other, Amount) for one, other in pairwise(parts))
    if not apart or any(one.per is not StrengthUnit.MG or one.measured != 1 for one in before):
        return None
    return [part._replace(per=last.per, per_count=last.per_count) if part in before else part for part in parts]


def with_lost_unit(parts: Sequence[Named | Amount]) -> Sequence[Named | Amount] | None:
    """The parts of "hydrocodone 5/acetaminophen 325 mg #30", with the unit of the second amount for the first as well.

    None for every other name; bare numbers may follow.
    """
    match parts:
        case [
            Named(),
            Amount(values=(_,), measured=0) as first,
            Named(),
            Amount(values=(_,), measured=1) as second,
            *rest,
        ] if all(isinstance(one, Amount) and not one.measured for one in rest):
            same = second.per is StrengthUnit.MG
            return [parts[0], first._replace(measured=1), *parts[2:]] if same else None
        case _:
            return None


def close(one: Decimal, other: Decimal) -> bool:
    """Whether two numbers are the same but for rounding."""
    return abs(one - other) <= other * _ROUNDING


def alike(one: Strength, other: Strength | None) -> bool:
    """Whether two strengths are the same but for rounding."""
    return other is not None and one.unit is other.unit and close(one.value, other.value)


def _begins_with_an_amount(parts: Sequence[Named | Amount]) -> bool:
    first = next(part for part in parts if isinstance(part, Named) or part.measured)
    return isinstance(first, Amount)


@dataclass(slots=True, kw_only=True)
class _Sorting:
    """The amounts of one name, sorted as they come."""

    pool: Sequence[Product]
    opioid_is_smaller: bool | None
    owners: frozenset[str] = frozenset()
    owners_have_theirs: bool = False
    own: list[Strength] = field(default_factory=list)
    others: list[Decimal] = field(default_factory=list)
    spoiled: bool = False

    def take(self, part: Named | Amount) -> None:
        if isinstance(part, Named):
            self.owners = _owners(part) if self.owners_have_theirs else self.owners | _owners(part)
            self.owners_have_theirs = False
        elif len(part.values) > 1:
            self._take_joined(part)
        elif part.measured:
            self._take_single(part, part.values[0])

    def result(self) -> Strengths:
        own = self._rates_among(self.own)
        opioid = own[0] if own and not self.spoiled else None
        if opioid and not all(alike(one, opioid) for one in own):
            opioid = None
        return Strengths(opioid=opioid, others=tuple(self.others))

    def _rates_among(self, own: Sequence[Strength]) -> Sequence[Strength]:
        """In "Fentanyl 25 mcg/h (4.2 mg) patch" the rate: the mass is what the whole patch holds."""
        rates = [one for one in own if one.unit is StrengthUnit.MCG_PER_HOUR]
        masses = all(one.unit in (StrengthUnit.MG, StrengthUnit.MCG_PER_HOUR) for one in own)
        return rates if rates and masses and any(_is_worn(one) for one in self.pool) else own

    def _take_joined(self, amount: Amount) -> None:
        strengths = [strength for value in amount.values if value and (strength := amount.strength(value))]
        readable = len(strengths) == len(amount.values) <= MOST_JOINED
        at = self._opioid_among(amount, strengths) if readable else None
        if at is not None:
            self.owners_have_theirs = True
            self.own.append(strengths.pop(at))
            self.others.extend(one.value for one in strengths)
        elif amount.measured == 1:  # "5 mg - 30 tablets"
            self._take_single(amount, amount.values[0])
        elif amount.measured:
            self.spoiled = True

    def _take_single(self, amount: Amount, value: Decimal | None) -> None:
        self.owners_have_theirs = True
        strength = amount.strength(value) if value else None
        owners = self.owners
        if strength and owners == {"opioid", "other"}:
            owners = self._owner_of(strength)
        if owners == {"other"}:
            if strength:
                self.others.append(strength.value)
        elif strength and "other" not in owners:
            self.own.append(strength)
        else:
            self.spoiled = True

    def _opioid_among(self, amount: Amount, strengths: Sequence[Strength]) -> int | None:
        """Which of several joined amounts is the opioid's."""
        places = range(len(strengths))
        found = {strengths[at]: at for at in places for one in self.pool if _is_marketed(strengths, at, one)}
        if found:
            return next(iter(found.values())) if len(found) == 1 else None
        return self._by_rule(amount)

    def _by_rule(self, amount: Amount) -> int | None:
        values = [value or Decimal(0) for value in amount.values]
        low, high = min(values), max(values)
        if len(values) != 2 or self.opioid_is_smaller is None:
            return None
        if self.opioid_is_smaller:
            return values.index(low) if low < LEAST_PARTNER <= high else None
        return values.index(high) if amount.measured and high >= 2 * low else None

    def _owner_of(self, strength: Strength) -> frozenset[str]:
        """Whose a single amount is that stands after several names: what is marketed tells."""
        opioid = any(alike(strength, product.components[0].strength) for product in self.pool)
        others = [other for product in self.pool for other in product.other_strengths]
        other = strength.unit is StrengthUnit.MG and any(close(strength.value, one) for one in others)
        if opioid is other:
            return self.owners
        return frozenset(["opioid" if opioid else "other"])


def _is_worn(product: Product) -> bool:
    strength = product.components[0].strength
    return strength is not None and strength.unit is StrengthUnit.MCG_PER_HOUR


def _owners(named: Named) -> frozenset[str]:
    opioid = any(one.pharmacology is not Pharmacology.ANTAGONIST for one in named.ingredients)
    return frozenset([*(["opioid"] if opioid else []), *(["other"] if named.beside else [])])


def _is_marketed(strengths: Sequence[Strength], at: int, product: Product) -> bool:
    """Whether a product holds exactly these amounts, the one at `at` being the opioid's."""
    others = sorted(product.other_strengths)
    rest = sorted(one.value for place, one in enumerate(strengths) if place != at)
    if not alike(strengths[at], product.components[0].strength) or len(rest) != len(others):
        return False
    return all(map(close, rest, others))
