"""The services with the shipped knowledge under CDC 2022, and requests read into cases."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from hooks import medication_prescribe, order_select, order_sign, patient_view
from hooks import services as offered
from hooks.prefetch import read_prefetch
from hooks.reading import read_case, reader_of
from hooks.service import Call, Service
from hooks.standards import Standards
from opioids.case import Case
from opioids.knowledge import Knowledge
from tests.hooks.orders import TODAY, request

MODULES = {
    "order-sign": order_sign,
    "order-select": order_select,
    "patient-view": patient_view,
    "medication-prescribe": medication_prescribe,
}


@pytest.fixture(scope="session")
def standards(knowledge: Knowledge) -> Standards:
    return Standards(
        knowledge=knowledge, guideline=knowledge.guidelines["us-cdc-2022"], table=knowledge.tables["cdc-2022"]
    )


@pytest.fixture(scope="session")
def services(knowledge: Knowledge) -> dict[str, Service]:
    return {one.hook: one for one in offered.build(knowledge, guideline="us-cdc-2022", table="cdc-2022")}


@pytest.fixture
def call() -> Call:
    numbers = count(1)
    return Call(today=TODAY, new_uuid=lambda: f"uuid-{next(numbers)}")


@pytest.fixture(scope="session")
def case_of(standards: Standards) -> Callable[..., Case]:
    """Reads a request, built as `tests.hooks.orders.request` builds it, into a case."""

    def read(hook: str, *arguments, **context) -> Case:
        asked = request(hook, *arguments, **context)
        prefetched = read_prefetch(asked.prefetch, asked.context)
        what = MODULES[hook].asked_of(asked, prefetched)
        return read_case(asked, what, prefetched, standards, reader_of(prefetched, what, standards.knowledge, TODAY))

    return read
