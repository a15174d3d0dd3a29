"""What a service needs beyond what was sent: whether the chart could matter, and which drugs are not known yet."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fhir_mappings.elements import Element, element, items, string
from fhir_mappings.medications import unresolved_reference
from fhir_mappings.patients import is_about
from fhir_mappings.prescriptions import ORDER_TYPES, is_order
from hooks.drafts import Asked, make_asked
from hooks.evaluation import AskedOf
from hooks.focus import focus_of
from hooks.prefetch import Prefetched, read_prefetch
from hooks.protocol import HookRequest, PreconditionFailed
from hooks.reading import reader_of
from hooks.service import Call, References
from hooks.standards import Standards
from opioids.case import Focus


@dataclass(frozen=True, slots=True, kw_only=True)
class ChartNeeds:
    """The needs of a service, told by what it asks about."""

    asked_of: AskedOf
    standards: Standards

    def chart(self, request: HookRequest, call: Call) -> bool:
        """Whether anything on the patient's chart could make the service speak about these drafts.

        It could not when each draft in focus is for a drug that is harmless beside opioids and refers to no
        other order: those are most of the orders that are written in a hospital.
        """
        asked = self._asked(request, Prefetched())
        if asked.whole_chart or asked.drafts is None:
            return True
        reader = reader_of(Prefetched(), asked, self.standards.knowledge, call.today)
        own = [one for one in asked.drafts if is_order(one[0]) and is_about(element(one[0]), request.patient_id)]
        orders = [reader.read(resource, path) for resource, path, _ in own]
        changes = any(order.replaces or order.fulfils for order in orders)
        return changes or focus_of(asked, orders, [], list_seen=False) is not Focus.NEITHER

    def medications(self, request: HookRequest) -> References:
        """The Medications that were not sent and without which a drug stays unknown; drafts' first."""
        if not may_refer(request):
            return References()
        prefetched, knowledge = read_prefetch(request.prefetch, request.context), self.standards.knowledge
        asked = self._asked(request, prefetched)
        resources = reader_of(prefetched, asked, knowledge, date.min).resources

        def unresolved(orders: Iterable[Element]) -> dict[str, None]:
            own = (one for one in orders if is_about(one, request.patient_id))
            found = (unresolved_reference(one, resources, knowledge.recogniser) for one in own)
            return dict.fromkeys(one for one in found if one)

        drafts = (element(one) for one, _, _ in asked.drafts or ())
        needed = unresolved((*drafts, *(one for one, _ in prefetched.orders)))
        supplies = prefetched.facts.get("MedicationDispense", ())
        beside = unresolved((*(one for one, _ in prefetched.history), *supplies))
        return References(needed=[*needed], beside=[one for one in beside if one not in needed])

    def _asked(self, request: HookRequest, prefetched: Prefetched) -> Asked:
        try:
            return self.asked_of(request, prefetched)
        except PreconditionFailed:  # the chart is asked about, and not there yet
            return make_asked(drafts=None, whole_chart=True)


def may_refer(request: HookRequest) -> bool:
    """Whether any order might name its drug by a reference: a look that costs next to nothing when none does."""
    contents = (request.context.get("draftOrders"), request.context.get("medications"), *request.prefetch.values())
    for content in contents:
        sent = element(content)
        kind = string(sent.get("resourceType"))
        if content and (not kind or kind in ORDER_TYPES):
            return True  # in a list or a wrapper, or by itself
        for entry in items(sent.get("entry")):
            one = element(entry)
            resource = element(one.get("resource", one))
            if "medicationReference" in resource or "medication" in resource or "entry" in resource:
                return True
    return False
