"""Histories: of several versions of an order the newest is the order."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_mappings.calculator import calculate

TODAY = date(2026, 1, 31)
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"


def version(tablets, number=None, updated=None, **given):
    """An order of oxycodone 5 mg twice a day, 15 MME for each tablet at a time."""
    timing = {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}
    told = {"versionId": number, "lastUpdated": updated}
    return {
        "resourceType": "MedicationRequest",
        "id": "a",
        "meta": {name: value for name, value in told.items() if value},
        "status": "active",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "1049621"}]},
        "dosageInstruction": [{"timing": timing, "doseAndRate": [{"doseQuantity": {"value": tablets}}]}],
        **given,
    }


@pytest.fixture
def mme(knowledge):
    def total(*resources, kind="history", entries=()):
        body = {"resourceType": "Bundle", "type": kind, "entry": [*entries, *({"resource": one} for one in resources)]}
        return calculate(body, knowledge=knowledge, table=knowledge.tables["cdc-2022"], as_of=TODAY)

    return total


@pytest.mark.parametrize(
    "versions",
    [
        (version(2, "2"), version(1, "1")),
        (version(1, "9"), version(2, "10")),
        (version(1, "1"), version(2, "3"), version(4, "2")),
        (version(1, updated="2026-01-01T08:00:00Z"), version(2, updated="2026-01-02T08:00:00Z")),
        (version(2), version(1)),
        (version(2, "b"), version(1, "a")),
        (version(2), version(1, "7")),
        (version(2, "3"), version(1, "3")),
    ],
)
def test_the_newest_version_counts_and_the_others_are_named(versions, mme):
    total = mme(*versions)
    assert total.maximum == 30
    assert [one.reason.value for one in total.ignored] == ["replaced"] * (len(versions) - 1)


def test_an_order_that_was_stopped_or_deleted_is_not_taken(mme):
    assert mme(version(2, "2", status="stopped"), version(2, "1")).maximum == 0
    deleted = {"request": {"method": "DELETE", "url": "MedicationRequest/a"}}
    assert mme(version(2, "1"), entries=[deleted]).maximum == 0


def test_an_earlier_draft_replaces_nothing(mme):
    assert mme(version(1, "2"), version(4, "1", status="draft")).maximum == 15


def test_other_orders_and_other_bundles_are_no_versions(mme):
    nameless = {name: value for name, value in version(1).items() if name != "id"}
    assert mme(version(2, "2"), version(1, "1", id="b"), nameless, dict(nameless)).maximum == 30 + 15 + 15 + 15
    assert mme(version(2, "2"), version(1, "1"), kind="collection").maximum == 30 + 15


def test_an_earlier_version_of_a_harmless_order_stays_harmless(mme):
    lisinopril = {"medicationCodeableConcept": {"text": "lisinopril 10 mg tablet"}}
    total = mme(version(1, "2", **lisinopril), version(1, "1", **lisinopril))
    assert [one.reason.value for one in total.ignored] == ["not-an-opioid", "not-an-opioid"]
