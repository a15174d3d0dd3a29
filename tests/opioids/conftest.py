"""The guideline and the conversion table that the domain's tests go by where they name no other."""

from __future__ import annotations

import pytest

from opioids.conversion import ConversionTable
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from tests.opioids.shipped import IDENTIFIER


@pytest.fixture(scope="session")
def guideline(knowledge: Knowledge) -> Guideline:
    return knowledge.guidelines["us-cdc-2022"]


@pytest.fixture(scope="session")
def table(knowledge: Knowledge) -> ConversionTable:
    return knowledge.tables["cdc-2022"]


@pytest.fixture
def identify():
    return IDENTIFIER.identify
