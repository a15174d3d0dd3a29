"""What a service answers as a whole: whether, how many cards, in which order, and what each carries."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest

from hooks import services as offered
from hooks.cards import OVERRIDE_SYSTEM, override_reasons
from hooks.drafts import Asked
from hooks.prefetch import read_prefetch
from hooks.protocol import Indicator, PreconditionFailed
from hooks.reading import read_case, reader_of
from hooks.service import Call
from opioids.recommendations import Recommendation, Topic, Urgency
from opioids.rules import MOST_AT_ONCE, recommend
from tests.hooks.orders import (
    PATIENT,
    TODAY,
    ago,
    as_needed,
    bundle,
    draft,
    listed,
    order,
    outcome,
    problem,
    request,
    topics,
)

HOOKS = ("order-sign", "order-select", "medication-prescribe")
OXYCODONE = order("o", "oxycodone ER 40")


# ---- the services ----


def test_each_hook_has_one_service_with_an_id_of_its_own(services):
    assert {hook: one.id for hook, one in services.items()} == {
        "medication-prescribe": "opioid-medication-prescribe",
        "order-select": "opioid-order-select",
        "order-sign": "opioid-order-sign",
        "patient-view": "opioid-patient-view",
    }


def test_of_many_scores_the_newest_are_asked_for_first(services):
    """A server may send a first page alone."""
    asked = [one.prefetch["observations"].partition("?")[2].split("&") for one in services.values()]
    assert all("_sort=-date" in parts for parts in asked)
    assert len(asked) == 4


def test_prefetch_templates_are_portable(services):
    for service in services.values():
        for template in service.prefetch.values():
            kind, _, query = template.partition("?")
            names = [part.partition("=")[0] for part in query.split("&") if part]
            assert kind
            assert len(set(names)) == len(names), "the sandbox lets the second of two parameters win"
            assert not any(mark in template for mark in ("_include", "_has", ":not", "%", "today()"))


def test_an_unknown_guideline_or_table_is_an_error(knowledge):
    for names in ({"guideline": "none", "table": "cdc-2022"}, {"guideline": "us-cdc-2022", "table": "none"}):
        with pytest.raises(KeyError):
            offered.build(knowledge, **names)


@pytest.mark.parametrize(
    "prefetch", [{}, {"medications": outcome("error")}, {"conditions": None}, {"statements": None}]
)
def test_a_chart_without_any_list_is_refused_and_not_answered(services, call, prefetch):
    with pytest.raises(PreconditionFailed) as refused:
        services["patient-view"].evaluate(request("patient-view", prefetch), call)
    assert refused.value.path == "prefetch.medications"


# ---- silence ----


@pytest.mark.parametrize("hook", HOOKS)
@pytest.mark.parametrize("name", ["lisinopril", "naloxone spray"])
def test_an_order_that_is_no_opioid_is_not_spoken_of(services, call, hook, name):
    asked = request(hook, {"medications": bundle(OXYCODONE), "conditions": None}, drafts=(draft("d", name),))
    assert services[hook].evaluate(asked, call) == ()


@pytest.mark.parametrize("hook", HOOKS)
def test_a_low_dose_that_could_be_added_up_is_not_spoken_of(services, call, hook):
    assert services[hook].evaluate(request(hook, drafts=(as_needed(draft("d", "oxycodone 5", 3)),)), call) == ()


@pytest.mark.parametrize(("dose", "speaks"), [("33", False), ("33.34", True)])
def test_cards_begin_at_50_mme_a_day(services, call, dose, speaks):
    sig = {
        "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": float(dose), "unit": "mg", "code": "mg"}}],
    }
    cards = services["order-sign"].evaluate(
        request("order-sign", drafts=(draft("d", "oxycodone 5", dosageInstruction=[sig]),)), call
    )
    assert ("MmeTotal" in topics(cards)) is speaks
    assert ("NaloxoneOffer" in topics(cards)) is speaks


# ---- how many, and in which order ----

STOP = (order("o", "oxycodone ER 40", status="stopped"),)
UNKNOWN = order("u", "hydromorphone compounded", None)
KEPT = {
    "a stop that leaves an unknown rest: no total": (
        {"medications": bundle(OXYCODONE, order("m", "morphine ER 30"), UNKNOWN, link=[{"relation": "next"}])},
        STOP,
        ["SlowerTaper", "NaloxoneOffer", "DataIncomplete"],
    ),
    "an incomplete high dose: no review": (
        {"medications": bundle(OXYCODONE, UNKNOWN)},
        (draft("d", "oxycodone 5"),),
        ["NaloxoneOffer", "DataIncomplete", "MmeTotal"],
    ),
    "a complete high dose": (
        {"medications": bundle(OXYCODONE), "conditions": None},
        (draft("d", "oxycodone 5"),),
        ["NaloxoneOffer", "MmeTotal", "DeprescribingReview"],
    ),
}


@pytest.mark.parametrize(("prefetch", "drafts", "kept"), KEPT.values(), ids=KEPT.keys())
def test_three_cards_at_most_and_safety_decides_which(services, call, prefetch, drafts, kept):
    cards = services["order-sign"].evaluate(request("order-sign", prefetch, drafts=drafts), call)
    assert topics(cards) == kept


@pytest.mark.parametrize("doses", [1, None])
def test_machines_are_told_where_the_dose_before_could_not_be_counted(services, call, doses):
    instead = draft("d", "oxycodone ER 40", priorPrescription={"reference": "MedicationRequest/u"})
    sent = request("order-sign", listed(order("u", "oxycodone 5", doses)), drafts=(instead,))
    (total,) = [one for one in services["order-sign"].evaluate(sent, call) if one.source.topic.value == "MmeTotal"]
    assert total.finding.complete is (doses is not None)


def test_the_most_urgent_card_comes_first(services, call):
    cards = services["order-sign"].evaluate(
        request("order-sign", {"medications": bundle(OXYCODONE)}, drafts=STOP), call
    )
    assert [card.indicator for card in cards][:2] == [Indicator.CRITICAL, Indicator.WARNING]


@pytest.fixture(scope="module")
def a_case(standards):
    asked = request("order-sign", drafts=())
    prefetched, what = read_prefetch(asked.prefetch, asked.context), Asked(drafts=[])
    return read_case(asked, what, prefetched, standards, reader_of(prefetched, what, standards.knowledge, TODAY))


def rule_of(topic, urgency=Urgency.INFO):
    return lambda case, guideline: Recommendation(topic=topic, urgency=urgency, rule="r")


IMPORTANCE = [
    Topic.SLOWER_TAPER,
    Topic.NALOXONE_OFFER,
    Topic.SEDATIVE_OVERLAP,
    Topic.DATA_INCOMPLETE,
    Topic.MME_TOTAL,
    Topic.DOSE_ESCALATION,
    Topic.DEPRESCRIBING_REVIEW,
]


@pytest.mark.parametrize("reverse", [False, True])
def test_warnings_of_a_stop_naloxone_and_sedatives_are_never_dropped(a_case, standards, reverse):
    rules = [rule_of(topic) for topic in sorted(Topic, reverse=reverse)]
    kept = [one.topic for one in recommend(a_case, standards.guideline, rules)]
    assert set(kept) == {Topic.SLOWER_TAPER, Topic.NALOXONE_OFFER, Topic.SEDATIVE_OVERLAP}
    assert MOST_AT_ONCE == 3


@pytest.mark.parametrize("position", range(len(IMPORTANCE) - 3))
def test_the_mildest_topic_is_dropped_first(a_case, standards, position):
    four = IMPORTANCE[position : position + 4]
    kept = recommend(a_case, standards.guideline, [rule_of(topic) for topic in reversed(four)])
    assert {one.topic for one in kept} == set(four[:3])


def test_importance_decides_what_stays_and_urgency_what_comes_first(a_case, standards):
    rules = [
        rule_of(Topic.DEPRESCRIBING_REVIEW, Urgency.CRITICAL),
        rule_of(Topic.MME_TOTAL, Urgency.WARNING),
        rule_of(Topic.SLOWER_TAPER, Urgency.INFO),
        rule_of(Topic.NALOXONE_OFFER, Urgency.CRITICAL),
    ]
    kept = [one.topic for one in recommend(a_case, standards.guideline, rules)]
    assert kept == [Topic.NALOXONE_OFFER, Topic.MME_TOTAL, Topic.SLOWER_TAPER]


def test_every_topic_has_its_place_in_the_order(a_case, standards):
    assert set(IMPORTANCE) == set(Topic)
    for topic in Topic:
        assert [one.topic for one in recommend(a_case, standards.guideline, [rule_of(topic)])] == [topic]


BLOCKED = (draft("d", "oxycodone 5"), draft("b", "lorazepam"), draft("n", "naltrexone"))
SOMEBODY_ELSE = draft("x", "oxycodone 5", subject={"reference": "Patient/other"})
NO_ROOM = {
    "a list that was not sent": ({}, BLOCKED, "the medication list was not sent"),
    "a list that failed": ({"medications": outcome("error")}, BLOCKED, "the medication list could not be read"),
    "an order of another patient": (None, (*BLOCKED, SOMEBODY_ELSE), "an order for another patient"),
    "no factor": (
        None,
        (*BLOCKED, draft("m", "meperidine hydrochloride 50 MG Oral Tablet")),
        "- meperidine hydrochloride 50 MG Oral Tablet: cdc-2022 has no factor",
    ),
    "an unknown amount": (None, (*BLOCKED, UNKNOWN), "What could not be counted:\n\n- hydromorphone compounded: "),
}


@pytest.mark.parametrize(("prefetch", "drafts", "said"), NO_ROOM.values(), ids=NO_ROOM.keys())
@pytest.mark.parametrize("hook", HOOKS)
def test_what_is_missing_is_said_on_the_first_card_where_there_is_no_room_for_one_of_its_own(
    services, call, hook, prefetch, drafts, said
):
    first, *others = services[hook].evaluate(request(hook, prefetch, drafts=drafts), call)
    assert topics((first, *others)) == ["NaloxoneOffer", "SedativeOverlap", "SedativeOverlap"]
    assert said in first.detail
    assert not [card for card in others if said in card.detail], "once is enough"


def test_what_is_missing_is_said_once_where_a_card_of_its_own_says_it(services, call):
    cards = services["order-sign"].evaluate(request("order-sign", {}, drafts=BLOCKED[:2]), call)
    told = [
        (card.source.topic.value, words)
        for card in cards
        for words in (card.summary, card.detail)
        if "the medication list was not sent" in words
    ]
    assert told == [("DataIncomplete", "Incomplete: the medication list was not sent.")]


def test_nothing_is_added_where_nothing_is_missing(services, call):
    cards = services["order-sign"].evaluate(request("order-sign", drafts=BLOCKED), call)
    assert len(cards) == MOST_AT_ONCE
    assert not [card for card in cards if "could not be" in card.detail]


# ---- the same again ----

CASES = {
    "a worked case": ({"medications": bundle(OXYCODONE), "conditions": None}, (draft("d", "oxycodone 5", 3),)),
    "many reasons": (
        {
            "medications": bundle(OXYCODONE, order("b", "lorazepam"), order("g", "gabapentin")),
            "conditions": bundle(problem("T40.2X1A"), problem("F11.20"), problem("G47.33"), problem("N18.4")),
            "patient": {"resourceType": "Patient", "id": PATIENT, "birthDate": "1950-01-01"},
        },
        (draft("d", "oxycodone 5", 3),),
    ),
    "a stop": ({"medications": bundle(OXYCODONE)}, STOP),
    "an unknown": ({}, (UNKNOWN,)),
}


@pytest.mark.parametrize(("prefetch", "drafts"), CASES.values(), ids=CASES.keys())
def test_the_same_request_has_the_same_answer_but_for_uuids(services, prefetch, drafts):
    def answer(prefix: str) -> str:
        numbers = iter(range(100))
        cards = services["order-sign"].evaluate(
            request("order-sign", prefetch, drafts=drafts),
            Call(today=TODAY, new_uuid=lambda: f"{prefix}{next(numbers)}"),
        )
        assert cards
        return repr(cards)

    assert answer("a-") == answer("b-").replace("'b-", "'a-")


@pytest.mark.parametrize(("prefetch", "drafts"), CASES.values(), ids=CASES.keys())
def test_a_request_is_left_as_it_came(services, call, prefetch, drafts):
    asked = request("order-sign", prefetch, drafts=drafts)
    before = json.dumps([dict(asked.context), dict(asked.prefetch)], sort_keys=True)
    services["order-sign"].evaluate(asked, call)
    assert json.dumps([dict(asked.context), dict(asked.prefetch)], sort_keys=True) == before


def test_every_card_and_suggestion_has_a_uuid_of_its_own(services, call):
    cards = services["order-sign"].evaluate(
        request("order-sign", {"medications": bundle(OXYCODONE)}, drafts=(draft("d", "oxycodone 5"),)), call
    )
    named = [card.uuid for card in cards] + [one.uuid for card in cards for one in card.suggestions]
    assert len(set(named)) == len(named) >= 3


# ---- what a card carries ----


def test_a_card_names_its_guideline_and_what_it_rests_on(services, call):
    cards = services["order-sign"].evaluate(
        request(
            "order-sign", {"medications": bundle(OXYCODONE), "conditions": None}, drafts=(draft("d", "oxycodone 5", 3),)
        ),
        call,
    )
    for card in cards:
        assert card.source.label == "CDC 2022 opioid guideline"
        assert (card.finding.guideline, card.finding.table) == ("us-cdc-2022", "cdc-2022")
        assert (card.finding.current.maximum, card.finding.proposed.maximum) == (Decimal(120), Decimal("142.5"))


@pytest.mark.parametrize(
    ("days", "words"),
    [(90, "3 months"), (30, "1 month"), (210, "7 months"), (14, "2 weeks"), (7, "1 week"), (10, "10 days"),
     (1, "1 day")],
)  # fmt: skip
def test_how_long_a_reason_holds_is_told_as_people_say_it(days, words):
    assert override_reasons(days)[Topic.DEPRESCRIBING_REVIEW]["benefits-outweigh-harms"].endswith(f"again in {words}")


def test_override_reasons_are_few_and_never_change(services, call):
    found: dict[str, set[str]] = {}
    for prefetch, drafts in CASES.values():
        for card in services["order-sign"].evaluate(request("order-sign", prefetch, drafts=drafts), call):
            assert all(reason.system == OVERRIDE_SYSTEM for reason in card.override_reasons)
            found[card.source.topic.value] = {reason.code for reason in card.override_reasons}
    assert found == {
        "NaloxoneOffer": {"already-has-naloxone", "patient-declined"},
        "DeprescribingReview": {"benefits-outweigh-harms", "already-discussed", "not-applicable"},
        "SlowerTaper": {"faster-for-safety", "not-taking", "agreed-with-patient"},
        "SedativeOverlap": {"known-and-managed", "no-longer-taken"},
        "MmeTotal": set(),
        "DataIncomplete": set(),
    }


NO_DOSE_ADVICE = {
    "under 18": {"patient": {"resourceType": "Patient", "id": PATIENT, "birthDate": "2010-01-01"}},
    "active cancer": {"conditions": bundle(problem("C50.911"))},
    "palliative care": {"conditions": bundle(problem("Z51.5"))},
    "sickle cell disease": {"conditions": bundle(problem("D57.1"))},
}


@pytest.mark.parametrize(("facts"), NO_DOSE_ADVICE.values(), ids=NO_DOSE_ADVICE.keys())
def test_those_whom_the_guideline_leaves_out_get_no_advice_on_the_dose(services, call, facts):
    prefetch = {"medications": bundle(OXYCODONE), "conditions": None, **facts}
    half = draft("h", "oxycodone ER 20", priorPrescription={"reference": "MedicationRequest/o"})
    for drafts in ((draft("d", "oxycodone 5"),), (half,)):
        cards = services["order-sign"].evaluate(request("order-sign", prefetch, drafts=drafts), call)
        assert topics(cards) == ["NaloxoneOffer", "MmeTotal"]
        assert "does not give dose or taper advice" in cards[1].detail


@pytest.mark.parametrize("code", ["D57.3", "Z85.3", "C44.91"])
def test_a_trait_a_survived_cancer_and_a_skin_cancer_hold_no_advice_back(services, call, code):
    prefetch = {"medications": bundle(OXYCODONE), "conditions": bundle(problem(code))}
    cards = services["order-sign"].evaluate(request("order-sign", prefetch, drafts=(draft("d", "oxycodone 5"),)), call)
    assert "DeprescribingReview" in topics(cards)


def test_no_card_names_a_target_or_a_limit_or_scolds(services, call):
    forbidden = ("90 MME", "must reduce", "taper now", "target", "limit of", "abuse", "addict", "drug-seeking", "refus")
    for prefetch, drafts in CASES.values():
        for card in services["order-sign"].evaluate(request("order-sign", prefetch, drafts=drafts), call):
            words = f"{card.summary} {card.detail}".lower()
            assert not [one for one in forbidden if one in words]


def test_what_was_not_seen_is_never_called_zero(services, call):
    cards = services["order-sign"].evaluate(request("order-sign", {}, drafts=(draft("d", "oxycodone ER 40"),)), call)
    (total,) = [card for card in cards if card.source.topic is Topic.MME_TOTAL]
    assert "At least" in total.summary
    assert "Before this order: 0" not in total.detail


@pytest.mark.parametrize("name", ["hydromorphone compounded", "oxycodone 5"])
@pytest.mark.parametrize("prefetch", [{}, {"medications": outcome("error")}], ids=["not sent", "failed"])
@pytest.mark.parametrize("hook", HOOKS)
def test_what_is_left_after_a_stop_is_not_called_zero_where_no_list_was_seen(services, call, hook, prefetch, name):
    child = {"resourceType": "Patient", "id": PATIENT, "birthDate": ago(4000)}
    stop = order("o", name, 2 if name == "oxycodone 5" else None, status="stopped")
    cards = services[hook].evaluate(request(hook, {**prefetch, "patient": child}, drafts=(stop,)), call)
    (total,) = [card for card in cards if card.source.topic is Topic.MME_TOTAL]
    assert total.summary == "MME/day with this order is not known: not everything could be seen."
    assert "No opioid was counted, but not everything could be seen: this is no zero" in total.detail


def test_an_old_therapy_is_told_in_months(services, call):
    asked = request("patient-view", {"medications": bundle(order("o", "oxycodone ER 40", authoredOn=ago(551)))})
    (review,) = [
        card
        for card in services["patient-view"].evaluate(asked, call)
        if card.source.topic is Topic.DEPRESCRIBING_REVIEW
    ]
    assert "18 months" in review.detail
