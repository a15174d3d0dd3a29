"""A daily amount of an opioid with the sum that gives it, put into words only when it is shown."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from math import gcd

from opioids.measures import Measure, exact
from opioids.products import Product
from opioids.quantities import Dose, Frequency, PerDay, Unit, several, shown

DOSE_PLACES = 4
"""Decimals of a daily dose: with fewer, three-sevenths of a tablet would not give the MME that is shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyDose:
    """A daily amount in mg (patches: mcg/h worn)."""

    scheduled: Decimal
    maximum: Decimal
    unit: Unit
    as_needed: bool
    assumptions: tuple[str, ...] = ()

    @property
    def maximum_words(self) -> str:
        """The sum that gives `maximum`; of as-needed doses without a frequency only the stated maximum is known."""
        return f"as needed, at most {shown_dose(self.maximum, self.unit)} as stated"

    @property
    def scheduled_words(self) -> str:
        """The sum that gives `scheduled`: the same, where there is no range."""
        return self.maximum_words


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenDose(DailyDose):
    """Units, mL or mg taken so many times a day."""

    dose: Dose
    frequency: Frequency
    measure: Measure
    noun: str

    @property
    def is_capped(self) -> bool:
        """Whether a stated maximum allows less a day than the doses come to."""
        return self.maximum < self._whole(self.dose.high, self.frequency.high)

    @property
    def maximum_words(self) -> str:
        """`1 tablet x 40 mg x 2/day = 80 mg/day`."""
        return self._sum(self.dose.high, self.frequency.high, self.maximum, " as needed" if self.as_needed else "")

    @property
    def scheduled_words(self) -> str:
        """The same for the lower end of every range."""
        return self._sum(self.dose.low, self.frequency.low, self.scheduled, "")

    def _whole(self, value: Decimal, rate: PerDay) -> Decimal:
        return value * self.measure.each * rate.count / rate.days

    def _sum(self, value: Decimal, rate: PerDay, counted: Decimal, needed: str) -> str:
        whole = self._whole(value, rate)
        if self.dose.unit is Unit.EACH:
            amount = f"{units_words(value, self.noun)} x {self.measure.words}"
        elif self.dose.unit is Unit.ML:
            amount = f"{exact(value)} mL x {self.measure.words}"
        else:
            amount = f"{exact(value)} mg"
        return f"{amount} x {rate_words(rate)}{needed} = {_capped(whole, counted, self.unit)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WornDose(DailyDose):
    """Patches worn, and how often they are changed, where the order says so."""

    dose: Dose
    measure: Measure
    frequency: Frequency | None = None

    @property
    def maximum_words(self) -> str:
        """`1 patch x 75 mcg/h = 75 mcg/h`."""
        return self._sum(self.dose.high, self.maximum, " as needed" if self.as_needed else "")

    @property
    def scheduled_words(self) -> str:
        """The rate worn at least."""
        return self._sum(self.dose.low, self.scheduled, "")

    def _sum(self, value: Decimal, counted: Decimal, needed: str) -> str:
        if self.dose.unit is Unit.MCG_PER_HOUR:
            return f"{shown_dose(counted, self.unit)} worn{needed}"
        amount = f"{units_words(value, 'patch')} x {self.measure.words}"
        return f"{amount}{needed} = {_capped(value * self.measure.each, counted, self.unit)}"


def shown_dose(value: Decimal, unit: Unit) -> str:
    """A daily amount with its unit, exact enough to go on reckoning with."""
    return f"{shown(value, DOSE_PLACES)} {'mcg/h' if unit is Unit.MCG_PER_HOUR else 'mg/day'}"


def _capped(whole: Decimal, counted: Decimal, unit: Unit) -> str:
    """What a sum comes to, and the stated maximum where that is less."""
    words = shown_dose(whole, unit)
    return words if counted == whole else f"{words}, at most {shown_dose(counted, unit)} as stated"


def rate_words(rate: PerDay) -> str:
    """A frequency as it enters the sum: `3/day`, or `3 per 7 days`."""
    daily = rate.rate
    if daily == daily.quantize(Decimal("0.01")):
        return f"{shown(daily)}/day"
    count, days = rate.count, rate.days
    if count == count.to_integral_value() and days == days.to_integral_value():
        # Every 36 hours is 24 in 36 days, and 2 in 3 for people.
        shared = gcd(int(count), int(days))
        count, days = count / shared, days / shared
    return f"{exact(count)} per {exact(days)} days"


def units_words(value: Decimal, noun: str) -> str:
    """So many of a countable unit: `1 tablet`, `2 patches`, `2 suppositories`, `2 sprays`."""
    return f"{exact(value)} {noun if value == 1 else several(noun)}"


def dose_words(dose: Dose, product: Product) -> str:
    """The upper end of a dose of a product: `2 tablets`, `5 mg`."""
    if dose.unit is Unit.EACH:
        return units_words(dose.high, dose.noun or product.noun or "unit")
    return f"{exact(dose.high)} {dose.unit}"
