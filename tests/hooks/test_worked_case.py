"""The case this service was made for, in every release, by every way to name a drug, through every service.

A person of 62 takes modified-release oxycodone 40 mg twice a day, and immediate-release oxycodone 5 mg up to three
times a day as needed: 120 MME a day as scheduled, 142.5 at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count

import pytest

from fhir_mappings.calculator import calculate
from hooks import services
from hooks.protocol import Card, HookRequest
from hooks.service import Call
from opioids.recommendations import Topic
from tests.bundles import bundle
from tests.releases import RELEASES, written_in
from tests.spec.notation import order_of

TODAY = date(2026, 1, 31)
PATIENT = {"resourceType": "Patient", "id": "example", "birthDate": "1963-05-17"}

NAMED_BY = ("code", "contained", "bundled", "prefetched")

MODIFIED_RELEASE = ("modified", "rx:1049584", "1 {tbl} 2/d")
IMMEDIATE_RELEASE = ("immediate", "rx:1049621", "1 {tbl} 3/d prn")

ARITHMETIC = {
    "modified": "1 tablet x 40 mg x 2/day = 80 mg/day; x 1.5 = 120 MME/day",
    "immediate": "= 15 mg/day; x 1.5 = 22.5 MME/day",
}

BEFORE = (Decimal(120), Decimal(120))
BOTH = (Decimal(120), Decimal("142.5"))
NOTHING = (Decimal(0), Decimal(0))


def order(which, release, named_by, **options):
    """(order, Medications that travel apart from it)."""
    key, coded, directions = which
    way = "bundled" if named_by == "prefetched" else named_by
    made, beside = order_of(key, coded if way == "code" else f"{way} {coded}", directions, options)
    return written_in(release, made), [written_in(release, one) for one in beside]


def request(hook, release, named_by, *, active, drafts=()) -> HookRequest:
    """The hook's request: Medications beside the orders that refer to them, or prefetched under a key of their own."""
    listed = [order(one, release, named_by, written="2024-07-31") for one in active]
    written = [order(one, release, named_by, draft="") for one in drafts]
    apart = named_by == "prefetched"
    prefetch = {
        "patient": PATIENT,
        "conditions": bundle([]),
        "medicationOrders" if release == "DSTU2" else "medications": bundle(_resources(listed, apart)),
    }
    if apart:
        prefetch["drugs"] = bundle([drug for _, beside in (*listed, *written) for drug in beside])
    context = {"patientId": "example"}
    if hook != "patient-view":
        name = "medications" if hook == "medication-prescribe" else "draftOrders"
        context[name] = bundle(_resources(written, apart))
    if hook == "order-select":
        context["selections"] = [f"{one['resourceType']}/{one['id']}" for one, _ in written]
    return HookRequest(hook=hook, hook_instance="worked-case", patient_id="example", context=context, prefetch=prefetch)


def _resources(orders, apart: bool) -> Iterator[dict]:
    for one, beside in orders:
        yield one
        if not apart:
            yield from beside


@pytest.fixture(scope="module")
def evaluate(knowledge):
    offered = {one.hook: one for one in services.build(knowledge, guideline="us-cdc-2022", table="cdc-2022")}

    def run(asked: HookRequest) -> dict[Topic, Card]:
        numbers = map(str, count())
        cards = offered[asked.hook].evaluate(asked, Call(today=TODAY, new_uuid=lambda: next(numbers)))
        return {card.source.topic: card for card in cards}

    return run


def pair(doses) -> tuple[Decimal, Decimal]:
    return doses.scheduled, doses.maximum


def check(cards, *, current, proposed) -> None:
    assert {Topic.MME_TOTAL, Topic.NALOXONE_OFFER, Topic.DEPRESCRIBING_REVIEW} == set(cards)
    for card in cards.values():
        finding = card.finding
        assert (pair(finding.current), pair(finding.proposed), finding.complete) == (current, proposed, True)
        assert (finding.guideline, finding.table) == ("us-cdc-2022", "cdc-2022")
    detail = cards[Topic.MME_TOTAL].detail
    assert [sum_ for sum_ in ARITHMETIC.values() if sum_ not in detail] == []


ways = pytest.mark.parametrize("named_by", NAMED_BY)
releases = pytest.mark.parametrize("release", RELEASES)


@releases
@ways
def test_chart_comes_to_120_scheduled_and_142_5_at_most(release, named_by, evaluate):
    asked = request("patient-view", release, named_by, active=[MODIFIED_RELEASE, IMMEDIATE_RELEASE])
    check(evaluate(asked), current=BOTH, proposed=BOTH)


@releases
@ways
@pytest.mark.parametrize("hook", ["medication-prescribe", "order-select", "order-sign"])
def test_as_needed_order_being_written_adds_22_5_to_the_most(hook, release, named_by, evaluate):
    asked = request(hook, release, named_by, active=[MODIFIED_RELEASE], drafts=[IMMEDIATE_RELEASE])
    check(evaluate(asked), current=BEFORE, proposed=BOTH)


@releases
@ways
@pytest.mark.parametrize("hook", ["medication-prescribe", "order-select", "order-sign"])
def test_both_orders_being_written_add_to_nothing(hook, release, named_by, evaluate):
    asked = request(hook, release, named_by, active=[], drafts=[MODIFIED_RELEASE, IMMEDIATE_RELEASE])
    cards = evaluate(asked)
    for card in cards.values():
        assert (pair(card.finding.current), pair(card.finding.proposed)) == (NOTHING, BOTH)
    assert all(sum_ in cards[Topic.MME_TOTAL].detail for sum_ in ARITHMETIC.values())


@releases
@pytest.mark.parametrize("named_by", ["code", "contained", "bundled"])
def test_calculator_shows_both_sums(release, named_by, knowledge):
    orders = [order(one, release, named_by) for one in (MODIFIED_RELEASE, IMMEDIATE_RELEASE)]
    body = bundle(_resources(orders, apart=False))
    total = calculate(body, knowledge=knowledge, table=knowledge.tables["cdc-2022"], as_of=TODAY)
    assert (total.scheduled, total.maximum, total.complete) == (*BOTH, True)
    sums = {line.reference.partition("/")[2]: line.arithmetic for line in total.counted}
    assert sums.keys() == ARITHMETIC.keys()
    assert all(sums[key].endswith(shown) for key, shown in ARITHMETIC.items())
    assert [line.as_needed for line in total.counted] == [False, True]
