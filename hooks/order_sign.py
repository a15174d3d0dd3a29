"""order-sign: the orders are complete and about to be signed. Every draft is in focus."""

from __future__ import annotations

from hooks.drafts import Asked, drafts_of, make_asked
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest

HOOK = "order-sign"
TITLE = "Opioid safety at signing"
DESCRIPTION = "Daily MME with the signed orders; naloxone; reductions that are too fast; benefits against harms"


def asked_of(request: HookRequest, prefetched: Prefetched) -> Asked:
    """All drafts of the context; the list that older clients call `medications` is read as well."""
    del prefetched  # the drafts are in the context
    return make_asked(drafts=drafts_of(request, "draftOrders", "medications"))
