"""One service of this server, put together from what its hook asks about: the rest is the same for all of them."""

from __future__ import annotations

from hooks.evaluation import PREFETCH, USAGE_REQUIREMENTS, AskedOf, evaluator
from hooks.needs import ChartNeeds
from hooks.service import Service
from hooks.standards import Standards
from hooks.trace import tracer


def offered(asked_of: AskedOf, standards: Standards, *, hook: str, title: str, description: str) -> Service:
    """The service of a hook as discovery shows it, with what answers its calls."""
    return Service(
        id=f"opioid-{hook}",
        hook=hook,
        title=title,
        description=description,
        usage_requirements=USAGE_REQUIREMENTS,
        prefetch=PREFETCH,
        evaluate=evaluator(asked_of, standards),
        needs=ChartNeeds(asked_of=asked_of, standards=standards),
        trace=tracer(asked_of, standards),
    )
