"""FHIR orders and statements of every release into the domain's orders.

The drug is told before the dosage is read: most orders are no opioids, and a drug that adds nothing
needs no directions. A senseless resource spoils only itself.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from fhir_mappings.codes import codes_of
from fhir_mappings.dosage import read_instructions
from fhir_mappings.elements import (
    Element,
    Json,
    concept_codes,
    concept_words,
    element,
    elements,
    first_day,
    items,
    key_of_reference,
    last_day,
    string,
    whole,
)
from fhir_mappings.medications import Drug, read_drug
from fhir_mappings.quantities import read_supply
from fhir_mappings.references import Resources
from fhir_mappings.timing import length_in_days
from opioids.identity import Identified
from opioids.prescriptions import (
    Ignored,
    IgnoredReason,
    Order,
    Prescription,
    Purpose,
    Refusal,
    Sig,
    Standing,
    Uncounted,
    UncountedReason,
)
from opioids.quantities import Dose, Frequency, Unit
from opioids.recognition import Recogniser
from opioids.value_sets import ConditionGroup, Rescue

ORDER_TYPES = frozenset({"MedicationRequest", "MedicationOrder", "MedicationStatement"})

STALE_AFTER = timedelta(days=30)
"""Charts keep dead orders active: a supply that ended longer ago than this is not taken any more."""

_STANDINGS = {
    "active": Standing.ACTIVE, "recorded": Standing.ACTIVE, "draft": Standing.DRAFT,
    "on-hold": Standing.ON_HOLD, "stopped": Standing.WITHDRAWN, "cancelled": Standing.WITHDRAWN,
    "completed": Standing.ENDED, "ended": Standing.ENDED, "intended": Standing.ENDED, "not-taken": Standing.ENDED,
    "entered-in-error": Standing.IN_ERROR,
}  # fmt: skip

_ORDER_INTENTS = frozenset({"", "order", "original-order", "reflex-order", "filler-order", "instance-order"})
_OUTPATIENT = frozenset({"community", "outpatient", "discharge"})
_PLAN_INTENTS = frozenset({"plan", "proposal", "option", "directive"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Reads orders: what drugs are called, where referenced resources are, and which day it is."""

    recogniser: Recogniser
    resources: Resources
    on: date

    def read(self, resource: Json, path: str) -> Order:
        """One order. `path` names an order without an id, and is where a fault is said to be.

        Never raises: what cannot be read becomes an `Uncounted` of reason `resource-invalid`.
        """
        one = element(resource)
        kind, id_ = string(one.get("resourceType")), string(one.get("id"))
        if kind not in ORDER_TYPES:
            return _invalid(path, path, "not a medication order")
        reference = f"{kind}/{id_}" if id_ else path
        drug = read_drug(one, self.resources, self.recogniser)
        if isinstance(drug.recognised.identity, IgnoredReason):
            return _aside(one, reference, drug, drug.recognised.identity)
        return self._opioid(one, reference, drug)

    def _opioid(self, one: Element, reference: str, drug: Drug) -> Order:
        statement = one["resourceType"] == "MedicationStatement"
        written = _written_on(one)
        start, end = _period(one)
        standing, note = _standing(one, statement)
        identity = drug.recognised.identity
        content: Prescription | Uncounted | Ignored
        supply_ends: date | None = None
        if isinstance(identity, Refusal):
            content = Uncounted(
                reference=reference, medication=drug.name, reason=identity.reason, detail=identity.detail
            )
        elif isinstance(identity, Identified):
            content = self._prescription(one, reference, drug.name, identity, start or written)
            content = replace(content, assumptions=(*content.assumptions, *note))
            supply_ends = _supply_ends(one, content, start or written)
        else:
            content = Ignored(reference=reference, medication=drug.name, reason=identity)
        if one.get("doNotPerform") is True:
            content = Ignored(reference=reference, medication=drug.name, reason=IgnoredReason.DO_NOT_PERFORM)
        return Order(
            key=reference,
            reference=reference,
            medication=drug.name,
            standing=standing,
            content=content,
            plan=_plan(one, reference, drug.name, statement),
            outside=self._outside(reference, drug.name, start, end, supply_ends),
            replaces=_keys(one.get("priorPrescription")),
            fulfils=_keys(one.get("basedOn")) - {reference},
            same_as=_keys(one.get("derivedFrom")) - {reference},
            started=start or _first_sig_day(content) or written,
            supply_ends=supply_ends,
            sedative=drug.recognised.sedative,
            is_rescue_naloxone=_is_rescue(one, drug.recognised.rescue),
        )

    def _prescription(
        self, one: Element, reference: str, name: str, identified: Identified, starts: date | None
    ) -> Prescription:
        sigs = read_instructions(one, starts)
        routes = {sig.route for sig in sigs if sig.route}
        return Prescription(
            reference=reference,
            medication=name,
            product=identified.product,
            sigs=sigs,
            route=min(routes) if len(routes) == 1 else None,
            purpose=self._purpose(one),
            starts=starts,
            assumptions=identified.assumptions,
        )

    def _purpose(self, one: Element) -> Purpose:
        """What the order says it is for; only treatment of opioid use disorder changes the counting."""
        reasons: list[Json] = []
        for name in ("reasonCode", "reasonCodeableConcept", "reason", "reasonForUseCodeableConcept"):
            found = elements(one.get(name))
            reasons.extend(reason.get("concept") or reason for reason in found)
        for name in ("reasonReference", "reasonForUseReference"):
            for reference in elements(one.get(name)):
                condition = self.resources.find(string(reference.get("reference")), one)
                reasons.append(condition.get("code") if condition else {"text": string(reference.get("display"))})
        for reason in reasons:
            if self.recogniser.conditions.means(
                ConditionGroup.OPIOID_USE_DISORDER, codes_of([reason]), concept_words(reason)
            ):
                return Purpose.OPIOID_USE_DISORDER
        return Purpose.PAIN if reasons else Purpose.NOT_STATED

    def _outside(
        self, reference: str, name: str, start: date | None, end: date | None, supply_ends: date | None
    ) -> Ignored | None:
        detail = ""
        if start and start > self.on:
            detail = f"starts on {start}"
        elif end and end < self.on:
            detail = f"ended on {end}"
        elif supply_ends and supply_ends + STALE_AFTER < self.on:
            detail = f"last supply ended on {supply_ends}"
        if not detail:
            return None
        return Ignored(reference=reference, medication=name, reason=IgnoredReason.OUTSIDE_PERIOD, detail=detail)


def _invalid(reference: str, path: str, why: str) -> Order:
    fault = Uncounted(
        reference=reference,
        medication="unreadable order",
        reason=UncountedReason.RESOURCE_INVALID,
        detail=f"{path}: {why}",
    )
    return Order(
        key=reference, reference=reference, medication="unreadable order", standing=Standing.ACTIVE, content=fault
    )


def _aside(one: Element, reference: str, drug: Drug, reason: IgnoredReason) -> Order:
    """An order that adds nothing: of its directions nothing needs to be read."""
    return Order(
        key=reference,
        reference=reference,
        medication=drug.name,
        standing=_standing(one, one["resourceType"] == "MedicationStatement")[0],
        content=Ignored(reference=reference, medication=drug.name, reason=reason),
        sedative=drug.recognised.sedative,
        is_rescue_naloxone=_is_rescue(one, drug.recognised.rescue),
    )


def _is_rescue(one: Element, rescue: Rescue) -> bool:
    if rescue is not Rescue.OUTSIDE_HOSPITAL:
        return rescue is Rescue.YES
    categories = [code for category in items(one.get("category")) for _, code in concept_codes(category)]
    return bool(_OUTPATIENT & {*categories, string(one.get("category"))})


def _standing(one: Element, statement: bool) -> tuple[Standing, tuple[str, ...]]:
    not_taken = one.get("wasNotTaken") is True or string(one.get("taken")) == "n"
    adherence = [code for _, code in concept_codes(element(one.get("adherence")).get("code"))]
    if statement and (not_taken or "not-taken" in adherence):
        return Standing.ENDED, ()
    status = one.get("status")
    if status is None:
        return Standing.ACTIVE, ("no status: taken as active",)
    return _STANDINGS.get(string(status).lower(), Standing.UNKNOWN), ()


def _plan(one: Element, reference: str, name: str, statement: bool) -> Ignored | None:
    intent = string(one.get("intent")).lower()
    if statement or intent in _ORDER_INTENTS or intent not in _PLAN_INTENTS:
        return None
    return Ignored(reference=reference, medication=name, reason=IgnoredReason.NOT_AN_ORDER, detail=intent)


def _written_on(one: Element) -> date | None:
    for name in ("authoredOn", "dateWritten", "dateAsserted"):
        if day := first_day(one.get(name)):
            return day
    return None


def _period(one: Element) -> tuple[date | None, date | None]:
    """The period in which the order or statement says that the drug is taken."""
    period = element(one.get("effectivePeriod") or one.get("effectiveDosePeriod"))
    return first_day(period.get("start")) or first_day(one.get("effectiveDateTime")), last_day(period.get("end"))


def _first_sig_day(content: Prescription | Uncounted | Ignored) -> date | None:
    if not isinstance(content, Prescription):
        return None
    return min((sig.start for sig in content.sigs if sig.start), default=None)


def _keys(references: Json) -> frozenset[str]:
    found = (string(one.get("reference")) for one in elements(references))
    return frozenset(key_of_reference(reference) for reference in found if reference)


def _supply_ends(one: Element, prescription: Prescription, starts: date | None) -> date | None:
    """The last day that the dispensed supply reaches, as far as the order tells."""
    dispense = element(one.get("dispenseRequest"))
    ends = [last_day(element(dispense.get("validityPeriod")).get("end"))]
    fills = Decimal(1 + max(0, min(whole(dispense.get("numberOfRepeatsAllowed")) or 0, 99)))
    days = length_in_days(element(dispense.get("expectedSupplyDuration"))) or _days_of_quantity(dispense, prescription)
    durations = [sig.duration for sig in prescription.sigs if sig.duration]
    if days is None and durations and len(durations) == len(prescription.sigs):
        days = sum(durations, Decimal(0))
    if starts and days and 0 < days * fills < 36500:
        ends.append(starts + timedelta(days=int(days * fills)))
    return max((end for end in ends if end), default=None)


def _days_of_quantity(dispense: Element, prescription: Prescription) -> Decimal | None:
    """How long the dispensed quantity lasts at the most that the order allows."""
    supply = read_supply(dispense.get("quantity"))
    if supply is None or len(prescription.sigs) != 1:
        return None
    sig: Sig = prescription.sigs[0]
    if not isinstance(sig.dose, Dose) or not isinstance(sig.frequency, Frequency):
        return None
    if supply.unit is not sig.dose.unit or sig.dose.unit is Unit.MCG_PER_HOUR:
        return None
    used = sig.dose.high * sig.frequency.high.count
    return supply.value * sig.frequency.high.days / used if used > 0 else None
