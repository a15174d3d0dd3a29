"""What an EHR does with a suggestion: the next call's body, for each hook and each shape of orders."""

from __future__ import annotations

import copy

import pytest

from cds_service.pages import ehr
from hooks.protocol import Action, ActionType, Coding, Suggestion
from tests.cds_service.fakes import FULL_CARD, card, context, hook_request

NALOXONE = {"resourceType": "MedicationRequest", "status": "draft"}
OLD = {"resourceType": "MedicationRequest", "id": "draft-1", "status": "draft"}


def suggestion(kind=ActionType.CREATE, resource=NALOXONE):
    return Suggestion(label="x", uuid="s", actions=(Action(type=kind, description="x", resource=resource),))


def bundle(*resources, **more):
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources], **more}


ADDED = {**NALOXONE, "id": "suggested-1"}


@pytest.mark.parametrize(
    ("hook", "key", "before", "after"),
    [
        ("order-sign", "draftOrders", bundle(OLD), bundle(OLD, ADDED)),
        ("order-sign", "draftOrders", bundle(OLD, total=1), bundle(OLD, ADDED, total=2)),
        ("order-select", "draftOrders", bundle(), bundle(ADDED)),
        (
            "order-sign",
            "draftOrders",
            None,
            {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": ADDED}]},
        ),
        ("medication-prescribe", "medications", bundle(OLD), bundle(OLD, ADDED)),
        ("medication-prescribe", "medications", [OLD], [OLD, ADDED]),
        (
            "medication-prescribe",
            "medications",
            OLD,
            {"resourceType": "Bundle", "type": "collection", **bundle(OLD, ADDED)},
        ),
    ],
)
def test_a_new_order_stands_among_those_being_written(hook, key, before, after):
    content = context(**{"draftOrders": ..., key: before}) | {"hook": hook}
    kept = copy.deepcopy(content)
    assert ehr.after(suggestion(), content)["context"][key] == after
    assert content == kept


def test_the_bare_list_that_was_the_whole_context_gets_it_too():
    content = hook_request(hook="medication-prescribe", context=[OLD], patient="p1")
    assert ehr.after(suggestion(), content)["context"] == [OLD, ADDED]


def test_a_hook_without_drafts_sees_the_order_on_the_active_list():
    content = hook_request(hook="patient-view", prefetch={"medications": bundle(OLD), "patient": None})
    following = ehr.after(suggestion(), content)
    assert following["prefetch"]["medications"] == bundle(OLD, {**ADDED, "status": "active"})
    assert following["context"] == content["context"]


def test_a_deleted_order_is_gone_and_an_order_of_the_same_id_is_exchanged():
    content = context(draftOrders=bundle(OLD, {**OLD, "id": "other"}))
    deleted = ehr.after(suggestion(ActionType.DELETE, OLD), content)
    assert deleted["context"]["draftOrders"] == bundle({**OLD, "id": "other"})
    again = ehr.after(suggestion(ActionType.CREATE, {**OLD, "note": "new"}), content)
    assert again["context"]["draftOrders"] == bundle({**OLD, "id": "other"}, {**OLD, "note": "new"})


def test_feedback_is_what_the_specification_says():
    chosen = FULL_CARD.suggestions[0]
    assert ehr.accepted(FULL_CARD, chosen, "2026-01-31T12:00:00Z") == {
        "feedback": [
            {
                "card": FULL_CARD.uuid,
                "outcome": "accepted",
                "acceptedSuggestions": [{"id": chosen.uuid}],
                "outcomeTimestamp": "2026-01-31T12:00:00Z",
            }
        ]
    }
    reason = Coding(code="c", system="s", display="d")
    (item,) = ehr.overridden(card(), reason, "2026-01-31T12:00:00Z")["feedback"]
    assert (item["outcome"], item["overrideReason"]) == ("overridden", {"reason": {"code": "c", "system": "s"}})
    assert "overrideReason" not in ehr.overridden(card(), None, "2026-01-31T12:00:00Z")["feedback"][0]


@pytest.mark.parametrize(
    "feedback",
    [
        ehr.accepted(FULL_CARD, FULL_CARD.suggestions[0], "2026-01-31T12:00:00Z"),
        ehr.overridden(FULL_CARD, FULL_CARD.override_reasons[0], "2026-01-31T12:00:00Z"),
    ],
)
def test_the_service_takes_that_feedback(client, feedback):
    assert client.post("/cds-services/opioid-order-sign/feedback", json=feedback).status_code == 200
