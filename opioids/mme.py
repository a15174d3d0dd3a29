"""The total in morphine milligram equivalents of a set of orders on a day, under one conversion table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from opioids.conversion import ConversionTable
from opioids.converted import Converted, Worth, converted
from opioids.dosing import DailyAmount
from opioids.mme_lines import MmeLine, line_of
from opioids.prescriptions import WITHOUT_A_FACTOR, Content, Ignored, IgnoredReason, Prescription, Uncounted
from opioids.quantities import round_half_up
from opioids.tables import Review
from opioids.values import maker, quickly_made

_COMPARED_TO = 6
"""Decimal places at which totals are compared, so that 3 doses in 7 days cannot miss a threshold by a hair."""
_NOTHING = Decimal(0)


@quickly_made
class MmeTotal:
    """What a set of orders adds up to on a day under one conversion table.

    `holds_treatment` tells whether treatment of opioid use disorder is among what is ignored, `holds_partial_agonist`
    whether buprenorphine for pain is that the table does not convert.

    `scheduled` is the MME/day taken as ordered, as-needed doses left out; `maximum` that with every
    as-needed dose and the upper end of every range. `supplements` holds, for uncounted orders that the table
    does not convert, what they come to by the table beside it: to be shown under its name, never added.
    """

    table: str
    as_of: date
    counted: tuple[MmeLine, ...]
    uncounted: tuple[Uncounted, ...]
    ignored: tuple[Ignored, ...]
    scheduled: Decimal
    maximum: Decimal
    supplements: tuple[Supplement, ...] = ()
    holds_treatment: bool = field(init=False)
    holds_partial_agonist: bool = field(init=False)

    def __post_init__(self) -> None:
        reasons = [one.reason for one in self.ignored]
        object.__setattr__(self, "holds_treatment", IgnoredReason.OPIOID_USE_DISORDER_TREATMENT in reasons)
        object.__setattr__(self, "holds_partial_agonist", IgnoredReason.PARTIAL_AGONIST in reasons)

    @property
    def provisional(self) -> bool:
        """True when a factor in it has not been checked against its source."""
        return Review.PROVISIONAL in [line.conversion.review for line in self.counted]

    @property
    def complete(self) -> bool:
        """True when nothing that is or may be an opioid was left out."""
        return not self.uncounted

    @property
    def holds_any_opioid(self) -> bool:
        """Whether any opioid is, or may be, taken, those that are never converted included."""
        return bool(self.counted or self.uncounted) or self.holds_treatment or self.holds_partial_agonist


make_total = maker(MmeTotal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Supplement:
    """What one uncounted order comes to by another table, for orientation only."""

    uncounted: Uncounted
    table: str
    lines: tuple[MmeLine, ...]

    @property
    def mme_per_day(self) -> DailyAmount:
        """Its MME a day by that table."""
        return DailyAmount(
            scheduled=_sum(line.mme_per_day.scheduled for line in self.lines),
            maximum=_sum(line.mme_per_day.maximum for line in self.lines),
        )

    @property
    def arithmetic(self) -> str:
        """The sum in words."""
        return " + ".join(line.arithmetic for line in self.lines)

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What was assumed for it."""
        return tuple(dict.fromkeys(note for line in self.lines for note in line.assumptions))


def _sum(values: Iterable[Decimal]) -> Decimal:
    return round_half_up(sum(values, _NOTHING), _COMPARED_TO)


Result = Converted | Supplement | Uncounted | Ignored


def mme_total(
    contents: Sequence[Content], table: ConversionTable, as_of: date, *, being_written: frozenset[str] = frozenset()
) -> MmeTotal:
    """Add up orders under one table on one day.

    Args:
        contents: one entry per order; what is already uncounted or ignored is carried through.
        table: the conversion table; banded factors use the patient's total of the ingredient.
        as_of: the day for which steps and dated doses are looked up.
        being_written: references of orders that are being written, whose first step counts today.
    """
    return _added_up([_result(one, table, as_of, being_written) for one in contents], table, as_of)


def before_and_after(
    current: Sequence[Content],
    proposed: Sequence[Content],
    table: ConversionTable,
    as_of: date,
    being_written: frozenset[str],
) -> tuple[MmeTotal, MmeTotal]:
    """The totals before and with the orders being written; what is the same in both is worked out once."""
    before = [_result(one, table, as_of, frozenset()) for one in current]
    after = [
        before[index] if index < len(current) and one is current[index] else _result(one, table, as_of, being_written)
        for index, one in enumerate(proposed)
    ]
    return _added_up(before, table, as_of), _added_up(after, table, as_of)


def maximum_of(counted: Sequence[tuple[Prescription, Worth]]) -> Decimal:
    """The maximum alone of what `mme_total` comes to, told from what each prescription comes to."""
    if True in [worth.banded for _, worth in counted]:
        return _sum([line.mme_per_day.maximum for line in _banded(counted)])
    return _sum([worth.maximum for _, worth in counted])


def _result(one: Content, table: ConversionTable, as_of: date, being_written: frozenset[str]) -> Result:
    if not isinstance(one, Prescription):
        return one
    result = converted(one, table, as_of, being_written)
    if isinstance(result, Uncounted) and table.supplement and result.reason in WITHOUT_A_FACTOR:
        beside = converted(one, table.supplement, as_of, being_written)
        if isinstance(beside, Converted):
            return Supplement(uncounted=result, table=table.supplement.id, lines=beside.lines)
    return result


def _added_up(results: Sequence[Result], table: ConversionTable, as_of: date) -> MmeTotal:
    counted: list[Converted] = []
    uncounted: list[Uncounted] = []
    ignored: list[Ignored] = []
    supplements: list[Supplement] = []
    for one in results:
        if isinstance(one, Converted):
            counted.append(one)
        elif isinstance(one, Ignored):
            ignored.append(one)
        elif isinstance(one, Supplement):
            supplements.append(one)
            uncounted.append(one.uncounted)
        else:
            uncounted.append(one)
    if True in [one.worth.banded for one in counted]:
        lines = _banded([(one.prescription, one.worth) for one in counted])
    else:
        lines = [line for one in counted for line in one.lines]
    return make_total(
        table=table.id,
        as_of=as_of,
        counted=tuple(lines),
        uncounted=tuple(uncounted),
        ignored=tuple(ignored),
        scheduled=_sum([line.mme_per_day.scheduled for line in lines]),
        maximum=_sum([line.mme_per_day.maximum for line in lines]),
        supplements=tuple(supplements),
    )


def _banded(counted: Sequence[tuple[Prescription, Worth]]) -> list[MmeLine]:
    """The lines of all orders where a factor goes by what is taken of an ingredient in all of them."""
    totals = _ingredient_totals(worth for _, worth in counted)
    return [
        line_of(one, part, totals[part.component.ingredient.name]) for one, worth in counted for part in worth.parts
    ]


def _ingredient_totals(counted: Iterable[Worth]) -> dict[str, DailyAmount]:
    totals: dict[str, DailyAmount] = {}
    for one in counted:
        for part in one.parts:
            name, amount = part.component.ingredient.name, part.converted
            before = totals.get(name, DailyAmount(scheduled=Decimal(0), maximum=Decimal(0)))
            totals[name] = DailyAmount(
                scheduled=before.scheduled + amount.scheduled, maximum=before.maximum + amount.maximum
            )
    return totals
