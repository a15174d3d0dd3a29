"""How an order is taken and how long its supply lasts; orders that are written alike are read once.

Directions repeat from order to order ("1 tablet twice a day", 60 tablets for 30 days). Those for certain days do
not, and are not kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from fhir_mappings.dosage import Directions, read_directions, written_directions
from fhir_mappings.elements import Element, Json, element
from fhir_mappings.supplies import days_of, days_of_all_fills, least_days_of_all_fills, supply_of
from fhir_mappings.written import as_written
from opioids.prescriptions import Sig, Supply
from opioids.remembered import Remembered


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Taking:
    """What an order says of its taking and its supply, whatever its dates. `lasts` is the whole days of all its fills,
    `lasts_at_least` the same or, where that is not told, how long they last when as much is taken as is permitted as
    needed. None where it is not told in a believable number. `once`: it holds a one-time dose without a date. `dated`:
    some of its instructions begin or end on a day.

    Takings that are written alike are the same object, and compared as such.
    """

    directions: Directions
    supply: Supply | None
    lasts: int | None
    lasts_at_least: int | None
    once: bool
    dated: bool

    def sigs_from(self, starts: date | None) -> tuple[Sig, ...]:
        """The instructions of an order that begins on a day: then a one-time dose without a date is taken."""
        sigs = self.directions.sigs
        if starts and self.once:
            return tuple([replace(sig, days=(starts,)) if sig.days == () else sig for sig in sigs])
        return sigs


def read_taking(order: Element) -> Taking:
    """What an order or statement of any release says of its taking and its supply."""
    dispense = element(order.get("dispenseRequest"))
    stated = [
        written_directions(order),
        dispense.get("quantity"),
        dispense.get("expectedSupplyDuration"),
        dispense.get("numberOfRepeatsAllowed"),
        dispense.get("initialFill"),
    ]
    written = as_written(stated)
    known = None if written is None else _KNOWN.get(written)
    if known is None:
        known = _read(stated)
        if written is not None and not (b'"event"' in written or b'"boundsPeriod"' in written):  # for certain days
            _KNOWN.put(written, known)
    return known


_KNOWN: Remembered[Taking] = Remembered(4096)


def _read(stated: Sequence[Json]) -> Taking:
    written, quantity, duration, repeats, initial_fill = stated
    directions = read_directions(written)
    lasts = days_of_all_fills(quantity, duration, repeats, initial_fill, directions.sigs)
    return Taking(
        directions=directions,
        supply=supply_of(quantity, duration),
        lasts=days_of(lasts),
        lasts_at_least=days_of(lasts or least_days_of_all_fills(quantity, repeats, directions.sigs)),
        once=() in [sig.days for sig in directions.sigs],
        dated=any(sig.start or sig.end for sig in directions.sigs),
    )
