"""The calculator alone, and what a plan begins with: what is taken now, what is not yet, and whose it is."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_mappings.bundles import patient_of, read_orders
from fhir_mappings.calculator import not_taken_yet, taken_now
from tests.fhir_mappings.test_prescriptions import bundle, request

TODAY = date(2026, 1, 31)
UNREADABLE = [{"text": "as the nurse sees fit"}]


@pytest.fixture
def told(knowledge):
    """MME/day that is taken now, how many orders of it add an unknown amount, and what is not taken yet."""

    def of(*orders):
        read, table = read_orders(bundle(*orders), knowledge.recogniser, TODAY), knowledge.tables["cdc-2022"]
        now = taken_now(read, table=table, as_of=TODAY)
        yet = not_taken_yet(read, now, table=table, as_of=TODAY)
        return now.maximum, len(now.uncounted), len(yet)

    return of


def test_active_orders_are_taken_now_and_drafts_are_not_yet(told):
    draft = request(id="d", status="draft")
    assert told(request(), {**draft, "dosageInstruction": UNREADABLE}) == (15, 0, 1)
    assert told({**request(), "dosageInstruction": UNREADABLE}, draft) == (0, 1, 1)


def test_drafts_are_taken_now_where_nothing_else_is(told):
    draft = request(id="d", status="draft")
    assert told(draft) == (15, 0, 0)
    assert told({**draft, "dosageInstruction": UNREADABLE}) == (0, 1, 0)


PATIENT = {"reference": "Patient/p"}


@pytest.mark.parametrize(
    ("body", "patient"),
    [
        (request(subject=PATIENT), "Patient/p"),
        ({**request(patient=PATIENT), "resourceType": "MedicationOrder"}, "Patient/p"),
        (bundle({"resourceType": "Patient", "id": "q"}, request(), request(subject=PATIENT)), "Patient/p"),
        (request(subject={"display": "somebody"}), ""),
        (bundle({"resourceType": "Observation", "subject": PATIENT}), ""),
    ],
)
def test_a_plan_is_for_the_patient_whom_the_first_order_names(body, patient):
    assert patient_of(body) == patient
