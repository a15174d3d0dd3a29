"""The services that this server offers, bound to one guideline and one conversion table."""

from __future__ import annotations

from hooks import medication_prescribe, order_select, order_sign, patient_view
from hooks.protocol import Service
from hooks.reading import Standards
from hooks.trace import Tracer, tracer
from opioids.knowledge import Knowledge

_MODULES = (medication_prescribe, order_select, order_sign, patient_view)


def build(knowledge: Knowledge, *, guideline: str, table: str) -> tuple[Service, ...]:
    """All services, judging by `guideline` with the factors of `table`.

    Raises:
        KeyError: the knowledge holds no guideline or no table of that id.
    """
    standards = Standards(knowledge=knowledge, guideline=knowledge.guidelines[guideline], table=knowledge.tables[table])
    return tuple(module.service(standards) for module in _MODULES)


def tracers(knowledge: Knowledge, *, guideline: str, table: str) -> dict[str, Tracer]:
    """For the id of each service, the function that tells how its answers come about; raises as `build` does."""
    standards = Standards(knowledge=knowledge, guideline=knowledge.guidelines[guideline], table=knowledge.tables[table])
    services = [(module.service(standards), module) for module in _MODULES]
    return {service.id: tracer(module.asked_of, standards, service.prefetch) for service, module in services}
