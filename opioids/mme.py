"""The total in morphine milligram equivalents, line by line, with its arithmetic in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from opioids.conversion import Basis, ConversionFactor, ConversionTable
from opioids.daily_dose import DailyDose, units_words
from opioids.dosing import DailyAmount, Dosed, Part, dose_of
from opioids.prescriptions import Ignored, Prescription, Uncounted, UncountedReason
from opioids.products import Ingredient, Product, Route
from opioids.quantities import Unit, round_half_up, shown

MOST_MME_OF_ONE_ORDER = Decimal(2000)
"""A daily total above this from one order is a slip of the pen: shown, never added."""

_COMPARED_TO = 6
"""Decimal places at which totals are compared, so that 3 doses in 7 days cannot miss a threshold by a hair."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MmeLine:
    """One opioid ingredient of one order, converted. Exact numbers; `arithmetic` can be redone by hand.

    `doses` holds the daily amount of each instruction in force, `dose_per_day` their sum in `unit`, `converted`
    the same in the unit that the factor of `conversion` is for. `scheduled_factor` differs from `factor` only
    where a banded table has another factor for the scheduled total.
    """

    reference: str
    medication: str
    ingredient: Ingredient
    product: Product
    route: Route
    dose_per_day: DailyAmount
    unit: Unit
    converted: DailyAmount
    conversion: ConversionFactor
    factor: Decimal
    scheduled_factor: Decimal
    mme_per_day: DailyAmount
    doses: tuple[DailyDose, ...]
    assumptions: tuple[str, ...]

    @property
    def as_needed(self) -> bool:
        """True when nothing of it is scheduled."""
        return all(dose.as_needed for dose in self.doses)

    @property
    def arithmetic(self) -> str:
        """The sum in words: `1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day`."""
        amount, total = self.dose_per_day, self.mme_per_day
        unit = self.unit if self.unit is Unit.MCG_PER_HOUR else "mg/day"
        words = " + ".join(dose.maximum_words for dose in self.doses)
        if len(self.doses) > 1:
            words += f" = {shown(amount.maximum)} {unit}"
        words += self._conversion(amount.maximum, self.converted.maximum, self.factor, total.maximum)
        if total.scheduled != total.maximum and total.scheduled > 0:
            low = " + ".join(dose.scheduled_words for dose in self.doses if dose.scheduled > 0)
            low += self._conversion(amount.scheduled, self.converted.scheduled, self.scheduled_factor, total.scheduled)
            words += f" (scheduled: {low})"
        return words

    def _conversion(self, dose: Decimal, converted: Decimal, factor: Decimal, mme: Decimal) -> str:
        """The last part of a sum: `; x 1.5 = 120 MME/day`, with the step to the factor's own unit where it has one."""
        row = self.conversion
        if row.patch is not None:
            strength, worth = row.patch
            return f"; {units_words(dose / strength, 'patch')} x {shown(worth)} by the table = {shown(mme)} MME/day"
        step = ""
        if self.unit is Unit.MCG_PER_HOUR and row.per is not Basis.MCG_PER_HOUR:
            step = f" x 24 h = {shown(converted, 4)} {row.per}/day"
        elif row.per is Basis.MCG:
            step = f" = {shown(converted, 4)} mcg/day"
        return f"{step}; x {shown(factor, 4)} = {shown(mme)} MME/day"


@dataclass(frozen=True, slots=True, kw_only=True)
class MmeTotal:
    """What a set of orders adds up to on a day under one conversion table.

    `scheduled` is the MME/day taken as ordered, as-needed doses left out; `maximum` that with every
    as-needed dose and the upper end of every range.
    """

    table: str
    as_of: date
    counted: tuple[MmeLine, ...]
    uncounted: tuple[Uncounted, ...]
    ignored: tuple[Ignored, ...]
    scheduled: Decimal
    maximum: Decimal

    @property
    def complete(self) -> bool:
        """True when nothing that is or may be an opioid was left out."""
        return not self.uncounted


def _sum(values: Iterable[Decimal]) -> Decimal:
    return round_half_up(sum(values, Decimal(0)), _COMPARED_TO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """A dosed prescription with its lines, as if the patient took nothing else."""

    dosed: Dosed
    lines: tuple[MmeLine, ...]
    banded: bool


Content = Prescription | Uncounted | Ignored
Result = Converted | Uncounted | Ignored


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
    dosed = dose_of(one, table, as_of, being_written=one.reference in being_written)
    if not isinstance(dosed, Dosed):
        return dosed
    lines = tuple([_line(one, part, part.converted) for part in dosed.parts])
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
    if any(one.banded for one in converted):
        totals = _ingredient_totals(one.dosed for one in converted)
        lines = [
            _line(one.dosed.prescription, part, totals[part.component.ingredient.name])
            for one in converted
            for part in one.dosed.parts
        ]
    else:
        lines = [line for one in converted for line in one.lines]
    return MmeTotal(
        table=table.id,
        as_of=as_of,
        counted=tuple(lines),
        uncounted=tuple([one for one in results if isinstance(one, Uncounted)]),
        ignored=tuple([one for one in results if isinstance(one, Ignored)]),
        scheduled=_sum([line.mme_per_day.scheduled for line in lines]),
        maximum=_sum([line.mme_per_day.maximum for line in lines]),
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


def _line(prescription: Prescription, part: Part, total: DailyAmount) -> MmeLine:
    converted, row = part.converted, part.row.conversion
    factor, low_factor = row.at(total.maximum), row.at(total.scheduled)
    mme = DailyAmount(scheduled=converted.scheduled * low_factor, maximum=converted.maximum * factor)
    notes = [note for dose in part.doses for note in dose.assumptions]
    if row.banded:
        whole = f"{shown(total.maximum)} {row.per}/day of {part.component.ingredient.name}"
        notes.append(f"factor for a total of {whole}")
    return MmeLine(
        reference=prescription.reference,
        medication=prescription.medication,
        ingredient=part.component.ingredient,
        product=prescription.product,
        route=part.route,
        dose_per_day=part.amount,
        unit=part.doses[0].unit,
        converted=converted,
        conversion=row,
        factor=factor,
        scheduled_factor=low_factor,
        mme_per_day=mme,
        doses=part.doses,
        assumptions=tuple(dict.fromkeys((*row.caveats, *part.assumptions, *notes))),
    )
