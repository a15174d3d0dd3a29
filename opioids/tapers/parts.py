"""What each line of a total says is taken of one product at each time of the day, or why no plan can rest on it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from opioids.dose_sums import DailyDose, TakenDose, WornDose
from opioids.limits import patch_limits
from opioids.mme_lines import MmeLine
from opioids.products import Form, Route
from opioids.quantities import round_half_up
from opioids.shelf import strength_of
from opioids.tapers.slots import Part
from opioids.tapers.values import NoPlan, Obstacle, Sort

MOST_TIMES = 24
"""Nothing is given at more dose times a day than there are hours."""
_HOURS_A_DAY = 24
_SOLID = frozenset({"tablet", "capsule"})


def parts_of(line: MmeLine) -> list[Part] | NoPlan:
    """The doses of one line, each on its own."""
    line = _with_form(line)
    sort = _sort(line)
    if isinstance(sort, Obstacle):
        return NoPlan(obstacle=sort, medications=(line.medication,))
    found: list[Part] = []
    for dose in line.doses:
        taken = _taken(dose, line, sort)
        if isinstance(taken, Obstacle):
            return NoPlan(obstacle=taken, medications=(line.medication,))
        found.append(taken)
    return found


def _with_form(line: MmeLine) -> MmeLine:
    """The line with the form that its directions count in, where the product's name tells none ("1 tablet")."""
    product = line.product
    if product.form is not Form.UNKNOWN or line.route is not Route.ORAL:
        return line
    nouns = {dose.dose.noun if isinstance(dose, TakenDose) else "" for dose in line.doses}
    if len(nouns) != 1 or not nouns <= _SOLID:
        return line
    told = replace(product, form=Form.SOLID, noun=nouns.pop(), route=Route.ORAL)
    return replace(line, product=told)


def _sort(line: MmeLine) -> Sort | Obstacle:
    product = line.product
    if len(product.components) != 1 or product.components[0].strength is None:
        return Obstacle.PRODUCT_UNKNOWN
    if product.form is Form.PATCH:
        return Sort.PATCH
    if product.form is Form.UNKNOWN and line.route is Route.ORAL:
        return Obstacle.FORM_NOT_TOLD
    if line.route is not Route.ORAL or product.form not in (Form.SOLID, Form.LIQUID):
        return Obstacle.FORM
    if product.form is Form.LIQUID:
        return Sort.LIQUID
    return Sort.EXTENDED if product.extended_release else Sort.IMMEDIATE


def _taken(dose: DailyDose, line: MmeLine, sort: Sort) -> Part | Obstacle:
    if isinstance(dose, WornDose):
        hours = _changed_hours(dose)
        return Part(line=line, sort=sort, doses=(dose.maximum,), each=Decimal(1), changed_hours=hours)
    each = strength_of(line.product)
    if not isinstance(dose, TakenDose):
        if not dose.as_needed:
            return Obstacle.DIRECTIONS
        return Part(line=line, sort=Sort.AS_NEEDED, doses=(dose.maximum,), each=Decimal(1))
    amount = dose.dose.high * dose.measure.each
    times = round_half_up(dose.frequency.high.rate, 6)
    is_whole = times == times.to_integral_value()
    if dose.as_needed:
        # A stated maximum says what a day has; else three times a week would be 0.43 tablets a day.
        if times < 1 or not (is_whole or dose.is_capped):
            return Obstacle.NOT_DAILY
        return Part(line=line, sort=Sort.AS_NEEDED, doses=(dose.maximum,), each=amount / each)
    if not is_whole or not 1 <= times <= MOST_TIMES:
        return Obstacle.NOT_DAILY
    doses, at = _within(amount, int(times), dose.maximum), dose.frequency.at
    return Part(line=line, sort=sort, doses=doses, each=Decimal(1), at=at if len(at) == len(doses) else ())


def _changed_hours(dose: WornDose) -> Decimal:
    """After how many hours a patch is changed: as ordered, between the shortest and the usual time."""
    limits = patch_limits()
    if dose.frequency is None:
        return limits.usual_interval_hours
    hours = round_half_up(_HOURS_A_DAY / dose.frequency.high.rate, 0)
    return min(max(hours, limits.shortest_interval_hours), limits.usual_interval_hours)


def _within(amount: Decimal, times: int, most: Decimal) -> tuple[Decimal, ...]:
    """So many doses, the last ones smaller or left out where a stated maximum does not allow all of them."""
    doses: list[Decimal] = []
    left = most
    for _ in range(times):
        doses.append(max(Decimal(0), min(amount, left)))
        left -= doses[-1]
    return tuple(doses)
