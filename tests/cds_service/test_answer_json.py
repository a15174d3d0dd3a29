"""Answers as JSON: cards, suggestions and discovery without an empty field, numbers rounded half up."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import orjson
import pytest

from cds_service import answer_json
from hooks.protocol import DosePair
from tests.cds_service import fakes

SIGN = fakes.services()[2]


def empties(tree: Any, path: str = "") -> list[str]:
    """Paths of null, empty text, empty lists and empty objects."""
    if isinstance(tree, dict) and tree:
        return [found for key, value in tree.items() for found in empties(value, f"{path}.{key}")]
    if isinstance(tree, list) and tree:
        return [found for index, value in enumerate(tree) for found in empties(value, f"{path}[{index}]")]
    return [path] if tree in (None, "", [], {}) and tree is not False else []


def test_no_cards_is_the_one_empty_list():
    assert answer_json.render(()) == b'{"cards":[]}'


def test_a_plain_card_has_no_optional_field():
    (written,) = orjson.loads(answer_json.render((fakes.card(),)))["cards"]
    assert list(written) == ["uuid", "summary", "detail", "indicator", "source", "extension"]
    assert written["source"] == {
        "label": "CDC 2022",
        "url": "https://www.cdc.gov/x",
        "topic": {"code": "MmeTotal", "system": "urn:opioid-cds:topic"},
    }
    assert empties(written) == []


def test_the_finding_is_written_as_promised_and_rounded_half_up():
    (written,) = orjson.loads(answer_json.render((fakes.card(),)))["cards"]
    assert written["extension"] == {
        "org.opioid-cds.finding": {
            "topic": "MmeTotal",
            "guideline": "us-cdc-2022",
            "table": "cdc-2022",
            "rule": "mme-total",
            "mmePerDay": {
                "current": {"scheduled": 60.0, "maximum": 90.01},
                "proposed": {"scheduled": 60.0, "maximum": 107.14},
                "complete": True,
            },
        }
    }


def test_what_a_client_asks_for_by_name_stands_beside_the_finding():
    card = replace(fakes.card(), extensions={"org.example.detail": "text/plain"})
    (written,) = orjson.loads(answer_json.render((card,)))["cards"]
    assert list(written["extension"]) == ["org.opioid-cds.finding", "org.example.detail"]
    assert written["extension"]["org.example.detail"] == "text/plain"


@pytest.mark.parametrize(
    ("exact", "written"), [("0.005", 0.01), ("2.675", 2.68), ("0", 0.0), ("120", 120.0), ("1e3", 1000.0)]
)
def test_numbers_are_rounded_half_up_as_by_hand(exact, written):
    assert answer_json.number(Decimal(exact)) == written
    assert DosePair(scheduled=Decimal(exact), maximum=Decimal(exact)).maximum == Decimal(exact)


def test_suggestions_reasons_and_links_are_written_as_the_specification_asks():
    (written,) = orjson.loads(answer_json.render((fakes.FULL_CARD,)))["cards"]
    create, delete = written["suggestions"]
    assert written["selectionBehavior"] == "at-most-one"
    assert create["actions"] == [
        {
            "type": "create",
            "description": "Naloxone 4 mg nasal spray",
            "resource": {"resourceType": "MedicationRequest", "status": "draft"},
        }
    ]
    assert delete["actions"] == [
        {"type": "delete", "description": "Remove it", "resourceId": "MedicationRequest/draft-1"}
    ]
    assert written["overrideReasons"] == [
        {"code": "benefit", "system": "urn:opioid-cds:override", "display": "Benefit outweighs risk"}
    ]
    assert written["links"] == [{"label": "Guideline", "url": "https://www.cdc.gov/guideline", "type": "absolute"}]
    assert empties(written) == []


def test_discovery_lists_each_service_without_empty_fields():
    (entry,) = orjson.loads(answer_json.render_discovery((SIGN,), version="2.0.1"))["services"]
    assert entry == {
        "hook": "order-sign",
        "title": "Opioids at order-sign",
        "description": "Adds up opioids",
        "id": "opioid-order-sign",
        "version": "2.0.1",
        "hookVersion": "1.0",
        "prefetch": {"patient": "Patient/{{context.patientId}}"},
    }


def test_discovery_says_what_a_service_needs_and_nothing_that_is_empty():
    bare = replace(SIGN, title="", prefetch={}, usage_requirements="Send the list")
    (entry,) = orjson.loads(answer_json.render_discovery((bare,), version="2.0.1"))["services"]
    assert entry["usageRequirements"] == "Send the list"
    assert not {"title", "prefetch"} & entry.keys()


def test_discovery_without_services_is_an_empty_list():
    assert answer_json.render_discovery((), version="2.0.1") == b'{"services":[]}'
