"""Naloxone that was taken over from a card is not offered again, in any release."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from hooks.protocol import ActionType, Card, HookRequest
from opioids.recommendations import Topic
from tests.card_limits import invalid
from tests.hooks.orders import PATIENT, bundle, draft, order, request, topics
from tests.releases import RELEASES, written_in

HOOKS = ("order-sign", "order-select", "medication-prescribe")
OXYCODONE = order("o", "oxycodone ER 40")


def spoken(release: str, hook: str, *, listed: tuple = (), drafts: tuple = (), **context) -> HookRequest:
    """The request as a client of that release would send it; what is a release's own already stays as it is."""

    def told(one):
        return one if one.get("as-sent") else written_in(release, one)

    def stripped(one):
        return {key: value for key, value in one.items() if key != "as-sent"}

    key = "medicationOrders" if release == "DSTU2" else "medications"
    prefetch = {key: bundle(*(stripped(told(one)) for one in listed)), "conditions": None}
    written = None if hook == "patient-view" else tuple(stripped(told(one)) for one in drafts)
    return request(hook, prefetch, drafts=written, **context)


def offered(cards: tuple[Card, ...]):
    """The resource of the naloxone suggestion."""
    (card,) = [one for one in cards if one.source.topic is Topic.NALOXONE_OFFER]
    (suggestion,) = card.suggestions
    (action,) = suggestion.actions
    assert action.type is ActionType.CREATE
    return {**action.resource, "as-sent": True}


OPIOID = draft("d", "oxycodone ER 40")


@pytest.mark.parametrize(
    ("version", "release"), [("1.0.2", "DSTU2"), ("STU3", "STU3"), ("4.0.1", "R4"), ("R5", "R5"), ("", "R4")]
)
def test_the_offer_is_in_the_release_that_the_client_says_it_speaks(services, call, version, release):
    asked = replace(request("order-sign", drafts=(OPIOID,)), fhir_version=version)
    resource = offered(services["order-sign"].evaluate(asked, call))
    del resource["as-sent"]
    assert list(invalid(resource, release)) == []


@pytest.mark.parametrize(("status", "release"), [("active", "STU3"), ({"coding": [{"code": "active"}]}, "R4")])
def test_the_offer_is_in_the_release_that_the_conditions_tell_where_no_order_does(services, call, status, release):
    untold = draft("d", "oxycodone ER 40", None, dosageInstruction=[{"text": "1 tablet twice a day"}])
    conditions = bundle({"resourceType": "Condition", "clinicalStatus": status, "subject": untold["subject"]})
    asked = request("order-sign", {"medications": None, "conditions": conditions}, drafts=(untold,))
    resource = offered(services["order-sign"].evaluate(asked, call))
    del resource["as-sent"]
    assert list(invalid(resource, release)) == []


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("hook", HOOKS)
class TestNaloxoneIsOfferedOnce:
    def test_the_offer_is_a_valid_order_in_the_release_of_the_request(self, services, call, hook, release):
        resource = offered(services[hook].evaluate(spoken(release, hook, drafts=(OPIOID,)), call))
        del resource["as-sent"]
        assert list(invalid(resource, release)) == []
        subject = resource["patient" if release == "DSTU2" else "subject"]
        assert subject == {"reference": f"Patient/{PATIENT}"}
        assert resource["status"] == "draft"
        assert "id" not in resource

    def test_the_offer_sent_back_as_a_draft_is_not_made_again(self, services, call, hook, release):
        taken = offered(services[hook].evaluate(spoken(release, hook, drafts=(OPIOID,)), call))
        for draft_again in (taken, {**taken, "id": "new"}):
            again = services[hook].evaluate(spoken(release, hook, drafts=(OPIOID, draft_again)), call)
            assert again
            assert "NaloxoneOffer" not in topics(again)

    def test_the_offer_alone_is_no_order_to_speak_of(self, services, call, hook, release):
        taken = {**offered(services[hook].evaluate(spoken(release, hook, drafts=(OPIOID,)), call)), "id": "new"}
        signed = {**OXYCODONE, "id": "d"}
        assert services[hook].evaluate(spoken(release, hook, listed=(signed,), drafts=(taken,)), call) == ()

    def test_the_offer_on_the_active_list_is_not_made_again(self, services, call, hook, release):
        taken = offered(services[hook].evaluate(spoken(release, hook, drafts=(OPIOID,)), call))
        active = {**taken, "id": "n", "status": "active"}
        again = services[hook].evaluate(spoken(release, hook, listed=(active,), drafts=(OPIOID,)), call)
        assert again
        assert "NaloxoneOffer" not in topics(again)
        chart = spoken(release, "patient-view", listed=(OXYCODONE, active))
        assert "NaloxoneOffer" not in topics(services["patient-view"].evaluate(chart, call))

    def test_the_offer_adds_nothing_to_the_total(self, services, call, hook, release):
        first = services[hook].evaluate(spoken(release, hook, drafts=(OPIOID,)), call)
        taken = {**offered(first), "id": "n"}
        again = services[hook].evaluate(spoken(release, hook, drafts=(OPIOID, taken)), call)
        assert {card.finding.proposed.maximum for card in (*first, *again)} == {Decimal(120)}
        assert all(card.finding.complete for card in again)


def test_a_selected_naloxone_is_not_spoken_of_and_the_opioid_beside_it_is_not_repeated(services, call):
    first = services["order-select"].evaluate(
        request("order-select", drafts=(OPIOID,), selections=["MedicationRequest/d"]), call
    )
    taken = {**offered(first), "id": "n"}
    del taken["as-sent"]
    asked = request("order-select", drafts=(OPIOID, taken), selections=["MedicationRequest/n"])
    assert services["order-select"].evaluate(asked, call) == ()
