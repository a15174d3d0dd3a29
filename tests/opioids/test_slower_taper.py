"""The rules about tapering beside the tiers: pregnancy, benzodiazepines, overdoses, later steps, restored doses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from opioids.case import Focus, Gap
from opioids.conditions import ConditionGroup
from opioids.pace import Fall
from opioids.patient import Patient
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency
from opioids.rules import recommend
from opioids.rules.deprescribing_review import deprescribing_review
from opioids.rules.dose_escalation import dose_escalation
from opioids.rules.naloxone_offer import naloxone_offer
from opioids.rules.restored_dose import restored_dose
from opioids.rules.slower_taper import slower_taper, worst
from tests.opioids.build import TODAY, case, change, morphine_total
from tests.opioids.test_past_doses import past

PREGNANT = Patient(age=30, conditions={ConditionGroup.PREGNANCY: True}, conditions_seen=True)
CANCER = Patient(age=50, conditions={ConditionGroup.CANCER_ACTIVE: True}, conditions_seen=True)


@pytest.fixture
def found(guideline, table):
    """(urgency, rule, what else) of a case, or why the rule holds back."""

    def of(before, after, rule=slower_taper, **given):
        result = rule(case(table, before, after, **given), guideline)
        return (result.urgency, result.rule, result.also) if isinstance(result, Recommendation) else result

    return of


# ---- a stop of what could not be counted ----


def uncounted(table, mg=0, reason=UncountedReason.NO_FACTOR):
    """So many MME/day that could be counted, and an order that could not."""
    one = Uncounted(reference="u", medication="u", reason=reason, detail="")
    return replace(morphine_total(table, mg), uncounted=(one,))


def stop(table, *before, **given):
    current = uncounted(table, *before)
    return {"current": current, "change": change(current.maximum, 0, to_zero=True), **given}


@pytest.mark.parametrize("counted", [0, 5, 60])
def test_stop_of_long_term_opioids_is_abrupt_although_the_dose_is_not_known(counted, found, table):
    assert found(counted, 0, **stop(table, counted)) == (Urgency.CRITICAL, "TA1", ())


@pytest.mark.parametrize("days", [89, None])
def test_stop_of_an_unknown_dose_is_said_only_where_it_is_known_to_be_long_term(days, found, table):
    assert found(0, 0, **stop(table), therapy_days=days) is HeldBack.NOT_LONG_TERM


@pytest.mark.parametrize(
    "reason", [UncountedReason.PRODUCT_UNKNOWN, UncountedReason.RESOURCE_INVALID, UncountedReason.REFERENCE_UNRESOLVED]
)
def test_stop_of_what_may_be_no_opioid_is_none(reason, found, table):
    assert found(0, 0, **stop(table, 0, reason)) is HeldBack.NOT_LOWERED


def test_stop_of_an_unknown_dose_is_none_where_another_opioid_stays(found, table):
    change_to_another = change(0, 0, to_zero=False)
    assert found(0, 0, **{**stop(table), "change": change_to_another}) is HeldBack.NOT_LOWERED
    treated = Ignored(reference="t", medication="t", reason=IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    proposed = replace(morphine_total(table, 0), ignored=(treated,))
    assert found(0, 0, **stop(table), proposed=proposed) is HeldBack.NOT_LOWERED


def with_buprenorphine(table):
    """What is taken by somebody who wears a patch of a partial agonist, which the table does not convert."""
    worn = Ignored(reference="b", medication="b", reason=IgnoredReason.PARTIAL_AGONIST)
    return replace(morphine_total(table, 0), ignored=(worn,))


def test_stop_of_a_partial_agonist_for_pain_is_abrupt_too(found, table):
    worn = with_buprenorphine(table)
    stopped = {"current": worn, "change": change(0, 0, to_zero=False)}
    assert found(0, 0, **stopped) == (Urgency.CRITICAL, "TA1", ())
    assert found(0, 0, **stopped, therapy_days=None) is HeldBack.NOT_LONG_TERM
    assert found(0, 0, **stopped, proposed=worn) is HeldBack.NOT_LOWERED
    assert found(0, 0, naloxone_offer, **stopped)[1] == "NX06"


def test_stop_of_an_unknown_dose_in_pregnancy_asks_for_expertise(found, table):
    assert found(0, 0, **stop(table), patient=PREGNANT) == (Urgency.CRITICAL, "TA1", ("TA10",))
    assert found(0, 0, **stop(table), patient=PREGNANT, therapy_days=10) == (Urgency.WARNING, "TA10", ())


def test_naloxone_is_offered_when_an_unknown_dose_stops(found, table):
    assert found(0, 0, naloxone_offer, **stop(table))[1] == "NX06"


# ---- a fall of what has no factor ----


def test_share_of_an_opioid_without_a_factor_is_judged_like_any_other(found, table):
    def lowered(percent, **given):
        fall = Fall(
            day=TODAY,
            before=Decimal(100),
            after=Decimal(100 - percent),
            change=change(100, 100 - percent),
            therapy_days=given.get("therapy_days", 400),
        )
        unknown = uncounted(table)
        return {"current": unknown, "proposed": unknown, "unconverted_fall": fall, **given}

    assert found(0, 0, **lowered(10)) is HeldBack.WITHIN_PACE
    assert found(0, 0, **lowered(11)) == (Urgency.WARNING, "TA2", ())
    assert found(0, 0, **lowered(50)) == (Urgency.CRITICAL, "TA5", ())
    assert found(0, 0, **lowered(50, therapy_days=80)) is HeldBack.NOT_LONG_TERM
    assert found(0, 0, naloxone_offer, **lowered(11))[1] == "NX06"
    assert found(0, 0, deprescribing_review, **lowered(11)) is HeldBack.BEING_LOWERED


# ---- pregnancy, benzodiazepines ----


def test_any_cut_in_pregnancy_asks_for_expertise_first(found):
    assert found(100, 99, patient=PREGNANT) == (Urgency.WARNING, "TA10", ())
    assert found(100, 99, patient=PREGNANT, therapy_days=10) == (Urgency.WARNING, "TA10", ())


def test_graver_cut_in_pregnancy_says_both(found):
    assert found(100, 40, patient=PREGNANT) == (Urgency.CRITICAL, "TA5", ("TA10",))
    assert found(100, 85, patient=PREGNANT) == (Urgency.WARNING, "TA2", ("TA10",))


def test_past_pregnancy_is_over(found):
    over = replace(PREGNANT, past=frozenset({ConditionGroup.PREGNANCY}))
    assert found(100, 99, patient=over) is HeldBack.WITHIN_PACE


def test_benzodiazepine_lowered_at_the_same_time_is_said(found):
    assert found(100, 95, benzodiazepine_lowered=True) == (Urgency.WARNING, "TA9", ())
    assert found(100, 85, benzodiazepine_lowered=True) == (Urgency.WARNING, "TA2", ("TA9",))
    assert found(100, 95, benzodiazepine_lowered=True, therapy_days=10) is HeldBack.NOT_LONG_TERM
    assert found(100, 100, benzodiazepine_lowered=True) is HeldBack.NOT_LOWERED


def test_statements_are_those_of_what_is_said(guideline, table):
    result = slower_taper(case(table, 100, 85, patient=PREGNANT, benzodiazepine_lowered=True), guideline)
    assert result.statements == ("US-H1", "US-H2", "US-H10", "US-H13")


def test_guideline_without_such_a_statement_warns_all_the_same(knowledge, table):
    german = knowledge.guidelines["de-lonts-2020"]
    result = slower_taper(case(table, 100, 99, patient=PREGNANT), german)
    assert (result.rule, result.statements) == ("TA10", ("DE-H1",))


# ---- held back ----


def test_overdose_that_has_just_been_recorded_is_a_reason_to_stop(found):
    assert found(100, 0, overdosed=True) is HeldBack.OVERDOSED


def test_those_whom_the_guideline_excludes_are_not_spoken_about(found):
    assert found(100, 0, patient=CANCER) is HeldBack.EXCLUDED


def test_small_cuts_say_why_nothing_is_said(found):
    assert found(20, 10, change=change(20, 10, smallest_step=True)) is HeldBack.SMALLEST_STEP
    assert found(100, 95) is HeldBack.WITHIN_PACE


def test_of_several_falls_each_must_be_the_smallest_step_of_a_low_dose(found):
    assert found(200, 185, change=change(200, 185, smallest_step=True)) is HeldBack.SMALLEST_STEP
    assert found(200, 184, change=change(200, 184, smallest_step=True)) is HeldBack.WITHIN_PACE
    low = later(28, 20, 10, smallest_step=True)
    assert found(20, 20, later_falls=(low,)) is HeldBack.SMALLEST_STEP
    assert found(100, 95, later_falls=(low,)) is HeldBack.WITHIN_PACE
    assert found(20, 20, later_falls=(low, later(56, 10, 9))) is HeldBack.WITHIN_PACE


# ---- the end of a taper, as-needed doses ----


def test_end_of_a_taper_is_only_information(found):
    low = past((300, 100), (28, 10))
    assert found(10, 0, past=low) == (Urgency.INFO, "TA1", ())
    stop = change(10, 0, only_as_needed=True)
    assert found(10, 0, past=low, change=stop) == (Urgency.INFO, "TA1", ())


def test_two_cuts_of_as_needed_doses_stay_information(found):
    known = past((300, 100), (10, 97))
    assert found(97, 94, past=known, change=change(97, 94, only_as_needed=True)) == (Urgency.INFO, "TA6", ())


# ---- steps that the order holds for later ----


def later(days, before, after, **given):
    return Fall(
        day=TODAY + timedelta(days=days),
        before=Decimal(before),
        after=Decimal(after),
        change=change(before, after, **given),
        therapy_days=400 + days,
        past=past((300, 100), (0, before)),
    )


def test_later_step_of_an_order_is_judged_as_well(found):
    assert found(100, 100, later_falls=(later(28, 100, 50),)) == (Urgency.CRITICAL, "TA5", ())
    assert found(100, 100, later_falls=(later(28, 100, 90),)) is HeldBack.WITHIN_PACE


def test_gravest_of_all_steps_is_said(found, guideline, table):
    falls = (later(28, 85, 75), later(56, 75, 30))
    assert found(100, 85, later_falls=falls) == (Urgency.CRITICAL, "TA5", ())
    said = worst(case(table, 100, 85, later_falls=falls), guideline)
    assert said.fall is falls[1]


def test_each_step_is_judged_by_the_length_of_therapy_on_its_day(found, guideline, table):
    """A course that begins with steps down is no taper of long-term opioids, though its length is not told."""
    young = replace(later(2, 100, 50), therapy_days=2)
    for days in (None, 2):
        assert found(100, 100, later_falls=(young,), therapy_days=days) is HeldBack.NOT_LONG_TERM
    assert found(100, 100, later_falls=(replace(young, therapy_days=90),)) == (Urgency.CRITICAL, "TA5", ())
    assert found(100, 100, later_falls=(replace(young, therapy_days=89),)) is HeldBack.NOT_LONG_TERM
    falls = (young, replace(later(100, 50, 40), therapy_days=100))
    assert worst(case(table, 100, 100, later_falls=falls), guideline).fall is falls[1]
    assert worst(case(table, 100, 100, later_falls=(young,)), guideline).fall is young


def test_nothing_falls_is_nothing_worst(guideline, table):
    assert worst(case(table, 100, 100), guideline) is None


# ---- a dose that is taken up again ----

LOWERED = past((300, 100), (30, 60))


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (LOWERED, True),
        (past((300, 100), (7, 60)), True),
        (past((300, 100), (6, 60)), False),  # for less than a week
        (past((300, 60)), False),  # never lowered
        (past((300, 40), (30, 60)), False),  # raised last
        (past((300, 100), (280, 90), (270, 40), (30, 60)), False),
        (past((80, 100), (60, 60)), False),  # never stable higher
        (past(), False),
    ],
)
def test_dose_that_was_lowered_is_not_simply_resumed(levels, said, found):
    result = found(60, 100, rule=restored_dose, past=levels)
    assert result == ((Urgency.WARNING, "TA7", ()) if said else HeldBack.NOT_LOWERED_BEFORE)


GIVEN_UP = past((300, 100), (40, 0))


@pytest.mark.parametrize(
    ("after", "given", "said"),
    [
        (100, {}, True),
        (120, {}, True),
        ("99.99", {}, False),  # less than before is a start
        (100, {"gaps": (Gap.MEDICATIONS_FAILED,)}, False),
        (100, {"past": past((300, 100), (6, 0))}, False),
        (100, {"past": past((60, 100), (40, 0))}, False),  # never stable
    ],
)
def test_earlier_dose_is_not_simply_taken_up_again_after_a_time_without_any(after, given, said, found):
    result = found(0, after, rule=restored_dose, **{"past": GIVEN_UP, **given})
    assert result == ((Urgency.WARNING, "TA7", ()) if said else HeldBack.NOT_LOWERED_BEFORE)


BROKEN_OFF = past((300, 100), (100, 80), (40, 0))
ENDED = past((300, 100), (200, 40), (100, 15), (40, 0))
A_LITTLE_MORE = past((300, 100), (55, 110), (40, 0))


@pytest.mark.parametrize(
    ("levels", "after", "said"),
    [
        (BROKEN_OFF, 80, True),  # the last step of a taper that was broken off
        (BROKEN_OFF, "79.99", False),
        (ENDED, 15, False),  # a taper that had come to its end: this is a start
        (ENDED, "99.99", False),
        (ENDED, 100, True),
        (past((300, 100), (200, 40), (100, "15.01"), (40, 0)), "15.01", True),
        (A_LITTLE_MORE, 100, True),
        (A_LITTLE_MORE, "99.99", False),
    ],
)
def test_last_step_of_a_taper_that_was_broken_off_is_not_simply_taken_up_again(levels, after, said, found):
    result = found(0, after, rule=restored_dose, past=levels)
    assert result == ((Urgency.WARNING, "TA7", ()) if said else HeldBack.NOT_LOWERED_BEFORE)


STEPS_DOWN = past((300, 100), (100, 90), (30, 80))


@pytest.mark.parametrize(
    ("profile", "levels", "before", "after", "one_step"),
    [
        ("us-cdc-2022", STEPS_DOWN, 80, 90, True),
        ("us-cdc-2022", STEPS_DOWN, 80, 85, True),
        ("us-cdc-2022", STEPS_DOWN, 80, "90.01", False),  # past the step before
        ("us-cdc-2022", past((300, 100), (30, 85)), 85, 100, True),  # 15%, as rounding to whole units makes
        ("us-cdc-2022", past((300, 100), (30, "84.99")), "84.99", 100, False),
        ("au-2022", past((300, 100), (30, 75)), 75, 100, True),  # 25%, its own pace
        ("au-2022", past((300, 100), (30, "74.99")), "74.99", 100, False),
        ("us-cdc-2022", BROKEN_OFF, 0, 80, False),  # nothing is left to go back from
        ("us-cdc-2022", past((300, 100), (6, 90)), 90, 100, False),  # for less than a week
        ("us-cdc-2022", past((300, 80), (30, 90)), 90, 100, False),  # raised last
    ],
)
def test_going_back_is_one_step_of_a_taper(profile, levels, before, after, one_step, knowledge):
    guideline = knowledge.guidelines[profile]
    raised = case(knowledge.tables[guideline.default_table], before, after, past=levels)
    assert raised.goes_back_one_step(guideline) is one_step


def test_who_is_in_treatment_has_not_been_without(table, guideline):
    treatment = Ignored(reference="t", medication="t", reason=IgnoredReason.OPIOID_USE_DISORDER_TREATMENT)
    treated = replace(morphine_total(table, 0), ignored=(treatment,))
    resumed = case(table, 0, 100, current=treated, past=GIVEN_UP)
    assert restored_dose(resumed, guideline) is HeldBack.NOT_LOWERED_BEFORE


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"focus": Focus.CHART}, HeldBack.NOT_IN_FOCUS),
        ({"patient": CANCER}, HeldBack.EXCLUDED),
        ({"change": change(60, 100, rotation=True)}, HeldBack.NOT_RAISED),
        ({"change": change(60, 100, judgeable=False)}, HeldBack.NOT_RAISED),
    ],
)
def test_rise_that_is_no_resumption(given, why, found):
    assert found(60, 100, rule=restored_dose, past=LOWERED, **given) is why


@pytest.mark.parametrize("profile", ["us-cdc-2022", "ca-2017", "uk-nice-ng215", "de-lonts-2020", "au-2022"])
def test_resumed_dose_is_said_under_every_guideline_also_one_without_a_statement_about_it(profile, knowledge):
    guideline = knowledge.guidelines[profile]
    table = knowledge.tables[guideline.default_table]
    result = restored_dose(case(table, 60, 100, past=LOWERED), guideline)
    assert isinstance(result, Recommendation)
    assert set(result.statements) <= guideline.statements.keys()


def test_cut_is_no_resumption(found):
    assert found(60, 50, rule=restored_dose, past=LOWERED) is HeldBack.NOT_RAISED


def test_resumed_dose_is_said_instead_of_any_other_rise(guideline, table):
    raised = case(table, 60, 100, past=LOWERED)
    assert isinstance(dose_escalation(raised, guideline), Recommendation)
    said = [one.rule for one in recommend(raised, guideline) if one.topic is Topic.DOSE_ESCALATION]
    assert said == ["TA7"]
