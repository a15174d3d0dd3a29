"""What holds for every card, whatever the chart: no target dose under CDC 2022, and no record that spoils an answer."""

from __future__ import annotations

import re
from datetime import timedelta
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hooks import services
from hooks.protocol import HookRequest
from hooks.service import Call
from tests.bundles import bundle
from tests.hooks.orders import RXNORM
from tests.laws.test_garbage import GARBAGE
from tests.strategies import TODAY, charts, orders

TARGET = re.compile(
    r"(?:taper|reduce|lower|cut|come|go|get|bring)(?:ed|ing)? (?:it |them |the dose |opioids )?(?:down )?to "
    r"(?:less|under|below|about|at most|no more|\d)"
    r"|(?:less than|under|below|no more than) \d+(?:\.\d+)? ?(?:mg|mme)"
    r"|\btarget|\bmust (?:be )?(?:reduce|lower|stop)|taper now|\b90 mme|\bmaximum (?:allowed|permitted) dose",
    re.IGNORECASE,
)
"""A dose that somebody is told to get to, or a limit that a dose is measured against."""

CONDITIONS = [
    "G47.33", "F11.20", "F11.10", "T40.2X1A", "K59.03", "W19.XXXA", "O09.90", "R45.851", "F31.9", "C50.911", "Z51.5",
    "D57.1", "J44.9", "N18.4", "F33.1", "R20.8", "T40.2X5A",
]  # fmt: skip
BESIDE = [
    "lorazepam 1 mg tablet",
    "gabapentin 300 mg capsule",
    "zolpidem 5 mg",
    "carisoprodol 350 mg",
    "naltrexone 50 mg",
]


OXYCODONE = {
    "resourceType": "MedicationRequest",
    "id": "o",
    "status": "active",
    "intent": "order",
    "authoredOn": "2025-01-01",
    "medicationCodeableConcept": {"coding": [{"system": RXNORM, "code": "1049584"}]},
    "dosageInstruction": [{"timing": {"code": {"text": "BID"}}, "doseAndRate": [{"doseQuantity": {"value": 1}}]}],
}


def problem(code):
    return {
        "resourceType": "Condition",
        "code": {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]},
    }


def medicine(name):
    order = {"resourceType": "MedicationRequest", "id": name, "status": "active", "intent": "order"}
    return {**order, "medicationCodeableConcept": {"text": name}}


def score(value, days_ago):
    day = (TODAY - timedelta(days=days_ago)).isoformat()
    code = {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]}
    return {"resourceType": "Observation", "code": code, "effectiveDateTime": day, "valueInteger": value}


def asked(hook, active, drafts, conditions, beside, scores):
    context = {"patientId": "example"}
    if hook != "patient-view":
        context["draftOrders"] = bundle(drafts)
    prefetch = {
        "medications": bundle([OXYCODONE, *active, *map(medicine, beside)]),
        "conditions": bundle(map(problem, conditions)),
        "observations": bundle(scores),
    }
    return HookRequest(hook=hook, hook_instance="i", patient_id="example", context=context, prefetch=prefetch)


@pytest.fixture(scope="module")
def answered(knowledge):
    built = {}

    def answer(guideline, request):
        if guideline not in built:
            table = knowledge.guidelines[guideline].default_table
            built[guideline] = {one.hook: one for one in services.build(knowledge, guideline=guideline, table=table)}
        numbers = map(str, count())
        return built[guideline][request.hook].evaluate(request, Call(today=TODAY, new_uuid=lambda: next(numbers)))

    return answer


HOOKS = st.sampled_from(["order-sign", "patient-view"])
SOME_CONDITIONS = st.lists(st.sampled_from(CONDITIONS), max_size=3)
SOME_BESIDE = st.lists(st.sampled_from(BESIDE), max_size=2, unique=True)
SOME_SCORES = st.lists(st.builds(score, st.integers(0, 10), st.integers(0, 400)), max_size=3)


@settings(max_examples=40)
@given(HOOKS, charts(), orders(key="d"), SOME_CONDITIONS, SOME_BESIDE, SOME_SCORES)
def test_no_card_names_a_dose_to_get_to_under_cdc_2022(answered, hook, chart, draft, conditions, beside, scores):
    cards = answered("us-cdc-2022", asked(hook, chart, [draft], conditions, beside, scores))
    assert len(cards) <= 3
    assert cards or hook == "order-sign"
    for card in cards:
        found = TARGET.search(f"{card.summary}\n{card.detail}")
        assert found is None, found.group(0)


@pytest.mark.parametrize(
    "words",
    ["Taper to less than 50 MME/day.", "Reduce the dose to 40 mg.", "Keep below 90 MME.", "The target is 50.",
     "The dose must be reduced.", "Taper now."],
)  # fmt: skip
def test_a_dose_to_get_to_would_be_found(words):
    assert TARGET.search(words)


@settings(max_examples=30)
@given(
    st.sampled_from(["au-2022", "ca-2017", "de-lonts-2020", "uk-nice-ng215"]),
    HOOKS,
    charts(),
    orders(key="d"),
    SOME_CONDITIONS,
    SOME_BESIDE,
)
def test_every_guideline_answers_every_chart(answered, guideline, hook, chart, draft, conditions, beside):
    cards = answered(guideline, asked(hook, chart, [draft], conditions, beside, []))
    assert len(cards) <= 3
    assert all(card.finding.guideline == guideline for card in cards)
    assert "{dose}" not in "".join(card.detail for card in cards)


KINDS = ("Observation", "Goal", "Encounter", "MedicationDispense", "Condition")
FIELDS = [
    "code", "status", "valueQuantity", "valueInteger", "effectiveDateTime", "component", "description", "target",
    "achievementStatus", "lifecycleStatus", "class", "category", "medicationCodeableConcept", "whenHandedOver",
    "subject", "clinicalStatus", "onsetDateTime",
]  # fmt: skip


@settings(max_examples=60)
@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(FIELDS), GARBAGE, max_size=4))
def test_no_record_makes_an_answer_fail(answered, kind, fields):
    prefetch = {
        "medications": bundle([OXYCODONE]),
        "conditions": None,
        "record": bundle([{"resourceType": kind, **fields}]),
    }
    request = HookRequest(
        hook="patient-view", hook_instance="i", patient_id="p", context={"patientId": "p"}, prefetch=prefetch
    )
    assert [card for card in answered("us-cdc-2022", request) if card.finding.proposed.maximum == 120]
