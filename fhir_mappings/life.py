"""An order's life: its status and intent, when it is taken, and how long its supply lasts."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from fhir_mappings.elements import (
    Element,
    concept_codes,
    element,
    first_day,
    last_day,
    later,
    string,
    whole,
)
from fhir_mappings.quantities import read_supply
from fhir_mappings.timing import length_in_days
from opioids.prescriptions import Ignored, IgnoredReason, Prescription, Standing, Supply
from opioids.quantities import BEYOND_REASON, Dose, Frequency, Unit

_LONGEST_DAYS = 36_500

_STANDINGS = {
    "active": Standing.ACTIVE, "recorded": Standing.ACTIVE, "draft": Standing.DRAFT,
    "on-hold": Standing.ON_HOLD, "stopped": Standing.WITHDRAWN, "cancelled": Standing.WITHDRAWN,
    "completed": Standing.ENDED, "ended": Standing.ENDED, "intended": Standing.ENDED, "not-taken": Standing.ENDED,
    "entered-in-error": Standing.IN_ERROR,
}  # fmt: skip

_ORDER_INTENTS = frozenset({"", "order", "original-order", "reflex-order", "filler-order", "instance-order"})
_PLAN_INTENTS = frozenset({"plan", "proposal", "option", "directive"})


def standing_of(one: Element, statement: bool) -> Standing:
    """Where an order stands by its status; a missing status, which older releases allow, means active."""
    if statement and _is_not_taken(one):
        return Standing.ENDED
    status = one.get("status")
    if status is None:
        return Standing.ACTIVE
    return _STANDINGS.get(string(status).lower(), Standing.UNKNOWN)


def _is_not_taken(statement: Element) -> bool:
    """Whether a statement says, in the words of its release, that the drug is not taken."""
    if statement.get("wasNotTaken") is True or string(statement.get("taken")) == "n":
        return True
    adherence = element(statement.get("adherence"))
    return any(code == "not-taken" for _, code in concept_codes(adherence.get("code")))


def plan_of(one: Element, reference: str, name: str, statement: bool) -> Ignored | None:
    """Set when the intent says that the order is only a plan, a proposal or an option."""
    intent = string(one.get("intent")).lower()
    if statement or intent in _ORDER_INTENTS or intent not in _PLAN_INTENTS:
        return None
    return Ignored(reference=reference, medication=name, reason=IgnoredReason.NOT_AN_ORDER, detail=intent)


def forbidden(one: Element, reference: str) -> Ignored | None:
    """Set when the order says not to give the drug."""
    if one.get("doNotPerform") is not True:
        return None
    return Ignored(reference=reference, medication="", reason=IgnoredReason.DO_NOT_PERFORM)


def written_on(one: Element) -> date | None:
    """The day on which the order was written or the statement made."""
    for name in ("authoredOn", "dateWritten", "dateAsserted"):
        if day := first_day(one.get(name)):
            return day
    return None


def period_of(one: Element) -> tuple[date | None, date | None]:
    """The period in which the order or statement says that the drug is taken."""
    period = element(one.get("effectivePeriod") or one.get("effectiveDosePeriod"))
    return first_day(period.get("start")) or first_day(one.get("effectiveDateTime")), last_day(period.get("end"))


def fillable_from(one: Element) -> date | None:
    """The first day on which it may be dispensed: post-dated prescriptions are not taken before it."""
    return first_day(element(element(one.get("dispenseRequest")).get("validityPeriod")).get("start"))


def supply_of(dispense: Element) -> Supply | None:
    """The quantity dispensed and the days it is meant to last, when both are stated."""
    quantity = read_supply(dispense.get("quantity"))
    days = length_in_days(element(dispense.get("expectedSupplyDuration")))
    if quantity is None or days is None or not (0 < days <= _LONGEST_DAYS and 0 < quantity.value <= BEYOND_REASON):
        return None
    return Supply(quantity=quantity.value, unit=quantity.unit, noun=quantity.noun, days=days)


def supply_ends_of(one: Element, prescription: Prescription, starts: date | None) -> date | None:
    """The last day that the dispensed supply reaches, as far as the order tells."""
    dispense = element(one.get("dispenseRequest"))
    ends = [last_day(element(dispense.get("validityPeriod")).get("end"))]
    fills = Decimal(1 + max(0, min(whole(dispense.get("numberOfRepeatsAllowed")) or 0, 99)))
    days = length_in_days(element(dispense.get("expectedSupplyDuration"))) or _days_of_quantity(dispense, prescription)
    durations = [sig.duration for sig in prescription.sigs if sig.duration]
    if days is None and durations and len(durations) == len(prescription.sigs):
        days = sum(durations, Decimal(0))
    if starts and days and 0 < days * fills <= _LONGEST_DAYS:
        ends.append(later(starts, int(days * fills)))
    return max((end for end in ends if end), default=None)


def _days_of_quantity(dispense: Element, prescription: Prescription) -> Decimal | None:
    """How long the dispensed quantity lasts when the least that the order schedules is taken."""
    supply = read_supply(dispense.get("quantity"))
    if supply is None or len(prescription.sigs) != 1:
        return None
    sig = prescription.sigs[0]
    if not isinstance(sig.dose, Dose) or not isinstance(sig.frequency, Frequency):
        return None
    if supply.unit is not sig.dose.unit or sig.dose.unit is Unit.MCG_PER_HOUR:
        return None
    if sig.as_needed:
        return None  # what is taken as needed may last for months
    used = sig.dose.low * sig.frequency.low.count
    return supply.value * sig.frequency.low.days / used if 0 < used <= BEYOND_REASON else None
