"""Why a rule holds back: each reason by the case that brings it about."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids.case import Focus, Gap
from opioids.conditions import ConditionGroup
from opioids.patient import Patient
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from opioids.products import Route
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency
from opioids.rules import MOST_AT_ONCE, RULES, recommend, verdicts
from opioids.rules.data_incomplete import data_incomplete
from opioids.rules.deprescribing_review import deprescribing_review
from opioids.rules.mme_total import mme_total
from opioids.rules.naloxone_offer import naloxone_offer
from opioids.rules.opioid_blocker import opioid_blocker
from opioids.rules.sedative_overlap import sedative_overlap
from opioids.rules.slower_taper import slower_taper
from tests.opioids.build import case, change, morphine_total

CANCER = Patient(age=50, conditions={ConditionGroup.CANCER_ACTIVE: True}, conditions_seen=True)


def treated(table):
    treatment = Ignored(reference="i", medication="i", reason=IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    return replace(morphine_total(table, 60), ignored=(treatment,))


def by_vein(table, reason=UncountedReason.ROUTE_NOT_CONVERTIBLE):
    one = Uncounted(reference="v", medication="v", reason=reason, detail="")
    return replace(morphine_total(table, 0), uncounted=(one,))


def injected(table, route=Route.INJECTION, reason=UncountedReason.NO_FACTOR):
    """Sufentanil, nalbuphine and others, of which no table has a factor by any route."""
    one = Uncounted(reference="v", medication="v", reason=reason, detail="", kind=("sufentanil", route))
    return replace(morphine_total(table, 0), uncounted=(one,))


def only_for_cough(table):
    total = morphine_total(table, 60)
    return replace(
        total, counted=tuple(replace(one, product=replace(one.product, cough_and_cold=True)) for one in total.counted)
    )


@pytest.mark.parametrize(
    ("rule", "before", "after", "given", "reason"),
    [
        (mme_total, 100, None, {"focus": Focus.SEDATIVE}, HeldBack.NOT_IN_FOCUS),
        (mme_total, 0, None, {}, HeldBack.NO_OPIOID),
        (mme_total, 49, None, {}, HeldBack.NOT_REACHED),
        (naloxone_offer, 100, None, {"focus": Focus.NEITHER}, HeldBack.NOT_IN_FOCUS),
        (naloxone_offer, 0, None, {}, HeldBack.NO_OPIOID),
        (naloxone_offer, 100, None, {"naloxone_at_hand": True}, HeldBack.NALOXONE_AT_HAND),
        (naloxone_offer, 10, None, {}, HeldBack.NO_CRITERION),
        (deprescribing_review, 100, None, {"focus": Focus.SEDATIVE}, HeldBack.NOT_IN_FOCUS),
        (deprescribing_review, 0, None, {}, HeldBack.NO_OPIOID),
        (deprescribing_review, 100, None, {"patient": CANCER}, HeldBack.EXCLUDED),
        (deprescribing_review, 100, None, {"proposed": treated}, HeldBack.IN_TREATMENT),
        (deprescribing_review, 100, 90, {}, HeldBack.BEING_LOWERED),
        (deprescribing_review, 100, "99.99", {}, HeldBack.BEING_LOWERED),
        (deprescribing_review, 60, None, {"proposed": only_for_cough}, HeldBack.ONLY_FOR_COUGH),
        (deprescribing_review, 10, None, {"therapy_days": 7}, HeldBack.NO_CRITERION),
        (slower_taper, 100, 40, {"focus": Focus.CHART}, HeldBack.NOT_IN_FOCUS),
        (slower_taper, 100, None, {}, HeldBack.NOT_LOWERED),
        (slower_taper, 100, 40, {"patient": CANCER}, HeldBack.EXCLUDED),
        (slower_taper, 100, 40, {"therapy_days": 7}, HeldBack.NOT_LONG_TERM),
        (slower_taper, 20, 10, {"change": {"smallest_step": True}}, HeldBack.SMALLEST_STEP),
        (slower_taper, 100, 95, {}, HeldBack.WITHIN_PACE),
        (
            data_incomplete,
            100,
            None,
            {"focus": Focus.NEITHER, "gaps": (Gap.MEDICATIONS_FAILED,)},
            HeldBack.NOT_IN_FOCUS,
        ),
        (data_incomplete, 100, None, {}, HeldBack.NOTHING_MISSING),
        (data_incomplete, 100, None, {"focus": Focus.RESCUE, "gaps": (Gap.MEDICATIONS_FAILED,)}, HeldBack.NOT_IN_FOCUS),
        (sedative_overlap, 100, None, {"focus": Focus.RESCUE}, HeldBack.NOT_IN_FOCUS),
        (opioid_blocker, 100, None, {"focus": Focus.RESCUE}, HeldBack.NOT_IN_FOCUS),
        (mme_total, 100, None, {"focus": Focus.RESCUE}, HeldBack.NOT_IN_FOCUS),
        (data_incomplete, 100, None, {"proposed": by_vein, "in_hospital": True}, HeldBack.IN_HOSPITAL),
        (
            data_incomplete,
            100,
            None,
            {"proposed": by_vein, "in_hospital": True, "focus": Focus.CHART},
            HeldBack.IN_HOSPITAL,
        ),
        (data_incomplete, 100, None, {"proposed": injected, "in_hospital": True}, HeldBack.IN_HOSPITAL),
        (mme_total, 100, 0, {}, HeldBack.NOT_REACHED),
        (mme_total, 0, 0, {"current": by_vein, "change": {"to_zero": True}}, HeldBack.NOT_REACHED),
    ],
)
def test_a_rule_that_holds_back_says_why(rule, before, after, given, reason, guideline, table):
    parts = {name: value(table) if callable(value) else value for name, value in given.items()}
    if "change" in parts:
        parts["change"] = change(before, after, **parts["change"])
    assert rule(case(table, before, after, **parts), guideline) is reason


@pytest.mark.parametrize(
    "given",
    [
        {"in_hospital": False},
        {"focus": Focus.SEDATIVE},
        {"gaps": (Gap.MEDICATIONS_FAILED,)},
        {"proposed": UncountedReason.DOSE_MISSING},
        {"current": UncountedReason.DOSE_MISSING},
        {"proposed": None},
    ],
)
def test_on_a_ward_what_the_total_does_not_say_by_itself_is_said(given, guideline, table):
    parts = {"current": by_vein(table), "proposed": by_vein(table), "in_hospital": True}
    for name, value in given.items():
        total = name in ("current", "proposed")
        parts[name] = (by_vein(table, value) if value else morphine_total(table, 0)) if total else value
    assert isinstance(data_incomplete(case(table, 0, 0, **parts), guideline), Recommendation)


def test_on_a_ward_what_is_not_injected_or_could_be_mended_is_said(guideline, table):
    for total in (injected(table, Route.SUBLINGUAL), injected(table, reason=UncountedReason.DOSE_MISSING)):
        parts = {"current": total, "proposed": total, "in_hospital": True}
        assert isinstance(data_incomplete(case(table, 0, 0, **parts), guideline), Recommendation)


def test_after_a_stop_the_total_is_told_where_another_opioid_comes_or_the_list_was_not_seen(guideline, table):
    to_another = {"current": by_vein(table), "change": change(0, 0, to_zero=True, rotation=True)}
    unseen = {"current": by_vein(table), "change": change(0, 0, to_zero=True), "gaps": (Gap.MEDICATIONS_FAILED,)}
    for given in (to_another, unseen):
        assert isinstance(mme_total(case(table, 0, 0, **given), guideline), Recommendation)


def test_every_rule_gives_a_verdict_in_its_order(guideline, table):
    found = verdicts(case(table, 10, therapy_days=0), guideline)
    assert [one.rule for one in found] == [rule.__name__ for rule in RULES]
    assert all(isinstance(one.found, HeldBack) and not one.told for one in found)


def test_what_is_told_is_what_is_recommended_and_the_rest_was_crowded_out(guideline, table):
    def fixed(topic):
        return lambda case, guideline: Recommendation(topic=topic, urgency=Urgency.INFO, rule="x")

    rules = [fixed(topic) for topic in Topic]
    one_case = case(table)
    found = verdicts(one_case, guideline, rules)
    told = {one.found for one in found if one.told}
    assert told == set(recommend(one_case, guideline, rules))
    assert len(found) - len(told) == len(Topic) - MOST_AT_ONCE
