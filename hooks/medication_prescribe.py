"""medication-prescribe: the older hook (CDS Hooks 1.0), with DSTU2, STU3 and R4 orders in `medications`."""

from __future__ import annotations

from hooks.drafts import Asked, drafts_of, make_asked
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest

HOOK = "medication-prescribe"
TITLE = "Opioid safety while prescribing"
DESCRIPTION = "Daily MME with the new orders; naloxone; reductions that are too fast; benefits against harms"


def asked_of(request: HookRequest, prefetched: Prefetched) -> Asked:
    """All orders of the context, in a Bundle or in the bare list that the oldest clients send."""
    del prefetched  # the drafts are in the context
    return make_asked(drafts=drafts_of(request, "medications", "draftOrders"))
