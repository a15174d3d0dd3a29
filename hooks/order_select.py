"""order-select: orders are being chosen. Only the selected ones are spoken of; all of them count.

The hook fires before the order is complete: a draft without any drug is not yet one to speak of.
"""

from __future__ import annotations

from fhir_mappings.elements import Element, element, string
from fhir_mappings.medications import names_a_drug
from fhir_mappings.prescriptions import ORDER_TYPES
from hooks.drafts import Asked, drafts_of, make_asked, selected_of
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest

HOOK = "order-select"
TITLE = "Opioid safety while ordering"
DESCRIPTION = "Daily MME with the selected order; naloxone; reductions that are too fast; benefits against harms"


def asked_of(request: HookRequest, prefetched: Prefetched) -> Asked:
    """The drafts for which a drug has been chosen, and which of them are selected."""
    del prefetched  # the drafts are in the context
    drafts = drafts_of(request, "draftOrders", "medications")
    if drafts is None:
        return make_asked(drafts=None)
    selected = selected_of(request.context.get("selections"), drafts)
    chosen = [one for one in drafts if not _is_without_drug(element(one[0]))]
    return make_asked(drafts=chosen, selected=selected)


def _is_without_drug(resource: Element) -> bool:
    """An order in which no drug has been chosen yet; one that stops another order needs none."""
    chosen = names_a_drug(resource) or string(resource.get("status")) not in ("", "draft")
    return string(resource.get("resourceType")) in ORDER_TYPES and not chosen
