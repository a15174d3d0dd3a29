"""What was read of drugs, directions and problems is remembered, and nobody can fill the memory with it."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest

from fhir_mappings.patients import read_patient
from fhir_mappings.prescriptions import Reader
from fhir_mappings.references import Resources
from opioids.mme import mme_total
from opioids.prescriptions import Content
from tests.hooks.orders import TODAY, drug

LONG = 60_000
"""Characters of what is sent, each time others."""
MOST_KEPT = LONG // 3


def order(**given: Any) -> dict[str, Any]:
    plain = {"medicationCodeableConcept": drug("oxycodone 5"), "dosageInstruction": [{"text": "1 tablet twice a day"}]}
    return {"resourceType": "MedicationRequest", "id": "o", "status": "active", "intent": "order", **plain, **given}


def taken(**given: Any) -> dict[str, Any]:
    return order(dosageInstruction=[given])


def concept(*codings: dict[str, str], **given: Any) -> dict[str, Any]:
    return order(medicationCodeableConcept={"coding": list(codings), **given})


ORDERS = {
    "directions": lambda mark: taken(text=mark * LONG),
    "patient instructions": lambda mark: taken(patientInstruction=mark * LONG),
    "many codes": lambda mark: concept(
        *({"system": "http://hl7.org/fhir/sid/ndc", "code": f"{mark}{one:050d}"} for one in range(LONG // 50))
    ),
    "a code": lambda mark: concept({"system": "http://hl7.org/fhir/sid/ndc", "code": mark * LONG}),
    "a code system": lambda mark: concept({"system": f"http://{mark * LONG}", "code": "1"}),
    "a display of a reference": lambda mark: order(
        medicationCodeableConcept=None, medicationReference={"reference": "Medication/1", "display": mark * LONG}
    ),
    "many instructions": lambda mark: order(
        dosageInstruction=[{"text": f"{ord(mark) - 96} tablets twice a day"}] * (LONG // 400)
    ),
}


@pytest.mark.parametrize("sent", ORDERS.values(), ids=ORDERS)
def test_nothing_of_a_long_order_stays(sent, knowledge):
    reader = Reader(recogniser=knowledge.recogniser, resources=Resources(), on=TODAY)

    def read(mark: str) -> Content:
        content = reader.read(sent(mark), "order").content
        mme_total([content], knowledge.tables["cdc-2022"], TODAY)
        return content

    assert kept_of(read) < MOST_KEPT


def test_nothing_of_a_long_problem_stays(knowledge):
    def read(mark: str) -> object:
        codings = [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": mark * 100} for _ in range(LONG // 100)]
        problem = {"resourceType": "Condition", "code": {"coding": codings}}
        return read_patient({}, [problem], recogniser=knowledge.recogniser, conditions_seen=True, on=TODAY)

    assert kept_of(read) < MOST_KEPT


def kept_of(read: Any) -> int:
    """Bytes that stay when two of a kind were read, after one that loads what is needed.

    Tried again where it is too much: what else goes on in the process (threads of other tests) is measured too.
    """
    read("a")
    tracemalloc.start()
    try:
        kept = _kept(read, "bc")
        return kept if kept < MOST_KEPT else min(kept, _kept(read, "de"))
    finally:
        tracemalloc.stop()


def _kept(read: Any, marks: str) -> int:
    gc.collect()
    before, _ = tracemalloc.get_traced_memory()
    for mark in marks:
        read(mark)
    gc.collect()
    return tracemalloc.get_traced_memory()[0] - before
