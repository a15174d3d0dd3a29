"""order-sign: the orders are complete and about to be signed. Every draft is in focus."""

from __future__ import annotations

from hooks.drafts import Asked, drafts_of
from hooks.evaluation import PREFETCH, USAGE_REQUIREMENTS, evaluator
from hooks.needs import ChartNeeds
from hooks.prefetch import Prefetched
from hooks.protocol import HookRequest
from hooks.service import Service
from hooks.standards import Standards
from hooks.trace import tracer


def asked_of(request: HookRequest, prefetched: Prefetched) -> Asked:
    """All drafts of the context; the list that older clients call `medications` is read as well."""
    del prefetched  # the drafts are in the context
    return Asked(drafts=drafts_of(request, "draftOrders", "medications"))


def service(standards: Standards) -> Service:
    """The service as discovery shows it."""
    return Service(
        id="opioid-order-sign",
        hook="order-sign",
        title="Opioid safety at signing",
        description="Daily MME with the signed orders; naloxone; reductions that are too fast; benefits against harms",
        usage_requirements=USAGE_REQUIREMENTS,
        prefetch=PREFETCH,
        evaluate=evaluator(asked_of, standards),
        needs=ChartNeeds(asked_of=asked_of, standards=standards),
        trace=tracer(asked_of, standards, PREFETCH),
    )
