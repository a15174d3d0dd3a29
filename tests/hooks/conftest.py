from __future__ import annotations

from itertools import count

import pytest

from hooks import services as offered
from hooks.protocol import Call, Service
from hooks.reading import Standards
from opioids.knowledge import Knowledge
from tests.hooks.orders import TODAY


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
