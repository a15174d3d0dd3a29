"""order-sign: the orders are complete and about to be signed. Every draft is in focus."""

from __future__ import annotations

from hooks.drafts import Asked, drafts_of
from hooks.offered import offered
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest
from hooks.service import Service
from hooks.standards import Standards


def asked_of(request: HookRequest, prefetched: Prefetched) -> Asked:
    """All drafts of the context; the list that older clients call `medications` is read as well."""
    del prefetched  # the drafts are in the context
    return Asked(drafts=drafts_of(request, "draftOrders", "medications"))


def service(standards: Standards) -> Service:
    """The service as discovery shows it."""
    return offered(
        asked_of,
        standards,
        hook="order-sign",
        title="Opioid safety at signing",
        description="Daily MME with the signed orders; naloxone; reductions that are too fast; benefits against harms",
    )
