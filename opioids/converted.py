"""What one order comes to under a conversion table; orders that are written alike are worked out once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from opioids.conversion import ConversionTable
from opioids.dosing import Part, dose_of
from opioids.mme_lines import MmeLine, line_of
from opioids.prescriptions import Ignored, Prescription, Uncounted, UncountedReason
from opioids.remembered import Remembered
from opioids.steps import is_undated

MOST_MME_OF_ONE_ORDER = Decimal(2000)
"""A daily total above this from one order is a slip of the pen: shown, never added."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worth:
    """What orders that are written alike come to, each as if the patient took nothing else.

    `lines` may bear another order's reference, or none; `maximum` is their MME a day at most. `banded` means that a
    factor goes by the total.
    """

    parts: tuple[Part, ...]
    lines: tuple[MmeLine, ...]
    maximum: Decimal
    banded: bool


class Converted(NamedTuple):
    """A prescription and what it comes to; `lines` bear its own reference."""

    prescription: Prescription
    worth: Worth
    lines: tuple[MmeLine, ...]


def converted(
    one: Prescription, table: ConversionTable, as_of: date, being_written: frozenset[str]
) -> Converted | Uncounted | Ignored:
    """What a prescription comes to."""
    found = worth_of(one, table, as_of, being_written)
    if not isinstance(found, Worth):
        return replace(found, reference=one.reference)
    lines = tuple([line.of(one.reference) for line in found.lines])
    return Converted(one, found, lines)


def worth_of(
    one: Prescription, table: ConversionTable, as_of: date, being_written: frozenset[str] = frozenset()
) -> Worth | Uncounted | Ignored:
    """The same, whatever its reference."""
    known = worth_on_any_day(one, table, as_of)
    if known is None:
        return _worked_out(one, table, as_of, being_written=one.reference in being_written and not one.waits)
    return known


def worth_on_any_day(one: Prescription, table: ConversionTable, as_of: date) -> Worth | Uncounted | Ignored | None:
    """The same where it does not depend on the day, else None.

    Directions without dates come to the same on every day, for every patient.
    """
    if one.alike is None or not is_undated(one.sigs):
        return None
    key = (one.alike, id(table))
    known = _KNOWN.get(key)
    if known is None:
        # Neither the order's reference nor its day is kept. The table is: while it lives, no other has its identity.
        nameless = replace(one, reference="", starts=None)
        known = _worked_out(nameless, table, as_of, being_written=False), table
        _KNOWN.put(key, known)
    return known[0]


_KNOWN: Remembered[tuple[Worth | Uncounted | Ignored, ConversionTable]] = Remembered(4096)


def _worked_out(
    one: Prescription, table: ConversionTable, as_of: date, *, being_written: bool
) -> Worth | Uncounted | Ignored:
    parts = dose_of(one, table, as_of, being_written=being_written)
    if not isinstance(parts, tuple):
        return parts
    lines = tuple([line_of(one, part, part.converted) for part in parts])
    maximum = sum([line.mme_per_day.maximum for line in lines], Decimal(0))
    if maximum > MOST_MME_OF_ONE_ORDER:
        return Uncounted(
            reference=one.reference,
            medication=one.medication,
            reason=UncountedReason.IMPLAUSIBLE_DOSE,
            detail=f"{lines[0].arithmetic}: more than {MOST_MME_OF_ONE_ORDER} MME/day from one order",
        )
    return Worth(parts=parts, lines=lines, maximum=maximum, banded=any(part.row.conversion.banded for part in parts))
