"""medication-prescribe: the older hook (CDS Hooks 1.0), with DSTU2, STU3 and R4 orders in `medications`."""

from __future__ import annotations

from hooks.drafts import Asked, drafts_of
from hooks.offered import offered
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest
from hooks.service import Service
from hooks.standards import Standards


def asked_of(request: HookRequest, prefetched: Prefetched) -> Asked:
    """All orders of the context, in a Bundle or in the bare list that the oldest clients send."""
    del prefetched  # the drafts are in the context
    return Asked(drafts=drafts_of(request, "medications", "draftOrders"))


def service(standards: Standards) -> Service:
    """The service as discovery shows it."""
    return offered(
        asked_of,
        standards,
        hook="medication-prescribe",
        title="Opioid safety while prescribing",
        description="Daily MME with the new orders; naloxone; reductions that are too fast; benefits against harms",
    )
