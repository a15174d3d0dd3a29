"""What orders hold for later days: steps down (a taper written as several dosage instructions), and months that rise.

Months ahead are signed today: of what is taken only later, the highest dose is what the orders come to.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date

from opioids.change import change_of
from opioids.conversion import ConversionTable
from opioids.mme import MmeTotal, mme_total
from opioids.pace import Fall
from opioids.past_doses import PastDoses
from opioids.prescriptions import Content, Prescription
from opioids.regimen import Regimen
from opioids.shelf import Shelf
from opioids.steps import beginnings, is_undated
from opioids.tapers.profiles import Practice

MOST_STEPS = 100
"""More days on which something begins than any taper has; what comes after them is not looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Begun:
    """What came before today: the length of therapy (None: not known) and the earlier doses."""

    therapy_days: int | None
    past: PastDoses


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """By what steps are measured: a conversion table, the strengths that can be dispensed, and practice."""

    table: ConversionTable
    shelf: Shelf
    practice: Practice


def has_steps(contents: Iterable[Content], written: frozenset[str]) -> bool:
    """Whether an order that is being written has instructions for certain days."""
    return any(map(_is_stepped, _written(contents, written)))


def _written(contents: Iterable[Content], written: frozenset[str]) -> list[Prescription]:
    """The prescriptions that are being written."""
    return [one for one in contents if isinstance(one, Prescription) and one.reference in written]


def _is_stepped(one: Prescription) -> bool:
    return bool(one.sigs) and not is_undated(one.sigs)


def later_falls(taken: Regimen, proposed: MmeTotal, measure: Measure, begun: Begun) -> tuple[Fall, ...]:
    """The steps down after today of what would be taken, each from the dose before it."""
    today, contents, written = proposed.as_of, taken.proposed, taken.written
    days = days_of_later_steps(contents, written | taken.later, today)
    if not days:
        return ()
    dated = [from_its_day(one, today) if one.reference in written else one for one in contents]
    found: list[Fall] = []
    before, past = proposed, begun.past.followed_by(today, proposed.maximum)
    for day in days:
        after = mme_total(dated, measure.table, day, being_written=written)
        change = change_of(before, after, measure.shelf, measure.practice)
        if change.cut > 0 and change.judgeable and not change.rotation:
            length = None if begun.therapy_days is None else begun.therapy_days + (day - today).days
            found.append(
                Fall(day=day, before=before.maximum, after=after.maximum, change=change, therapy_days=length, past=past)
            )
        before, past = after, past.followed_by(day, after.maximum)
    return tuple(found)


def days_of_later_steps(contents: Iterable[Content], references: frozenset[str], today: date) -> list[date]:
    """The days after today on which something begins of orders with these references, earliest first."""
    return sorted(day for day in set(_begin(contents, references, today)) if day > today)[:MOST_STEPS]


def _begin(contents: Iterable[Content], written: frozenset[str], today: date) -> Iterator[date]:
    """The days on which an instruction of an order that is being written begins."""
    for one in _written(contents, written):
        if _is_stepped(one):
            yield from beginnings(one.sigs, one.starts or today)
            yield one.starts or today  # steps that cannot be dated begin at least with their order


def from_its_day(one: Content, today: date) -> Content:
    """An order without a date begins when it is written."""
    return replace(one, starts=one.starts or today) if isinstance(one, Prescription) else one


def at_its_highest(taken: Regimen, today: MmeTotal, table: ConversionTable) -> MmeTotal:
    """The total of `today`, or that of a later day on which an order that follows another makes it higher.

    Its lines say from which day on they are taken. It keeps the date of the day that was asked.
    """
    if not taken.later:
        return today
    contents = [from_its_day(one, today.as_of) for one in taken.proposed]
    highest = today
    for day in days_of_later_steps(taken.proposed, taken.later, today.as_of):
        total = mme_total(contents, table, day, being_written=taken.written)
        if total.maximum > highest.maximum:
            note = f"from {day} on: of orders that follow one another the highest dose counts"
            lines = [
                replace(line, assumptions=(*line.assumptions, note)) if line.reference in taken.later else line
                for line in total.counted
            ]
            highest = replace(total, as_of=today.as_of, counted=tuple(lines))
    return highest
