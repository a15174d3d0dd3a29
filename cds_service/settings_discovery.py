"""Settings of discovery: what callers are told to send."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from cds_service.settings_values import Section, setting


class PrefetchKey(StrEnum):
    """What discovery asks for."""

    PATIENT = "patient"
    MEDICATIONS = "medications"
    MEDICATION_ORDERS = "medicationOrders"
    STATEMENTS = "statements"
    CONDITIONS = "conditions"
    ENCOUNTER = "encounter"
    OBSERVATIONS = "observations"
    GOALS = "goals"
    DISPENSES = "dispenses"
    HISTORY = "history"


_Key = Annotated[PrefetchKey, Field(json_schema_extra={"expected": f"one of {', '.join(PrefetchKey)}"})]


class Discovery(Section):
    """What `GET /cds-services` says."""

    version: str = setting(
        "2.0.1",
        "The CDS Hooks version that is advertised.",
        'a version with three parts, such as "2.0.1"',
        pattern=r"^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?\Z",
    )
    leave_out: tuple[_Key, ...] = setting(
        (),
        "Prefetch keys that discovery and the integration sheets do not ask for. They are understood all the same.",
        "a list of prefetch keys",
    )
