"""Every plan of the specification, walked step by step as orders that are signed: the pace never warns about it."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest

from fhir_mappings.releases import Release
from fhir_mappings.step_orders import Draft, step_order
from hooks import services
from hooks.protocol import HookRequest
from hooks.service import Call
from hooks.words.taper import directions_words
from opioids.recommendations import Topic
from opioids.tapers.foretold import spoken_of
from tests.bundles import bundle
from tests.spec.plans import planned, standard_of
from tests.spec.tables import tables_of

[ASKED, *_] = tables_of("tapers")

COARSE = {
    "W23": {1: ("warning", "TA2"), 2: ("warning", "TA2"), 3: ("critical", "TA5"), 4: ("critical", "TA1")},
    "T3": {
        1: ("warning", "TA2"), 2: ("warning", "TA2"), 3: ("warning", "TA2"), 4: ("warning", "TA2"),
        5: ("critical", "TA5"), 6: ("critical", "TA1"),
    },
    "T23": {3: ("warning", "TA2"), 4: ("warning", "TA2"), 5: ("critical", "TA5"), 6: ("critical", "TA1")},
    "T31": {5: ("info", "TA2"), 11: ("info", "TA1")},
    "T38": {1: ("warning", "TA2"), 2: ("warning", "TA2"), 3: ("critical", "TA5"), 4: ("critical", "TA1")},
    "T16": {1: ("info", "TA2"), 2: ("info", "TA2"), 3: ("info", "TA2"), 4: ("info", "TA2"), 10: ("info", "TA1")},
    "T61": {1: ("warning", "TA2"), 7: ("info", "TA1")},
}  # fmt: skip
"""What cannot go by the pace is said: patches from 50 mcg/h and methadone from 30 mg have no smaller step, and
hydromorphone 8 mg twice a day none that a single tablet makes."""
WALKED = {
    row["id"]: row
    for row in ASKED.rows
    if row["guideline"] == "us-cdc-2022"
    and not row["taken"].endswith("MME")
    and "days=" not in row["asked"]
    and "begun=" not in row["asked"]  # a chart that begins with it does not hold where it began: plan A does
}
END = ("info", "TA1")
LONG_BEFORE = timedelta(days=800)


def orders_of(plan, number):
    """The orders of a step, one for each product, each on its own."""
    step = plan.steps[number]
    products = dict.fromkeys(dose.product.name for dose in step.doses)
    for index, name in enumerate(products):
        doses = tuple(dose for dose in step.doses if dose.product.name == name)
        draft = Draft(product=doses[0].product, doses=doses, prior="")
        written = step_order(draft, step, "Patient/p", Release.R4, directions_words)
        started = step.start - LONG_BEFORE if number == 0 else step.start
        yield {**written, "id": f"s{number}-{index}", "status": "active", "authoredOn": started.isoformat()}


def with_supply(order, step):
    return {**order, "dispenseRequest": {"expectedSupplyDuration": {"value": step.days, "unit": "d"}}}


def request_of(plan, number):
    """Signing the orders of a step while those of the step before are active and the earlier ones finished."""
    active = [{**one, "dispenseRequest": {}} for one in orders_of(plan, number - 1)]
    history = [
        {**with_supply(one, plan.steps[earlier]), "status": "completed"}
        for earlier in range(number - 1)
        for one in orders_of(plan, earlier)
    ]
    for one in history:
        if one["id"].startswith("s0-"):
            one["dispenseRequest"]["expectedSupplyDuration"]["value"] = LONG_BEFORE.days + plan.steps[0].days
    drafts = [{**one, "status": "draft"} for one in orders_of(plan, number)]
    free = [one["id"] for one in active]
    for draft in drafts:
        if free:
            draft["priorPrescription"] = {"reference": f"MedicationRequest/{free.pop(0)}"}
    drafts += [{**one, "status": "stopped"} for one in active if one["id"] in free]
    return HookRequest(
        hook="order-sign",
        hook_instance="walk",
        patient_id="p",
        context={"patientId": "p", "draftOrders": bundle(drafts)},
        prefetch={
            "patient": {"resourceType": "Patient", "id": "p", "birthDate": "1963-05-17"},
            "medications": bundle(active),
            "history": bundle(history),
            "conditions": bundle([]),
        },
    )


@pytest.fixture(scope="module")
def said_of(knowledge):
    """What the cards about reductions say when each step of a plan is signed, by the step's number."""
    signed = {}

    def walk(plan):
        if plan.guideline not in signed:
            offered = services.build(knowledge, guideline=plan.guideline, table=plan.table)
            signed[plan.guideline] = next(service for service in offered if service.hook == "order-sign")
        said = {}
        for number in range(1, len(plan.steps)):
            numbers = map(str, count())
            call = Call(today=plan.steps[number].start, new_uuid=lambda numbers=numbers: next(numbers))
            for card in signed[plan.guideline].evaluate(request_of(plan, number), call):
                assert abs(card.finding.proposed.maximum - plan.steps[number].mme) < 0.01
                if card.source.topic is Topic.SLOWER_TAPER:
                    said[number] = (card.indicator.value, card.rule)
        return said

    return walk


@pytest.mark.parametrize("row", WALKED.values(), ids=WALKED)
def test_plan_is_walked_without_a_false_alarm(row, said_of, knowledge):
    plan = planned(row, knowledge)
    said = said_of(plan)
    last = len(plan.steps) - 1
    foretold = spoken_of(plan, standard_of(knowledge, row["guideline"], {}), LONG_BEFORE.days)
    assert foretold == tuple(number for number, one in said.items() if one != END), "said beforehand"
    if row["id"] in COARSE:
        assert said == COARSE[row["id"]]
    elif plan.target is None:
        assert said == {last: ("info", "TA1")}
    else:
        assert said == {}


REGIMENS = {
    "ER": "rx:1049584: 1 {tbl} 2/d",
    "ER and as needed": "rx:1049584: 1 {tbl} 2/d & rx:1049621: 1 {tbl} 3/d prn",
    "IR": "rx:1049621: 2 {tbl} 4/d",
    "patch": "rx:245135: 1 {patch} q72h",
    "24 h": "rx:902736: 1 {tbl} 1/d",
    "combination": "rx:993781: 2 {tbl} 4/d",
    "solution": "rx:892589: 10 mL 4/d",
}


@pytest.mark.parametrize("taken", REGIMENS.values(), ids=REGIMENS)
@pytest.mark.parametrize("guideline", ["ca-2017", "au-2022", "uk-nice-ng215", "de-lonts-2020"])
def test_what_a_plan_foretells_is_what_cards_say_under_every_guideline(guideline, taken, said_of, knowledge):
    asked = {"days": str(LONG_BEFORE.days), "table": knowledge.guidelines[guideline].default_table}
    row = {"guideline": guideline, "taken": taken, "asked": " ".join(f"{key}={value}" for key, value in asked.items())}
    plan = planned(row, knowledge)
    foretold = spoken_of(plan, standard_of(knowledge, guideline, asked), LONG_BEFORE.days)
    assert foretold == tuple(number for number, one in said_of(plan).items() if one != END)
    if taken in (REGIMENS["patch"], REGIMENS["ER"]):
        assert bool(foretold) is (taken == REGIMENS["patch"])
