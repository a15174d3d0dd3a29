"""One opioid ingredient of one order in morphine milligram equivalents, with its arithmetic in words."""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal

from opioids.conversion import Basis, ConversionFactor
from opioids.dose_sums import DOSE_PLACES, DailyDose, shown_dose, units_words
from opioids.dosing import DailyAmount, Part
from opioids.prescriptions import Prescription
from opioids.products import Ingredient, Product, Route
from opioids.quantities import Unit, shown
from opioids.values import maker, quickly_made


@quickly_made
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
    _written: list[str] = field(default_factory=list, repr=False, compare=False)
    """The arithmetic, once it was asked for; shared by the lines of orders that are written alike."""

    def of(self, reference: str) -> MmeLine:
        """The same for another order, which is written alike."""
        return make_line(
            reference=reference,
            medication=self.medication,
            ingredient=self.ingredient,
            product=self.product,
            route=self.route,
            dose_per_day=self.dose_per_day,
            unit=self.unit,
            converted=self.converted,
            conversion=self.conversion,
            factor=self.factor,
            scheduled_factor=self.scheduled_factor,
            mme_per_day=self.mme_per_day,
            doses=self.doses,
            assumptions=self.assumptions,
            _written=self._written,
        )

    @property
    def as_needed(self) -> bool:
        """True when nothing of it is scheduled."""
        return all(dose.as_needed for dose in self.doses)

    @property
    def arithmetic(self) -> str:
        """The sum in words: `1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day`."""
        if not self._written:
            self._written.append(self._arithmetic())
        return self._written[0]

    def _arithmetic(self) -> str:
        amount, total = self.dose_per_day, self.mme_per_day
        words = self._together([dose.maximum_words for dose in self.doses], amount.maximum)
        words += self._conversion(amount.maximum, self.converted.maximum, self.factor, total.maximum)
        if total.scheduled != total.maximum and total.scheduled > 0:
            low = self._together([dose.scheduled_words for dose in self.doses if dose.scheduled > 0], amount.scheduled)
            low += self._conversion(amount.scheduled, self.converted.scheduled, self.scheduled_factor, total.scheduled)
            words += f" (scheduled: {low})"
        return words

    def _together(self, sums: list[str], amount: Decimal) -> str:
        words = " + ".join(sums)
        return f"{words}, together {shown_dose(amount, self.unit)}" if len(sums) > 1 else words

    def _conversion(self, dose: Decimal, converted: Decimal, factor: Decimal, mme: Decimal) -> str:
        """The last part of a sum: `; x 1.5 = 120 MME/day`, with the step to the factor's own unit where it has one."""
        row = self.conversion
        if row.patch is not None:
            strength, worth = row.patch
            return f"; {units_words(dose / strength, 'patch')} x {shown(worth)} by the table = {shown(mme)} MME/day"
        step = ""
        if self.unit is Unit.MCG_PER_HOUR and row.per is not Basis.MCG_PER_HOUR:
            step = f" x 24 h = {shown(converted, DOSE_PLACES)} {row.per}/day"
        elif row.per is Basis.MCG:
            step = f" = {shown(converted, DOSE_PLACES)} mcg/day"
        return f"{step}; x {shown(factor, 4)} = {shown(mme)} MME/day"


make_line = maker(MmeLine)


def line_of(prescription: Prescription, part: Part, total: DailyAmount) -> MmeLine:
    """The line of one component; `total` is what the patient takes of the ingredient, by which a band is chosen."""
    converted, row = part.converted, part.row.conversion
    factor, low_factor = row.at(total.maximum), row.at(total.scheduled)
    mme = DailyAmount(scheduled=converted.scheduled * low_factor, maximum=converted.maximum * factor)
    notes = [note for dose in part.doses for note in dose.assumptions]
    if row.banded:
        whole = f"{shown(total.maximum)} {row.per}/day of {part.component.ingredient.name}"
        notes.append(f"factor for a total of {whole}")
    return make_line(
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
