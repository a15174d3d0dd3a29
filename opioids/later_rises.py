"""The day on which the orders being written come to most, where some of them follow others on a later day.

Months ahead that rise are signed today: of what is taken only later, the highest dose is what the order comes to.
"""

from __future__ import annotations

from dataclasses import replace

from opioids.conversion import ConversionTable
from opioids.later_falls import days_of_later_steps, from_its_day
from opioids.mme import MmeTotal, mme_total
from opioids.regimen import Regimen


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
