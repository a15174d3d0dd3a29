"""The maxima and sums that a direction states, beside its doses: a limit of a dose, or a check of what it comes to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from opioids.prescriptions import Sig
from opioids.quantities import Ceiling, Dose, Frequency, Unit
from opioids.sigs.frequency import Contradiction
from opioids.sigs.limits import Maximum, Sum


def ceilings_of(
    maxima: Sequence[Maximum],
    most: Fraction | None,
    dose: Dose | None,
    again: Dose | None = None,
    *,
    alone: bool = False,
) -> tuple[Ceiling, ...]:
    """The limits of one dose; `most` is how often a day its frequency allows at the most, where it says so.

    `again` is the dose as it is stated once more: "max 6" beside "1 tablet (5 mg)" is six of them, tablets or doses.
    `alone`: no frequency is stated, and the maximum alone says how much is taken a day.
    """
    counted = again if again and again.unit is Unit.EACH and again.low == again.high == 1 else None
    stated = [_ceiling(each, _limited(each, dose, counted, alone=alone)) for each in maxima]
    if most is not None:
        doses = Maximum(value=Decimal(most.numerator), days=Decimal(most.denominator), doses=True)
        stated.append(_ceiling(doses, dose))
    ceilings = tuple(dict.fromkeys(stated))
    if len({(each.unit, each.days) for each in ceilings}) < len(ceilings):
        raise Contradiction("two different maxima")
    if dose and any(each.unit is dose.unit and each.value < dose.high for each in ceilings):
        raise Contradiction("a maximum below one dose")
    return ceilings


def _limited(most: Maximum, dose: Dose | None, counted: Dose | None, *, alone: bool) -> Dose | None:
    """The statement of the dose that a maximum is for. Alone, "max 20" beside "1 tablet (5 mg)" may be 20 mg too."""
    if counted is None or most.unit is not None or most.doses:
        return dose
    may_be_mass = alone and dose and dose.high and most.value % dose.high == 0
    return dose if may_be_mass else counted


def _ceiling(most: Maximum, dose: Dose | None) -> Ceiling:
    if most.doses:
        if dose is None or dose.unit is Unit.MCG_PER_HOUR:
            raise Contradiction("a maximum in doses without a dose")
        return Ceiling(value=most.value * dose.high, unit=dose.unit, days=most.days, noun=dose.noun)
    if most.unit is None:
        if dose is None or dose.unit is not Unit.EACH:
            raise Contradiction("a maximum without a unit")
        return Ceiling(value=most.value, unit=Unit.EACH, days=most.days, noun=dose.noun)
    if dose is not None and not _comparable(most, most.unit, dose):
        raise Contradiction("a maximum in another unit than the dose")
    return Ceiling(value=most.value, unit=most.unit, days=most.days, noun=most.noun)


def _comparable(most: Maximum, unit: Unit, dose: Dose) -> bool:
    """Milligrams a day limit tablets and millilitres; tablets do not limit millilitres, nor capsules tablets."""
    if unit is dose.unit:
        return not most.noun or not dose.noun or most.noun == dose.noun
    return Unit.MG in (unit, dose.unit) and dose.unit is not Unit.MCG_PER_HOUR


def check_maxima_of_all(maxima: Sequence[Maximum], sigs: Sequence[Sig]) -> None:
    """A maximum over parts taken together belongs to none of them: it may only confirm what they come to."""
    taken = _taken(sigs)
    largest = max((dose for dose, _ in taken), key=lambda dose: dose.high)
    most = sum(_most_a_day(*each) for each in taken)
    for ceiling in ceilings_of(maxima, None, largest):
        if largest.unit is not ceiling.unit or most > _a_day(ceiling.value, ceiling.days):
            raise Contradiction("a maximum of which dose")


def check_sums(sums: Sequence[Sum], sigs: Sequence[Sig]) -> None:
    """What a direction says that it comes to must be what it comes to."""
    taken = _taken(sigs)
    for stated in sums:
        alike = len(taken) == len(sigs) and all(dose.unit is stated.unit for dose, _ in taken)
        if stated.days is None:
            if not alike or any((dose.low, dose.high) != (stated.value, stated.value) for dose, _ in taken):
                raise Contradiction("a dose that is not the total stated")
        elif not alike or sum(_most_a_day(*each) for each in taken) != _a_day(stated.value, stated.days):
            raise Contradiction("a sum that its doses do not come to")


def _taken(sigs: Sequence[Sig]) -> list[tuple[Dose, Frequency]]:
    return [
        (sig.dose, sig.frequency) for sig in sigs if isinstance(sig.dose, Dose) and isinstance(sig.frequency, Frequency)
    ]


def _most_a_day(dose: Dose, frequency: Frequency) -> Fraction:
    return Fraction(dose.high) * Fraction(frequency.high.count) / Fraction(frequency.high.days)


def _a_day(value: Decimal, days: Decimal) -> Fraction:
    return Fraction(value) / Fraction(days)
