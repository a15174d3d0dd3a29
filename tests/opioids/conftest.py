"""The guideline and the conversion table that the domain's tests go by where they name no other."""

from __future__ import annotations

import pytest

from opioids.conversion import ConversionTable
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.mme import mme_total
from tests.opioids.build import TODAY
from tests.opioids.shipped import IDENTIFIER


@pytest.fixture(scope="session")
def guideline(knowledge: Knowledge) -> Guideline:
    return knowledge.guidelines["us-cdc-2022"]


@pytest.fixture(scope="session")
def table(knowledge: Knowledge) -> ConversionTable:
    return knowledge.tables["cdc-2022"]


@pytest.fixture
def total(knowledge):
    def add_up(*contents, table="cdc-2022", written=frozenset()):
        return mme_total(contents, knowledge.tables[table], TODAY, being_written=written)

    return add_up


@pytest.fixture
def line(total):
    def only(content, table="cdc-2022"):
        [found] = total(content, table=table).counted
        return found

    return only


@pytest.fixture
def identify():
    return IDENTIFIER.identify
