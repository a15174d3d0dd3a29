"""A patch that is only for people who are used to opioids: who is, by its label, and when a card says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids import tolerance
from opioids.case import Focus, Gap
from opioids.conditions import ConditionGroup
from opioids.mme import mme_total
from opioids.patient import Patient
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from opioids.products import Form, Route
from opioids.quantities import Unit
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency
from opioids.rules import recommend
from opioids.rules.without_tolerance import without_tolerance
from opioids.tables import KnowledgeError
from opioids.tolerance import begun_without, is_enough
from tests.opioids.build import (
    FENTANYL,
    METHADONE,
    MORPHINE,
    OXYCODONE,
    TODAY,
    case,
    change,
    dose,
    often,
    patch,
    prescription,
    product,
    sig,
)

PATCH = prescription("p", sig(dose=dose(1), frequency=often(1, 3)), of=patch(25))
PALLIATIVE = Patient(age=80, conditions={ConditionGroup.PALLIATIVE_HOSPICE: True}, conditions_seen=True)
CHILD = Patient(age=10, conditions={}, conditions_seen=True)


@pytest.fixture
def total(table):
    return lambda *orders: mme_total(orders, table, TODAY)


def taken(mg, of=MORPHINE, reference="a"):
    return prescription(reference, sig(dose=dose(mg, unit=Unit.MG), frequency=often(1)), of=product(of, 5))


@pytest.mark.parametrize(
    ("orders", "used"),
    [
        ([], False),
        ([taken(59.9)], False),
        ([taken(60)], True),
        ([taken(29.9, OXYCODONE)], False),  # 44.9 MME/day
        ([taken(30, OXYCODONE)], True),
        ([taken(30), taken(15, OXYCODONE, "b")], True),  # a half and a half
        ([taken(30), taken(14, OXYCODONE, "b")], False),
        ([taken(12, METHADONE)], False),  # what the label does not name, as so much morphine: 56.4
        ([taken(13, METHADONE)], True),
        ([replace(PATCH, reference="old")], True),  # it is no start
    ],
)
def test_who_is_used_to_opioids_by_the_label(orders, used, total):
    assert (begun_without(total(*orders), total(*orders, PATCH), 400) == ()) is used


def test_used_to_them_is_nobody_before_a_week(total):
    now, then = total(taken(60)), total(taken(60), PATCH)
    assert begun_without(now, then, 6)
    assert not begun_without(now, then, 7)
    assert not begun_without(now, then, None)
    asked = begun_without(now, then, 6)
    assert is_enough(asked, now.counted)
    assert not is_enough(asked, total().counted)


def fast_acting(route, reference="f"):
    """Fentanyl for pain that breaks through: the table of 2022 has no factor for it."""
    of = product(FENTANYL, 1, form=Form.SOLID, route=route)
    return prescription(reference, sig(dose=dose(1), frequency=often(4), as_needed=True), of=of)


@pytest.mark.parametrize("route", [Route.TRANSMUCOSAL, Route.BUCCAL, Route.SUBLINGUAL, Route.NASAL])
def test_fast_acting_fentanyl_is_begun_though_it_has_no_factor(route, total):
    begun = total(fast_acting(route))
    assert not begun.counted
    asked = begun_without(total(), begun, None)
    assert {one.begun for one in asked} == {("fentanyl", route)}
    assert not begun_without(total(fast_acting(route, "old")), begun, None)
    assert not begun_without(total(taken(60)), total(taken(60), fast_acting(route)), 7)
    assert begun_without(total(taken(59)), total(taken(59), fast_acting(route)), 7)


def test_a_patch_whose_interval_is_missing_is_begun(total):
    bare = prescription("p", sig(dose=dose(1)), of=patch(25))
    assert begun_without(total(), total(bare), None)


def test_fentanyl_into_a_vein_is_for_anybody(total):
    assert not begun_without(total(), total(fast_acting(Route.INJECTION)), None)
    assert not begun_without(total(), total(fast_acting(None)), None)


def test_other_opioids_are_for_anybody(total):
    assert not begun_without(total(), total(taken(200, OXYCODONE)), None)


def test_label_without_a_dose_of_morphine_is_no_measure(monkeypatch):
    row = {"begun": "x", "begun_routes": "oral", "ingredient": "oxycodone", "route": "oral", "least_per_day": "30"}
    row |= {"unit": "mg", "least_days": "7", "review": "secondary"}
    monkeypatch.setattr(tolerance, "rows_of", lambda _: [row])
    with pytest.raises(KnowledgeError, match=r"x \(oral\): no dose of morphine"):
        tolerance._labels.__wrapped__()


@pytest.fixture
def found(knowledge, table, total):
    guideline = knowledge.guidelines["us-cdc-2022"]

    def of(**given):
        parts = {"current": total(), "proposed": total(PATCH), "change": change(0, 60), **given}
        return without_tolerance(case(table, 0, 60, **parts), guideline)

    return of


@pytest.mark.parametrize("given", [{}, {"patient": CHILD}, {"therapy_days": None}])
def test_patch_without_tolerance_warns_and_never_rests(given, found):
    said = found(**given)
    assert (said.topic, said.urgency, said.rule) == (Topic.DOSE_ESCALATION, Urgency.WARNING, "without-tolerance")
    assert not said.may_rest


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"focus": Focus.CHART}, HeldBack.NOT_IN_FOCUS),
        ({"gaps": (Gap.MEDICATIONS_NOT_SENT,)}, HeldBack.NOT_RAISED),
        ({"in_hospital": True}, HeldBack.IN_HOSPITAL),
        ({"patient": PALLIATIVE}, HeldBack.EXCLUDED),
    ],
)
def test_it_is_held_back_where_it_cannot_be_told_or_others_decide(given, why, found):
    assert found(**given) is why


def test_what_cannot_be_counted_may_be_enough(found, total):
    unknown = Uncounted(reference="u", medication="u", reason=UncountedReason.NO_FACTOR, detail="")
    assert found(current=replace(total(), uncounted=(unknown,))) is HeldBack.NOT_RAISED
    for reason in (IgnoredReason.PARTIAL_AGONIST, IgnoredReason.OPIOID_USE_DISORDER_TREATMENT):
        one = Ignored(reference="i", medication="i", reason=reason)
        assert found(current=replace(total(), ignored=(one,))) is HeldBack.NOT_RAISED
    assert found(current=total(taken(60))) is HeldBack.TOLERANT


def test_it_stays_before_the_total_and_beside_the_review_at_a_start(knowledge, table, total):
    started = case(
        table, 0, 60, current=total(), proposed=total(PATCH), change=change(0, 60), starting=True, therapy_days=None
    )
    canadian = knowledge.guidelines["ca-2017"]
    said = [(one.topic, one.rule) for one in recommend(started, canadian)]
    assert said == [
        (Topic.DOSE_ESCALATION, "without-tolerance"),
        (Topic.MME_TOTAL, "CA-D1"),
        (Topic.DEPRESCRIBING_REVIEW, "CA-D1"),
    ]
    american = recommend(started, knowledge.guidelines["us-cdc-2022"])
    assert [one.topic for one in american] == [Topic.DOSE_ESCALATION, Topic.NALOXONE_OFFER, Topic.MME_TOTAL]


@pytest.mark.parametrize("turned", [False, True])
def test_it_speaks_before_any_other_rise(turned, knowledge, table):
    def fixed(topic, rule):
        return lambda case, guideline: Recommendation(topic=topic, urgency=Urgency.WARNING, rule=rule)

    rules = [fixed(Topic.DOSE_ESCALATION, rule) for rule in ("US-D1", "TA7", "without-tolerance")]
    said = recommend(case(table), knowledge.guidelines["us-cdc-2022"], reversed(rules) if turned else rules)
    assert [one.rule for one in said] == ["without-tolerance"]
