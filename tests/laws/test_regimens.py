"""What holds for every answer to a regimen of real products, however odd, and to every change of it."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from itertools import count

from hypothesis import given, settings
from hypothesis import strategies as st

from hooks import services
from hooks.protocol import HookRequest
from hooks.service import Call
from opioids import knowledge
from opioids.recommendations import Topic
from tests.bundles import bundle
from tests.hooks.orders import RXNORM
from tests.strategies import TODAY

GUIDELINES = ("us-cdc-2022", "ca-2017", "au-2022", "uk-nice-ng215", "de-lonts-2020")


@cache
def known():
    return knowledge.load()


@cache
def service(guideline, hook):
    table = known().guidelines[guideline].default_table
    return {one.hook: one for one in services.build(known(), guideline=guideline, table=table)}[hook]


@cache
def products():
    return sorted(known().formulary.products)


@st.composite
def orders(draw, id_):
    """So many units of any product, so many times a day, for days or for years."""
    product = known().formulary.products[draw(st.sampled_from(products()))]
    unit = {"patch": "patch", "liquid": "mL"}.get(product.form.value, product.noun or "tablet")
    repeat = draw(st.sampled_from([(1, 1), (2, 1), (3, 1), (4, 1), (6, 1), (12, 1), (1, 3), (1, 7)]))
    return {
        "resourceType": "MedicationRequest",
        "id": id_,
        "status": "active",
        "intent": "order",
        "authoredOn": (TODAY - timedelta(days=draw(st.sampled_from([2, 30, 200, 800])))).isoformat(),
        "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": product.rxcui, "display": product.name}]},
        "dosageInstruction": [
            {
                "timing": {"repeat": {"frequency": repeat[0], "period": repeat[1], "periodUnit": "d"}},
                "asNeededBoolean": draw(st.booleans()),
                "doseAndRate": [
                    {"doseQuantity": {"value": draw(st.sampled_from([0.5, 1, 2, 3, 5, 20, 50])), "unit": unit}}
                ],
            }
        ],
    }


@st.composite
def regimens(draw):
    """A list of orders, one drug often twice, and drafts that stop, change, renew or add to them."""
    listed = [draw(orders(f"o{number}")) for number in range(draw(st.integers(1, 3)))]
    if draw(st.booleans()):
        again = draw(orders("again"))
        again["medicationCodeableConcept"] = listed[0]["medicationCodeableConcept"]
        listed.insert(0, again)
    drafts = [{**draw(orders("new")), "status": "draft"}] if draw(st.booleans()) else []
    for order in listed:
        match draw(st.sampled_from(["stay", "stop", "change", "renew"])):
            case "stop":
                drafts.append({**order, "status": "stopped"})
            case "change":
                other = {**order, "dosageInstruction": draw(orders("other"))["dosageInstruction"]}
                prior = {"reference": f"MedicationRequest/{order['id']}"}
                drafts.append({**other, "id": f"{order['id']}-d", "status": "draft", "priorPrescription": prior})
            case "renew":
                drafts.append({**order, "id": f"{order['id']}-d", "status": "draft"})
    return listed, drafts


@settings(max_examples=150)
@given(st.sampled_from(GUIDELINES), st.sampled_from(["order-sign", "patient-view"]), regimens())
def test_every_regimen_is_answered_and_every_card_speaks_of_its_own_change(guideline, hook, regimen):
    listed, drafts = regimen
    context = {"patientId": "example"} | ({"draftOrders": bundle(drafts)} if hook == "order-sign" else {})
    prefetch = {"medications": bundle(listed), "conditions": bundle([])}
    request = HookRequest(hook=hook, hook_instance="i", patient_id="example", context=context, prefetch=prefetch)
    numbers = map(str, count())
    cards = service(guideline, hook).evaluate(request, Call(today=TODAY, new_uuid=lambda: next(numbers)))
    assert len(cards) <= 3
    assert len({(card.finding.current, card.finding.proposed, card.finding.complete) for card in cards}) <= 1
    for card in cards:
        before, after = card.finding.current.maximum, card.finding.proposed.maximum
        assert len(card.summary) < 140
        assert "\n" not in card.summary
        assert card.source.topic is not Topic.DOSE_ESCALATION or after > before
        assert hook == "order-sign" or after == before
        assert hook == "order-sign" or card.source.topic is not Topic.SLOWER_TAPER
