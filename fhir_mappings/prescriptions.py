"""FHIR orders and statements of every release into the domain's orders.

The drug is told before the dosage is read: most orders are no opioids, and a drug that adds nothing
needs no directions. A senseless resource spoils only itself.
"""

from __future__ import annotations

from datetime import date

from fhir_mappings.dosage import UNKNOWN_MODIFIER
from fhir_mappings.elements import Element, Json, element, is_true, string
from fhir_mappings.encounters import categories_of
from fhir_mappings.life import Life, forbidden, plan_of, state_of, written_on
from fhir_mappings.links import links_of, names_of, reference_of
from fhir_mappings.medications import Drug, read_drug
from fhir_mappings.purposes import purpose_of
from fhir_mappings.references import Resources
from fhir_mappings.timing import TURNED_ROUND
from opioids.days import later, latest
from opioids.drug_classes import DrugClass
from opioids.identity import Identified
from opioids.prescriptions import (
    Content,
    Ignored,
    IgnoredReason,
    Order,
    Prescription,
    Refusal,
    Standing,
    Uncounted,
    UncountedReason,
    make_ignored,
    make_prescription,
)
from opioids.recognition import Recogniser
from opioids.value_sets import Rescue
from opioids.values import maker, quickly_made

_OUTPATIENT = frozenset({"community", "outpatient", "discharge"})

_NOTHING: frozenset[str] = frozenset()

ORDER_TYPES = frozenset({"MedicationRequest", "MedicationOrder", "MedicationStatement"})
_NO_ORDERS = frozenset({"medication", "medicationadministration", "medicationdispense", "medicationknowledge"})


def is_order(resource: Json) -> bool:
    """Whether a resource is an order, or too broken to tell; other resources are not ours to judge.

    A type that is written wrongly, or of a release that is not read, may well be an order: it is not passed over.
    """
    kind = element(resource).get("resourceType")
    if not isinstance(kind, str) or kind in ORDER_TYPES:
        return True
    written = kind.strip().lower()
    return not written or (written.startswith("medication") and written not in _NO_ORDERS)


@quickly_made
class Reader:
    """Reads orders: what drugs are called, where referenced resources are, and which day it is."""

    recogniser: Recogniser
    resources: Resources
    on: date

    def read_if_it_matters(self, resource: Element, path: str) -> Order | None:
        """One order of a list, or None for a drug that is neither an opioid nor of weight beside one.

        Most orders of a chart are such; nothing but their drug is looked at.
        """
        kind = resource.get("resourceType")
        if not isinstance(kind, str) or kind.strip() not in ORDER_TYPES:
            return self.read(resource, path)
        drug = read_drug(resource, self.resources, self.recogniser)
        return self._of_drug(resource, path, drug) if drug.recognised.matters else None

    def matters(self, resource: Element) -> bool:
        """Whether an order is, or may be, for an opioid or a drug of weight beside one: nothing else of it is read."""
        is_readable = string(resource.get("resourceType")) in ORDER_TYPES
        return not is_readable or read_drug(resource, self.resources, self.recogniser).recognised.matters

    def read(self, resource: Json, path: str) -> Order:
        """One order. `path` names an order without an id, and is where a fault is said to be.

        Never raises: what cannot be read becomes an `Uncounted` of reason `resource-invalid`.
        """
        one = element(resource)
        if string(one.get("resourceType")) not in ORDER_TYPES:
            return _unreadable(path)
        return self._of_drug(one, path, read_drug(one, self.resources, self.recogniser))

    def _of_drug(self, one: Element, path: str, drug: Drug) -> Order:
        reference, identity = reference_of(one, path), drug.recognised.identity
        if isinstance(identity, IgnoredReason):
            return self._aside(one, reference, drug, identity)
        return self._opioid(one, reference, drug, identity)

    def _opioid(self, one: Element, reference: str, drug: Drug, identity: Identified | Refusal) -> Order:
        state, life = state_of(one), Life(one, self.on)
        replaces, fulfils, same_as = links_of(one, reference, self.resources)
        not_to_give = _NOTHING
        content: Content
        if isinstance(identity, Refusal):
            content = Uncounted(
                reference=reference, medication=drug.name, reason=identity.reason, detail=identity.detail
            )
            why = life.why_not_taken()
        else:
            content = self._prescription(one, reference, drug, identity, life)
            why = life.why_outside()
        if is_true(one.get("doNotPerform")):
            content = make_ignored(reference=reference, medication=drug.name, reason=IgnoredReason.DO_NOT_PERFORM)
            not_to_give = identity.product.ingredients if isinstance(identity, Identified) else _NOTHING
        first, last = _days_of_sigs(content) if life.taking.dated else (None, None)
        return Order(
            key=reference,
            reference=reference,
            medication=drug.name,
            standing=state.standing,
            state=state.words,
            content=content,
            plan=plan_of(one, reference, drug.name),
            outside=_outside(reference, drug.name, why) if why else None,
            replaces=replaces,
            fulfils=fulfils,
            same_as=same_as,
            names=names_of(one),
            started=life.start or first or life.written,
            begins=latest((life.start, life.opens, first)),
            supply_ends=_taken_until(life.supply_ends, last),
            supply_days=life.taking.lasts_at_least,
            ended=life.ended,
            forbidden=not_to_give,
            risk=drug.recognised.risk,
            is_rescue_naloxone=is_for_home(one, drug.recognised.rescue),
        )

    def _prescription(
        self, one: Element, reference: str, drug: Drug, identified: Identified, life: Life
    ) -> Prescription:
        taking = life.taking
        unstated = () if one.get("status") is not None else ("no status: taken as active",)
        if one.get("modifierExtension"):
            unstated = (*unstated, UNKNOWN_MODIFIER)
        if life.has_a_period_turned_round:
            unstated = (*unstated, TURNED_ROUND)
        purpose = purpose_of(one, identified, self.resources, self.recogniser)
        return make_prescription(
            reference=reference,
            medication=drug.name,
            product=identified.product,
            sigs=life.sigs(),
            written=taking.directions.written,
            supply=taking.supply,
            purpose=purpose,
            starts=life.starts,
            assumptions=(*identified.assumptions, *unstated),
            alike=(drug, taking, purpose, unstated),
        )

    def _aside(self, one: Element, reference: str, drug: Drug, reason: IgnoredReason) -> Order:
        """An order that adds nothing: when it is taken matters only of what sedates or blocks."""
        state, why = state_of(one), ""
        started, supply_ends, ended = written_on(one), None, None
        replaces, fulfils, same_as = links_of(one, reference, self.resources)
        if drug.recognised.risk:
            life = Life(one, self.on)
            started, supply_ends, ended = life.starts, life.supply_ends, life.ended
            # A blocker that was injected once blocks for weeks.
            lasts = drug.recognised.risk[0] is DrugClass.BLOCKER
            why = life.why_outside() if lasts else life.why_not_taken()
        return Order(
            key=reference,
            reference=reference,
            medication=drug.name,
            standing=state.standing,
            state=state.words,
            content=make_ignored(reference=reference, medication=drug.name, reason=reason),
            plan=plan_of(one, reference, drug.name) or forbidden(one, reference),
            outside=_outside(reference, drug.name, why) if why else None,
            replaces=replaces,
            fulfils=fulfils,
            same_as=same_as,
            names=names_of(one),
            started=started,
            supply_ends=supply_ends,
            ended=ended,
            risk=drug.recognised.risk,
            is_rescue_naloxone=is_for_home(one, drug.recognised.rescue),
        )


make_reader = maker(Reader)


def _outside(reference: str, name: str, why: str) -> Ignored:
    return make_ignored(reference=reference, medication=name, reason=IgnoredReason.OUTSIDE_PERIOD, detail=why)


def _unreadable(path: str) -> Order:
    name = "unreadable order"
    fault = Uncounted(
        reference=path,
        medication=name,
        reason=UncountedReason.RESOURCE_INVALID,
        detail=f"{path}: not a medication order",
    )
    return Order(key=path, reference=path, medication=name, standing=Standing.ACTIVE, content=fault)


def _days_of_sigs(content: Content) -> tuple[date | None, date | None]:
    """The first day of its directions, where one is told, and the last one, where all of them end."""
    sigs = content.sigs if isinstance(content, Prescription) else ()
    starts, ends = [sig.start for sig in sigs if sig.start], [sig.end for sig in sigs if sig.end]
    return min(starts) if starts else None, max(ends) if ends and len(ends) == len(sigs) else None


def _taken_until(supply_ends: date | None, last: date | None) -> date | None:
    """The first day without it: after its supply or, where the last day of its directions is before that, after it."""
    if last is None or (supply_ends is not None and supply_ends <= last):
        return supply_ends
    return later(last, 1)


def is_for_home(one: Element, rescue: Rescue) -> bool:
    """Whether an order's naloxone is for use at home; what a ward keeps at hand is not."""
    if rescue is Rescue.NO:
        return False
    categories = categories_of(one)
    if not _OUTPATIENT.isdisjoint(categories):
        return True
    return rescue is Rescue.YES and "inpatient" not in categories
