"""When silence that was asked for no longer holds: just under, equal, just over."""

from __future__ import annotations

from decimal import Decimal

import pytest

from hooks.picture import Picture, picture_of
from opioids.criteria import Circumstance
from opioids.recommendations import Topic
from tests.hooks.orders import PATIENT, as_needed, bundle, draft, listed, order, problem, request, topics

RISE = Decimal(20)


def picture(mme: str = "100", uncounted: int = 0, sedatives: str = "", risks: str = "") -> Picture:
    return Picture(
        mme=Decimal(mme), uncounted=uncounted, sedatives=frozenset(sedatives.split()), risks=frozenset(risks.split())
    )


@pytest.mark.parametrize(
    ("then", "now", "graver"),
    [
        (picture("100"), picture("119.99"), False),
        (picture("100"), picture("120"), True),
        (picture("100"), picture("120.01"), True),
        (picture("100"), picture("50"), False),
        (picture("0"), picture("0"), False),
        (picture("0"), picture("0.1"), True),
        (picture(uncounted=1), picture(uncounted=1), False),
        (picture(uncounted=1), picture(uncounted=2), True),
        (picture(uncounted=2), picture(uncounted=1), False),
        (picture(sedatives="benzodiazepine"), picture(sedatives="benzodiazepine"), False),
        (picture(sedatives="benzodiazepine"), picture(), False),
        (picture(), picture(sedatives="benzodiazepine"), True),
        (picture(sedatives="benzodiazepine"), picture(sedatives="z_drug"), True),
        (picture(risks="depression"), picture(risks="depression"), False),
        (picture(risks="depression"), picture(risks="depression pregnancy"), True),
        (picture(risks="depression"), picture(), False),
    ],
)
def test_a_picture_is_graver_when_the_dose_rose_enough_or_something_is_new(then, now, graver):
    assert now.is_graver_than(then, RISE) is graver


def test_the_rise_that_counts_is_given():
    assert picture("150").is_graver_than(picture("100"), Decimal(50))
    assert not picture("149").is_graver_than(picture("100"), Decimal(50))


def test_a_picture_holds_the_dose_with_the_order_and_codes_of_what_adds_to_its_risk(case_of):
    case = case_of(
        "order-sign",
        {
            "patient": {"resourceType": "Patient", "id": PATIENT, "birthDate": "1950-01-01"},
            "medications": bundle(order("o", "oxycodone ER 40"), order("l", "lorazepam")),
            "conditions": bundle(problem("F32.9")),
        },
        drafts=(draft("d", "oxycodone 5"),),
    )
    drawn = picture_of(case)
    assert drawn.mme == case.proposed.maximum > case.current.maximum
    assert drawn.sedatives == {"benzodiazepine"}
    assert drawn.risks >= {"depression", "age-65"}
    assert drawn.uncounted == 0


@pytest.mark.parametrize(
    ("born", "taken", "more"),
    [
        ("1961-11-23", "oxycodone 5", set()),
        ("1961-11-22", "oxycodone 5", {Circumstance.AGE_65.value}),
        ("1990-01-01", "buprenorphine/naloxone film", {Circumstance.TREATMENT.value}),
    ],
    ids=["64", "65 today", "in treatment"],
)
def test_an_age_and_a_treatment_add_to_the_risk(case_of, born, taken, more):
    prefetch = {"patient": {"resourceType": "Patient", "id": PATIENT, "birthDate": born}, **listed(order("o", taken))}
    assert picture_of(case_of("order-sign", prefetch, drafts=(draft("d", "oxycodone 5"),))).risks == more


def test_the_dose_of_a_picture_is_with_every_dose_that_is_taken_as_needed(case_of):
    drafts = (as_needed(draft("d", "oxycodone 5", 4)),)
    assert picture_of(case_of("order-sign", listed(order("o", "oxycodone ER 40")), drafts=drafts)).mme == 150


def test_a_draft_that_cannot_be_counted_adds_to_the_picture(case_of):
    undosed = draft("d", "oxycodone 5", None)
    assert picture_of(case_of("order-sign", listed(order("o", "oxycodone ER 40")), drafts=(undosed,))).uncounted == 1


def test_a_service_asks_what_rests_with_the_picture_and_leaves_it_out(services, call):
    asked = []

    def rests(drawn, found):
        asked.append((drawn, found))
        return {Topic.NALOXONE_OFFER}

    prefetch = listed(order("o", "oxycodone ER 40"))
    signed = request("order-sign", prefetch, drafts=(draft("d", "oxycodone 5"),))
    loud = topics(services["order-sign"].evaluate(signed, call))
    quiet = topics(
        services["order-sign"].evaluate(signed, type(call)(today=call.today, new_uuid=call.new_uuid, rests=rests))
    )
    assert "NaloxoneOffer" in loud
    assert quiet == [topic for topic in loud if topic != "NaloxoneOffer"]
    ((drawn, found),) = asked
    assert drawn.mme > 100
    assert {one.topic for one in found} == set(loud)
