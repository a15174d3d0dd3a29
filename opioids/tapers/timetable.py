"""A plan's steps laid out: their dates, what is taken at each, what it comes to, and how much less that is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from opioids.conversion import ConversionFactor, ConversionTable
from opioids.converted import MOST_MME_OF_ONE_ORDER
from opioids.daily_dose import MOST_TIMES_A_DAY
from opioids.mme import mme_total
from opioids.prescriptions import Prescription, Sig
from opioids.products import Form, Product
from opioids.quantities import Dose, Unit, steadily, times
from opioids.shelf import strength_of
from opioids.tapers.course import Move, mme_of
from opioids.tapers.pacing import Pacing, Standard, reviews
from opioids.tapers.profiles import Practice
from opioids.tapers.streams import State, Stream
from opioids.tapers.values import PlannedDose, Sort, StepNote, TaperStep

_ONE = Decimal(1)


def timetable(moves: Sequence[Move], pacing: Pacing, standard: Standard, start: date) -> Iterator[TaperStep]:
    """The steps of so many moves, each from the day on which the one before it has lasted long enough."""
    by_dose = _is_banded(moves[0].state, standard.table)
    weighed, before = Decimal(0), Decimal(0)
    for number, move in enumerate(moves):
        left = mme_of(move.state)
        days = pacing.days(weighed, move.cut, move.smallest) if number and left else pacing.interval_days
        doses = tuple(dose for stream in move.state for dose in planned_doses(stream, standard.practice))
        orders = [order for dose in doses for order in _orders_for(dose, left)]
        mme = mme_total(orders, standard.table, start).maximum
        told = left if by_dose else mme
        cut = before - told if number else Decimal(0)
        yield TaperStep(
            number=number,
            start=start,
            days=days,
            doses=doses,
            mme=mme,
            left_percent=100 * told / pacing.at_first,
            cut_percent=100 * cut / pacing.at_first,
            cut_of_previous_percent=100 * cut / (before or told),
            reviews=tuple(reviews(start, days, standard.practice.review_days)),
            notes=(*move.notes, *([StepNote.LONGER_STAY] if days > pacing.interval_days else [])),
        )
        weighed, before, start = left, told, start + timedelta(days=days)


def _is_banded(state: State, table: ConversionTable) -> bool:
    """Whether a factor depends on the dose: then shares are of milligrams, which is what goes down by steps."""
    rules = (rule for one in state for rule in table.rules.get((one.ingredient.name, one.route), ()))
    return any(isinstance(rule, ConversionFactor) and rule.banded for rule in rules)


def planned_doses(stream: Stream, practice: Practice) -> Iterator[PlannedDose]:
    """What is taken of one formulation, product by product and time by time."""
    if stream.sort is Sort.AS_NEEDED:
        for product, count in stream.amounts.units(stream.amount):
            yield PlannedDose(
                product=product,
                units=min(_measured(stream) if stream.mark else _at_a_time(stream, product, practice), count),
                time=None,
                times=0,
                at_most=count,
                references=stream.orders.get(product.name, ()),
            )
        return
    worn = stream.sort is Sort.PATCH
    for time, dose in enumerate(stream.doses):
        for product, count in stream.amounts.units(dose):
            yield PlannedDose(
                product=product,
                units=count,
                time=None if worn else time,
                times=len(stream.doses),
                references=stream.orders.get(product.name, ()),
                changed_hours=stream.changed_hours,
                at=stream.at[time] if stream.at and not worn else None,
            )


def _measured(stream: Stream) -> Decimal:
    """What is taken of a solution at a time, in mL: less of it as often, up to the next mark of the syringe."""
    if stream.amount == stream.most:
        return stream.each
    mark = stream.mark / strength_of(stream.product)
    return (stream.each * stream.amount / (stream.most * mark)).to_integral_value(ROUND_CEILING) * mark


def _at_a_time(stream: Stream, product: Product, practice: Practice) -> Decimal:
    """Units of a product that are no more than what is taken at a time now, at least one and few."""
    if product == stream.product:
        return stream.each
    as_much = stream.each * strength_of(stream.product) // strength_of(product)
    return max(_ONE, min(as_much, max(stream.each, Decimal(practice.most_units))))


def _orders_for(dose: PlannedDose, mme: Decimal) -> list[Prescription]:
    """A dose of a step of about `mme` MME/day as orders that each stay below what one order may say."""
    if dose.is_worn:
        return [one_a_day(dose.product, _ONE)] * int(dose.units)
    number = 1 + int(max(mme / MOST_MME_OF_ONE_ORDER, dose.per_day / MOST_TIMES_A_DAY))
    return [one_a_day(dose.product, dose.per_day / number)] * number


def one_a_day(product: Product, units: Decimal) -> Prescription:
    """So many units of a product a day (patches: worn), for counting."""
    # One unit so many times a day: a whole day's tablets at one time may be more than anybody takes at once.
    one, often = (units, _ONE) if product.form is Form.PATCH else (_ONE, units)
    unit = Unit.ML if product.form is Form.LIQUID else Unit.EACH
    sig = Sig(dose=Dose(low=one, high=one, unit=unit), frequency=steadily(times(often)))
    return Prescription(reference=product.rxcui, medication=product.name, product=product, sigs=(sig,))
