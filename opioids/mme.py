"""The total in morphine milligram equivalents of a set of orders on a day, under one conversion table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from opioids.conversion import ConversionTable
from opioids.dosing import DailyAmount, Dosed, dose_of
from opioids.mme_lines import MmeLine, line_of
from opioids.prescriptions import Ignored, Prescription, Uncounted, UncountedReason
from opioids.quantities import round_half_up
from opioids.remembered import Remembered
from opioids.steps import is_undated
from opioids.tables import Review

MOST_MME_OF_ONE_ORDER = Decimal(2000)
"""A daily total above this from one order is a slip of the pen: shown, never added."""

_COMPARED_TO = 6
"""Decimal places at which totals are compared, so that 3 doses in 7 days cannot miss a threshold by a hair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MmeTotal:
    """What a set of orders adds up to on a day under one conversion table.

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

    @property
    def provisional(self) -> bool:
        """True when a factor in it has not been checked against its source."""
        return any(line.conversion.review is Review.PROVISIONAL for line in self.counted)

    @property
    def complete(self) -> bool:
        """True when nothing that is or may be an opioid was left out."""
        return not self.uncounted


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
    return round_half_up(sum(values, Decimal(0)), _COMPARED_TO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A dosed prescription with its lines, as if the patient took nothing else."""

    dosed: Dosed
    lines: tuple[MmeLine, ...]
    banded: bool


Content = Prescription | Uncounted | Ignored
Result = Converted | Supplement | Uncounted | Ignored

_NOT_CONVERTED = (UncountedReason.NO_FACTOR, UncountedReason.ROUTE_NOT_CONVERTIBLE)


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


def _result(one: Content, table: ConversionTable, as_of: date, being_written: frozenset[str]) -> Result:
    if not isinstance(one, Prescription):
        return one
    result = _converted(one, table, as_of, being_written)
    if isinstance(result, Uncounted) and table.supplement and result.reason in _NOT_CONVERTED:
        beside = _converted(one, table.supplement, as_of, being_written)
        if isinstance(beside, Converted):
            return Supplement(uncounted=result, table=table.supplement.id, lines=beside.lines)
    return result


def _converted(
    one: Prescription, table: ConversionTable, as_of: date, being_written: frozenset[str]
) -> Converted | Uncounted | Ignored:
    """What a prescription comes to. Directions without dates come to the same on every day and for every patient."""
    if one.alike is None or not is_undated(one.sigs):
        return _worked_out(one, table, as_of, being_written)
    key = (one.alike, id(table))
    known = _KNOWN.get(key)
    if known is None:
        result = _worked_out(one, table, as_of, being_written)
        # The table is kept with the result: while it lives, no other one has its identity.
        _KNOWN.put(key, (result, table))
        return result
    return _of_order(one, known[0])


_KNOWN: Remembered[tuple[Converted | Uncounted | Ignored, ConversionTable]] = Remembered(4096)


def _of_order(one: Prescription, known: Converted | Uncounted | Ignored) -> Converted | Uncounted | Ignored:
    """What is known of an order alike, as that of this one."""
    if not isinstance(known, Converted):
        return replace(known, reference=one.reference)
    return Converted(
        dosed=Dosed(prescription=one, parts=known.dosed.parts),
        lines=tuple([replace(line, reference=one.reference) for line in known.lines]),
        banded=known.banded,
    )


def _worked_out(
    one: Prescription, table: ConversionTable, as_of: date, being_written: frozenset[str]
) -> Converted | Uncounted | Ignored:
    dosed = dose_of(one, table, as_of, being_written=one.reference in being_written)
    if not isinstance(dosed, Dosed):
        return dosed
    lines = tuple([line_of(one, part, part.converted) for part in dosed.parts])
    if sum((line.mme_per_day.maximum for line in lines), Decimal(0)) > MOST_MME_OF_ONE_ORDER:
        return Uncounted(
            reference=one.reference,
            medication=one.medication,
            reason=UncountedReason.IMPLAUSIBLE_DOSE,
            detail=f"{lines[0].arithmetic}: more than {MOST_MME_OF_ONE_ORDER} MME/day from one order",
        )
    return Converted(dosed=dosed, lines=lines, banded=any(part.row.conversion.banded for part in dosed.parts))


def _added_up(results: Sequence[Result], table: ConversionTable, as_of: date) -> MmeTotal:
    converted = [one for one in results if isinstance(one, Converted)]
    supplements = [one for one in results if isinstance(one, Supplement)]
    if any(one.banded for one in converted):
        totals = _ingredient_totals(one.dosed for one in converted)
        lines = [
            line_of(one.dosed.prescription, part, totals[part.component.ingredient.name])
            for one in converted
            for part in one.dosed.parts
        ]
    else:
        lines = [line for one in converted for line in one.lines]
    return MmeTotal(
        table=table.id,
        as_of=as_of,
        counted=tuple(lines),
        uncounted=tuple(
            [
                one.uncounted if isinstance(one, Supplement) else one
                for one in results
                if isinstance(one, Uncounted | Supplement)
            ]
        ),
        ignored=tuple([one for one in results if isinstance(one, Ignored)]),
        scheduled=_sum([line.mme_per_day.scheduled for line in lines]),
        maximum=_sum([line.mme_per_day.maximum for line in lines]),
        supplements=tuple(supplements),
    )


def _ingredient_totals(dosed: Iterable[Dosed]) -> dict[str, DailyAmount]:
    totals: dict[str, DailyAmount] = {}
    for one in dosed:
        for part in one.parts:
            name, amount = part.component.ingredient.name, part.converted
            before = totals.get(name, DailyAmount(scheduled=Decimal(0), maximum=Decimal(0)))
            totals[name] = DailyAmount(
                scheduled=before.scheduled + amount.scheduled, maximum=before.maximum + amount.maximum
            )
    return totals
