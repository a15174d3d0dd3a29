"""What each rule decides, at its boundaries: just under, equal, just over. No words are looked at here."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from opioids.case import Focus, Gap
from opioids.conditions import ConditionGroup
from opioids.drug_classes import DrugClass
from opioids.patient import Patient
from opioids.prescriptions import IgnoredReason, Uncounted, UncountedReason
from opioids.recommendations import RESTORED_RULE, Recommendation, Topic, Urgency
from opioids.rules import MOST_AT_ONCE, recommend
from opioids.rules.data_incomplete import data_incomplete
from opioids.rules.deprescribing_review import deprescribing_review
from opioids.rules.mme_total import mme_total
from opioids.rules.naloxone_offer import naloxone_offer
from opioids.rules.slower_taper import slower_taper
from tests.opioids.build import case, change, morphine_total, with_ignored

EXCLUDED = (
    ConditionGroup.CANCER_ACTIVE,
    ConditionGroup.PALLIATIVE_HOSPICE,
    ConditionGroup.LIKELY_TERMINAL,
    ConditionGroup.SICKLE_CELL_DISEASE,
)


@pytest.fixture
def decide(guideline, table):
    """(topic, urgency, rule) of what a rule says about a case, or None."""

    def run(rule, before=100, after=None, **given):
        found = rule(case(table, before, after, **given), guideline)
        return (found.urgency, found.rule) if isinstance(found, Recommendation) else None

    return run


def patient(age=50, *conditions, seen=True):
    return Patient(age=age, conditions=dict.fromkeys(conditions, True), conditions_seen=seen)


def with_uncounted(total):
    one = Uncounted(reference="u", medication="u", reason=UncountedReason.DOSE_MISSING, detail="x")
    return replace(total, uncounted=(one,))


TREATMENT = IgnoredReason.OPIOID_USE_DISORDER_TREATMENT

# ---- the daily total ----


@pytest.mark.parametrize("focus", [Focus.SEDATIVE, Focus.NEITHER])
def test_total_is_not_told_when_no_opioid_is_looked_at(focus, decide):
    assert decide(mme_total, 100, focus=focus) is None


def test_low_total_is_told_when_it_is_incomplete(decide, table):
    assert decide(mme_total, 10, proposed=with_uncounted(morphine_total(table, 10))) is not None
    assert decide(mme_total, 10, gaps=(Gap.MEDICATIONS_FAILED,)) is not None
    assert decide(mme_total, 10, gaps=(Gap.OTHER_PATIENT,)) is None


def test_low_total_is_told_where_the_dose_before_could_not_be_counted(decide, table):
    assert decide(mme_total, 10, current=with_uncounted(morphine_total(table, 10))) is not None


def test_low_total_is_told_when_one_opioid_replaces_another(decide):
    assert decide(mme_total, 40, 20, change=change(40, 20, rotation=True)) is not None


# ---- naloxone ----


@pytest.mark.parametrize(("mme", "said"), [("49.99", False), ("50", True), ("50.01", True)])
def test_naloxone_is_offered_from_the_first_dose_point_on(mme, said, decide):
    assert decide(naloxone_offer, mme) == ((Urgency.WARNING, "NX01") if said else None)


@pytest.mark.parametrize(
    ("group", "rule"),
    [
        (ConditionGroup.OPIOID_OVERDOSE_HISTORY, "NX03"),
        (ConditionGroup.OPIOID_USE_DISORDER, "NX04"),
        (ConditionGroup.SUBSTANCE_USE_DISORDER, "NX04"),
        (ConditionGroup.SLEEP_DISORDERED_BREATHING, "NX05"),
    ],
)
def test_naloxone_is_offered_for_a_condition_that_the_guideline_lists(group, rule, decide):
    assert decide(naloxone_offer, 10, patient=patient(50, group)) == (Urgency.WARNING, rule)


@pytest.mark.parametrize("group", [ConditionGroup.PALLIATIVE_HOSPICE, ConditionGroup.LIKELY_TERMINAL])
def test_naloxone_is_information_at_the_end_of_life_where_that_is_certain(group, decide):
    assert decide(naloxone_offer, 60, patient=patient(50, group)) == (Urgency.INFO, "NX01")
    suspected = replace(patient(50, group), suspected=frozenset({group}))
    assert decide(naloxone_offer, 60, patient=suspected) == (Urgency.WARNING, "NX01")
    assert decide(naloxone_offer, 60, patient=patient(50, ConditionGroup.CANCER_ACTIVE)) == (Urgency.WARNING, "NX01")


def test_naloxone_is_offered_beside_a_benzodiazepine(decide):
    assert decide(naloxone_offer, 10, sedatives={DrugClass.BENZODIAZEPINE: "diazepam"}) == (Urgency.WARNING, "NX02")


@pytest.mark.parametrize(
    "given",
    [
        {"patient": patient(80)},
        {"patient": patient(50, ConditionGroup.RENAL_IMPAIRMENT)},
        {"patient": patient(50, ConditionGroup.HEPATIC_IMPAIRMENT)},
        {"patient": patient(50, ConditionGroup.CHRONIC_RESPIRATORY)},
        {"sedatives": {DrugClass.GABAPENTINOID: "gabapentin"}},
    ],
)
def test_supporting_criterion_never_suffices_alone(given, decide):
    assert decide(naloxone_offer, 10, **given) is None


@pytest.mark.parametrize(("age", "reasons"), [(64, 1), (65, 2), (66, 2), (None, 1)])
def test_age_supports_from_65_on(age, reasons, guideline, table):
    found = naloxone_offer(case(table, 50, patient=patient(age)), guideline)
    assert len(found.reasons) == reasons


@pytest.mark.parametrize(("days", "said"), [(89, False), (90, True), (91, True), (None, True)])
def test_naloxone_is_offered_when_a_long_term_dose_is_lowered(days, said, decide):
    assert decide(naloxone_offer, 40, 36, therapy_days=days) == ((Urgency.WARNING, "NX06") if said else None)


@pytest.mark.parametrize("given", [{"rotation": True}, {"judgeable": False}])
def test_change_that_is_no_taper_is_no_reason_for_naloxone(given, decide):
    assert decide(naloxone_offer, 40, 36, change=change(40, 36, **given)) is None


def test_naloxone_is_offered_in_treatment_of_opioid_use_disorder(decide, table):
    treated = with_ignored(morphine_total(table, 0), TREATMENT)
    assert decide(naloxone_offer, 0, current=treated, proposed=treated) == (Urgency.WARNING, "NX23")


@pytest.mark.parametrize("focus", [Focus.OPIOID, Focus.CHART, Focus.SEDATIVE, Focus.RESCUE])
def test_naloxone_is_offered_whatever_of_the_two_is_looked_at(focus, decide):
    assert decide(naloxone_offer, 50, focus=focus) is not None


@pytest.mark.parametrize("given", [{"naloxone_at_hand": True}, {"focus": Focus.NEITHER}])
def test_naloxone_is_not_offered_twice_or_to_nobody(given, decide):
    assert decide(naloxone_offer, 50, **given) is None


def test_every_reason_that_is_met_is_named_and_the_first_that_suffices_is_the_rule(guideline, table):
    found = naloxone_offer(
        case(
            table,
            50,
            patient=patient(70, ConditionGroup.OPIOID_OVERDOSE_HISTORY),
            sedatives={DrugClass.GABAPENTINOID: "x"},
        ),
        guideline,
    )
    assert (found.rule, [one.id for one in found.reasons]) == ("NX01", ["NX01", "NX03", "NX08", "NX10"])


# ---- the review ----


@pytest.mark.parametrize(("after", "said"), [("49.9", False), ("100", True), ("100.1", True)])
def test_review_is_not_offered_while_the_dose_is_being_lowered(after, said, decide):
    assert (decide(deprescribing_review, 100, after) is not None) is said


def test_review_is_not_offered_in_treatment_or_without_an_opioid(decide, table):
    treated = with_ignored(morphine_total(table, 50), TREATMENT)
    assert decide(deprescribing_review, 50, proposed=treated) is None
    assert decide(deprescribing_review, 0) is None


def cough(total):
    lines = [replace(line, product=replace(line.product, cough_and_cold=True)) for line in total.counted]
    return replace(total, counted=tuple(lines))


def test_cough_and_cold_product_alone_is_no_reason_for_a_review(decide, table):
    only_cough = cough(morphine_total(table, 60))
    assert decide(deprescribing_review, 60, proposed=only_cough) is None
    assert decide(deprescribing_review, 60, proposed=with_uncounted(only_cough)) is not None
    both = replace(only_cough, counted=(*only_cough.counted, *morphine_total(table, 60, "b").counted))
    assert decide(deprescribing_review, 60, proposed=both) is not None


# ---- too fast ----

CRITICAL, WARNING, INFO = Urgency.CRITICAL, Urgency.WARNING, Urgency.INFO


@pytest.mark.parametrize(
    ("after", "found"),
    [("90.01", None), ("90", None), ("89.99", (WARNING, "TA2")), ("75", (WARNING, "TA2")),
     ("74.99", (WARNING, "TA4")), ("70", (WARNING, "TA4")), ("69.99", (CRITICAL, "TA5")), ("50", (CRITICAL, "TA5")),
     ("0.01", (CRITICAL, "TA5")), ("0", (CRITICAL, "TA1")), ("100", None), ("110", None)],
)  # fmt: skip
def test_pace_after_a_year(after, found, decide):
    assert decide(slower_taper, 100, after, therapy_days=365) == found


@pytest.mark.parametrize(("percent", "found"), [("10.01", None), ("15", None), ("15.01", (WARNING, "TA2"))])
def test_smallest_marketed_step_is_let_pass_up_to_its_allowance(percent, found, decide):
    after = 1000 - Decimal(percent) * 10
    assert decide(slower_taper, 1000, after, change=change(1000, after, smallest_step=True)) == found


@pytest.mark.parametrize(("cut", "found"), [("14.99", None), ("15", None), ("15.01", (CRITICAL, "TA5"))])
def test_smallest_marketed_step_of_a_low_dose_is_let_pass(cut, found, decide):
    after = 20 - Decimal(cut)
    assert decide(slower_taper, 20, after, change=change(20, after, smallest_step=True)) == found


@pytest.mark.parametrize(
    ("after", "found"),
    [("89", (INFO, "TA2")), ("74", (INFO, "TA4")), ("60", (WARNING, "TA5")), ("0", (CRITICAL, "TA1")), ("90", None)],
)
def test_cut_of_as_needed_doses_only_is_one_step_milder_unless_all_stops(after, found, decide):
    assert decide(slower_taper, 100, after, change=change(100, after, only_as_needed=True)) == found


@pytest.mark.parametrize("group", EXCLUDED)
def test_pace_is_not_for_those_whom_the_guideline_excludes(group, decide):
    assert decide(slower_taper, 100, 40, patient=patient(50, group)) is None


@pytest.mark.parametrize(("age", "said"), [(17, False), (18, True)])
def test_pace_is_not_for_children(age, said, decide):
    assert (decide(slower_taper, 100, 40, patient=patient(age)) is not None) is said


@pytest.mark.parametrize(("days", "statement"), [(364, "US-H3"), (365, "US-H2"), (None, "US-H2")])
def test_warning_rests_on_the_statement_for_the_length_of_therapy(days, statement, guideline, table):
    found = slower_taper(case(table, 100, 40, therapy_days=days), guideline)
    assert found.statements == ("US-H1", statement)


# ---- what is missing ----


@pytest.mark.parametrize("focus", [Focus.OPIOID, Focus.CHART, Focus.SEDATIVE])
@pytest.mark.parametrize("gap", Gap)
def test_gap_is_told(gap, focus, decide):
    assert decide(data_incomplete, 10, gaps=(gap,), focus=focus) == (INFO, "incomplete")


@pytest.mark.parametrize(
    ("gap", "said"),
    [
        (Gap.DRAFTS_NOT_SENT, True),
        (Gap.OTHER_PATIENT, True),
        (Gap.MEDICATIONS_NOT_SENT, False),
        (Gap.MEDICATIONS_FAILED, False),
        (Gap.MEDICATIONS_PARTIAL, False),
    ],
)
def test_gap_that_nothing_depends_on_is_not_told_unless_it_is_about_the_orders(gap, said, decide):
    assert (decide(data_incomplete, 10, gaps=(gap,), focus=Focus.NEITHER) is not None) is said


@pytest.mark.parametrize("which", ["current", "proposed"])
def test_uncounted_order_is_told(which, decide, table):
    assert decide(data_incomplete, 10, **{which: with_uncounted(morphine_total(table, 10))}) == (INFO, "incomplete")


def test_nothing_is_told_when_all_was_seen_and_counted(decide):
    assert decide(data_incomplete, 10) is None


# ---- together ----


def topics(found):
    return [(one.topic, one.urgency) for one in found]


def test_most_urgent_comes_first_and_three_at_most(guideline, table):
    found = recommend(case(table, 100, 40, gaps=(Gap.MEDICATIONS_PARTIAL,)), guideline)
    assert topics(found) == [
        (Topic.SLOWER_TAPER, Urgency.CRITICAL),
        (Topic.NALOXONE_OFFER, Urgency.WARNING),
        (Topic.DATA_INCOMPLETE, Urgency.INFO),
    ]


def test_nothing_to_say_is_nothing(guideline, table):
    assert recommend(case(table, 10, therapy_days=0), guideline) == ()


def fixed(topic, urgency):
    return lambda case, guideline: Recommendation(topic=topic, urgency=urgency, rule="x")


def test_safety_stays_when_there_is_too_much_to_say(guideline, table):
    rules = [fixed(topic, Urgency.INFO) for topic in reversed(Topic)]
    found = recommend(case(table), guideline, rules)
    assert len(found) == MOST_AT_ONCE
    assert [one.topic for one in found] == [Topic.SLOWER_TAPER, Topic.NALOXONE_OFFER, Topic.SEDATIVE_OVERLAP]


def test_milder_safety_topic_is_kept_before_an_urgent_one_of_less_weight(guideline, table):
    rules = [
        fixed(Topic.DEPRESCRIBING_REVIEW, Urgency.CRITICAL),
        fixed(Topic.NALOXONE_OFFER, Urgency.INFO),
        fixed(Topic.SEDATIVE_OVERLAP, Urgency.INFO),
        fixed(Topic.DATA_INCOMPLETE, Urgency.WARNING),
    ]
    found = recommend(case(table), guideline, rules)
    assert [one.topic for one in found] == [Topic.DATA_INCOMPLETE, Topic.NALOXONE_OFFER, Topic.SEDATIVE_OVERLAP]


def test_sedatives_stay_before_a_dose_for_which_tolerance_is_lacking(guideline, table):
    rules = [fixed(Topic.DOSE_ESCALATION, Urgency.WARNING), fixed(Topic.SEDATIVE_OVERLAP, Urgency.WARNING)]
    assert [one.topic for one in recommend(case(table), guideline, rules, most=1)] == [Topic.SEDATIVE_OVERLAP]


@pytest.mark.parametrize("turned", [False, True])
def test_dose_that_was_lowered_before_is_said_rather_than_the_rise_alone(turned, guideline, table):
    def restored(case, guideline):
        return Recommendation(topic=Topic.DOSE_ESCALATION, urgency=Urgency.INFO, rule=RESTORED_RULE)

    rules = [fixed(Topic.DOSE_ESCALATION, Urgency.INFO), restored]
    found = recommend(case(table), guideline, reversed(rules) if turned else rules)
    assert [one.rule for one in found] == [RESTORED_RULE]
