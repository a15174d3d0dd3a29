"""The words of a taper plan for what is taken at each step. What there is to say about it is in `taper_notes`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from decimal import Decimal

from hooks.wording import mme
from hooks.words.language import Say, english, message
from opioids.limits import patch_limits
from opioids.national_names import name_in
from opioids.partners import partners_of
from opioids.products import Form, Product, StrengthUnit
from opioids.quantities import shown
from opioids.shelf import strength_of
from opioids.tapers.values import PlannedDose, TaperPlan, TaperStep

_MORNING, _MIDDAY = message("in the morning"), message("at midday")
_EVENING, _BEDTIME = message("in the evening"), message("at bedtime")
TIMES = {
    1: (message("once a day"),),
    2: (_MORNING, _EVENING),
    3: (_MORNING, _MIDDAY, _EVENING),
    4: (_MORNING, _MIDDAY, _EVENING, _BEDTIME),
}
"""When each dose is taken, of so many a day."""
_COUNTS = {
    1: message("once a day"),
    2: message("twice a day"),
    3: message("three times a day"),
    4: message("four times a day"),
}


def doses_words(doses: Iterable[PlannedDose], say: Say = english, country: str = "") -> str:
    """`oxycodone ER 30 mg in the morning, 40 mg in the evening; oxycodone 5 mg as needed, up to 3 a day`.

    Medicines are called as they are in the `country`. Patches are told apart by when they are changed.
    """
    drugs: dict[tuple[str, Decimal], list[PlannedDose]] = {}
    for dose in doses:
        drugs.setdefault((_drug(dose, say, country), dose.changed_hours), []).append(dose)
    return "; ".join(f"{drug} {_taken(group, say)}" for (drug, _), group in drugs.items()) or say("no opioid")


def _drug(dose: PlannedDose, say: Say, country: str) -> str:
    """The name of a formulation; as-needed doses of the same tablets are told apart by being said apart."""
    name = opioid_words(dose.product, country)
    if dose.is_worn:
        return say("%(opioid)s patch") % {"opioid": name}
    if dose.product.form is Form.LIQUID:
        return f"{name} {strength_words(dose.product)}"
    return f"{name} ER" if dose.product.extended_release else name


def opioid_words(product: Product, country: str) -> str:
    """`hydrocodone/acetaminophen`: the opioid with what stands beside it, as bottles have it in the country."""
    names = [product.components[0].ingredient.name, *partners_of(product)]
    return "/".join(name_in(country, one) for one in names)


def _taken(doses: list[PlannedDose], say: Say) -> str:
    needed = [_as_needed(dose, say) for dose in doses if dose.at_most is not None]
    if doses[0].is_worn:
        worn = say("%(amounts)s worn") % {"amounts": _together(map(_amount, doses), say)}
        usual = doses[0].changed_hours == patch_limits().usual_interval_hours
        return worn if usual else f"{worn}, {changed_words(doses[0], say)}"
    schedules: dict[int, dict[int, list[PlannedDose]]] = {}
    for dose in doses:
        if dose.at_most is None:
            schedules.setdefault(dose.times, {}).setdefault(dose.time or 0, []).append(dose)
    return ", ".join([*(words for times in schedules.values() for words in _by_the_clock(times, say)), *needed])


def changed_words(dose: PlannedDose, say: Say = english) -> str:
    """`changed every 3 days`: how long a patch stays on."""
    days, hours = divmod(dose.changed_hours, 24)
    if hours:
        return say("changed every %(hours)s hours") % {"hours": shown(dose.changed_hours)}
    return say("changed every %(days)s days") % {"days": shown(days)}


def _together(amounts: Iterable[str], say: Say) -> str:
    conjunction = say("and")
    return f" {conjunction} ".join(amounts)


def _by_the_clock(times: dict[int, list[PlannedDose]], say: Say) -> Iterator[str]:
    """One schedule, of so many dose times a day: the same amount at each of them is said once."""
    amounts = {time: _together(map(_amount, group), say) for time, group in times.items()}
    first = {time: group[0] for time, group in times.items()}
    count = next((group[0].times for group in times.values()), 0)
    if len(amounts) == count and len(set(amounts.values())) == 1:
        often = time_words(first[0], say) if count == 1 else _often(count, say)
        yield f"{amounts[next(iter(amounts))]} {often}"
        return
    if count not in TIMES:
        for amount, number in Counter(amounts.values()).items():
            said = say("%(amount)s at %(number)s of %(count)s doses a day")
            yield said % {"amount": amount, "number": number, "count": count}
        return
    for time, amount in amounts.items():
        yield f"{amount} {time_words(first[time], say)}"


def _often(count: int, say: Say) -> str:
    return say(_COUNTS[count]) if count in _COUNTS else say("%(count)s times a day") % {"count": count}


def time_words(dose: PlannedDose, say: Say = english) -> str:
    """When a dose is taken: as its order names it, else by how many there are a day."""
    if dose.at is not None:
        return say(TIMES[4][dose.at])
    time, named = dose.time or 0, TIMES.get(dose.times)
    if named:
        return say(named[time])
    return say("at dose %(time)s of %(times)s") % {"time": time + 1, "times": dose.times}


def _amount(dose: PlannedDose) -> str:
    if dose.product.form is Form.LIQUID:
        return f"{shown(dose.units)} mL ({shown(dose.units * strength_of(dose.product))} mg)"
    each = strength_words(dose.product)
    return each if dose.units == 1 else f"{shown(dose.units)} x {each}"


def strength_words(product: Product) -> str:
    """What one unit of a product holds or gives: `40 mg`, `25 mcg/h`, `2 mg/mL`."""
    strength = product.components[0].strength
    rate = strength is not None and strength.unit is StrengthUnit.MCG_PER_HOUR
    unit = "mcg/h" if rate else "mg/mL" if product.form is Form.LIQUID else "mg"
    return f"{shown(strength_of(product), 4)} {unit}"


def _as_needed(dose: PlannedDose, say: Say) -> str:
    # Of "2 x 5 mg as needed, at most 6 a day" nobody can tell whether six tablets or six times two are meant.
    most = units_words(dose.product, dose.at_most or Decimal(0), say)
    return say("%(amount)s as needed, at most %(most)s a day") % {"amount": _amount(dose), "most": most}


UNITS = {
    "tablet": (message("tablet"), message("tablets")),
    "capsule": (message("capsule"), message("capsules")),
    "patch": (message("patch"), message("patches")),
    "suppository": (message("suppository"), message("suppositories")),
}


def units_words(product: Product, count: Decimal, say: Say = english) -> str:
    """So many units of a product: `6 tablets`, `2.5 mL`."""
    if product.form is Form.LIQUID:
        return f"{shown(count)} mL"
    one, several = UNITS.get(product.noun, (product.noun, f"{product.noun}s"))
    return f"{shown(count)} {say(one if count <= 1 else several)}"


def directions_words(dose: PlannedDose, count: int) -> str:
    """`1 tablet by mouth in the morning`: the directions of one dose that is taken `count` times a day.

    Of more doses a day than have names it is said how many there are, not which.
    """
    if dose.is_worn:
        return f"{_units(dose)} on the skin, {changed_words(dose)}"
    if dose.at_most is not None:
        return f"{_units(dose)} by mouth as needed, at most {_units(dose, dose.at_most)} a day"
    named = count == 1 and dose.times in TIMES
    often = time_words(dose) if named else _often(count, english)
    return f"{_units(dose)} by mouth {often}"


def _units(dose: PlannedDose, so_many: Decimal | None = None) -> str:
    """The units of a dose, or so many of the same."""
    return units_words(dose.product, dose.units if so_many is None else so_many)


def step_line(step: TaperStep, plan: TaperPlan) -> str:
    """One step in one line: `oxycodone ER 30 mg twice a day (112.5 MME/day)`."""
    total = mme(step.mme)
    return f"{doses_words(step.doses, country=plan.country)} ({total})" if plan.has_tablets else total
