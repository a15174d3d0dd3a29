"""The services that this server offers, bound to one guideline and one conversion table."""

from __future__ import annotations

from hooks import medication_prescribe, order_select, order_sign, patient_view
from hooks.protocol import Service
from hooks.reading import Standards
from opioids.knowledge import Knowledge


def build(knowledge: Knowledge, *, guideline: str, table: str) -> tuple[Service, ...]:
    """All services, judging by `guideline` with the factors of `table`.

    Raises:
        KeyError: the knowledge holds no guideline or no table of that id.
    """
    standards = Standards(knowledge=knowledge, guideline=knowledge.guidelines[guideline], table=knowledge.tables[table])
    modules = (medication_prescribe, order_select, order_sign, patient_view)
    return tuple(module.service(standards) for module in modules)
