"""Sedatives and blockers beside an opioid, and a dose that is raised: what each rule decides. No words here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids.case import Focus, Gap
from opioids.conditions import ConditionGroup as G
from opioids.drug_classes import SEDATING, DrugClass
from opioids.patient import Patient
from opioids.prescriptions import IgnoredReason, Uncounted, UncountedReason
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency
from opioids.rules.dose_escalation import dose_escalation
from opioids.rules.opioid_blocker import opioid_blocker
from opioids.rules.sedative_overlap import sedative_overlap
from tests.opioids.build import case, change, companion, morphine_total, with_ignored

CRITICAL, WARNING, INFO = Urgency.CRITICAL, Urgency.WARNING, Urgency.INFO
BENZODIAZEPINE, BLOCKER = DrugClass.BENZODIAZEPINE, DrugClass.BLOCKER


@pytest.fixture(scope="module")
def decide(knowledge, table):
    """(urgency, rule) of what a rule finds, or why it holds back."""

    def run(rule, mme=40, after=None, *, guideline="us-cdc-2022", **given):
        found = rule(case(table, mme, after, **given), knowledge.guidelines[guideline])
        return (found.urgency, found.rule) if isinstance(found, Recommendation) else found

    return run


def patient(*groups):
    return Patient(age=50, conditions=dict.fromkeys(groups, True), conditions_seen=True)


TREATMENT, PARTIAL = IgnoredReason.OPIOID_USE_DISORDER_TREATMENT, IgnoredReason.PARTIAL_AGONIST

# ---- sedatives ----


@pytest.mark.parametrize("drug_class", SEDATING)
def test_every_sedating_class_is_told_of(drug_class, decide):
    written = (companion(drug_class, written=True),)
    found = decide(sedative_overlap, focus=Focus.SEDATIVE, companions=written)
    assert found[0] is WARNING


@pytest.mark.parametrize(
    ("given", "urgency"),
    [
        ({"focus": Focus.SEDATIVE, "companions": (companion(BENZODIAZEPINE, written=True),)}, WARNING),
        ({"focus": Focus.SEDATIVE, "companions": (companion(BENZODIAZEPINE, written=True, taken=True),)}, INFO),
        ({"focus": Focus.CHART, "companions": (companion(BENZODIAZEPINE, taken=True),)}, INFO),
        ({"focus": Focus.OPIOID, "companions": (companion(BENZODIAZEPINE, taken=True),)}, INFO),
    ],
)
def test_overlap_that_stands_informs_and_a_new_one_warns(given, urgency, decide):
    assert decide(sedative_overlap, **given) == (urgency, "US-H13")


@pytest.mark.parametrize(("after", "urgency"), [("39.99", INFO), ("40", INFO), ("40.01", WARNING)])
def test_opioid_that_rises_beside_a_sedative_warns(after, urgency, decide):
    beside = (companion(BENZODIAZEPINE, taken=True),)
    assert decide(sedative_overlap, 40, after, change=change(40, after), companions=beside)[0] is urgency


def test_first_opioid_beside_a_sedative_warns(decide, table):
    beside = (companion(BENZODIAZEPINE, taken=True),)
    assert decide(sedative_overlap, 0, 10, companions=beside)[0] is WARNING
    assert decide(sedative_overlap, 0, 0, companions=beside) is HeldBack.NO_OPIOID
    # Nothing that could be compared: an opioid that could not be counted is new all the same.
    unknown = Uncounted(reference="u", medication="u", reason=UncountedReason.DOSE_MISSING, detail="x")
    proposed = replace(morphine_total(table, 0), uncounted=(unknown,))
    assert decide(sedative_overlap, 0, proposed=proposed, companions=beside)[0] is WARNING
    # What is not selected brings nothing about: a sedative is renewed, and the opioid is for later.
    assert decide(sedative_overlap, 0, 10, companions=beside, focus=Focus.SEDATIVE)[0] is INFO


def test_overlap_ends_where_the_opioid_does(decide):
    beside = (companion(BENZODIAZEPINE, taken=True),)
    assert decide(sedative_overlap, 40, 0, companions=beside) is HeldBack.NO_OPIOID


@pytest.mark.parametrize("reason", [TREATMENT, PARTIAL])
def test_opioids_that_are_never_converted_count_as_opioids_here(reason, decide, table):
    taken = with_ignored(morphine_total(table, 0), reason)
    beside = (companion(BENZODIAZEPINE, taken=True),)
    assert decide(sedative_overlap, 0, current=taken, proposed=taken, companions=beside) == (INFO, "US-H13")
    none = morphine_total(table, 0)
    # A treatment that starts beside a sedative is never held up by a warning.
    assert decide(sedative_overlap, 0, current=none, proposed=taken, companions=beside) == (INFO, "US-H13")


@pytest.mark.parametrize(
    ("focus", "given", "found"),
    [
        (Focus.SEDATIVE, {"written": True}, (INFO, "US-H14")),
        (Focus.SEDATIVE, {"written": True, "taken": True}, HeldBack.NO_SEDATIVE),
        (Focus.SEDATIVE, {"taken": True}, HeldBack.NO_SEDATIVE),
        (Focus.OPIOID, {"written": True}, HeldBack.NO_SEDATIVE),
        (Focus.OPIOID, {"taken": True}, HeldBack.NO_SEDATIVE),
        (Focus.CHART, {"taken": True}, HeldBack.NO_SEDATIVE),
    ],
)
def test_what_sedates_less_is_information_where_it_is_added_to_an_opioid(focus, given, found, decide):
    milder = companion(DrugClass.OTHER_CNS_DEPRESSANT, **given)
    assert decide(sedative_overlap, companions=(milder,), focus=focus) == found


def test_what_sedates_less_adds_nothing_to_an_overlap_that_stands(decide):
    beside = (companion(BENZODIAZEPINE, taken=True), companion(DrugClass.OTHER_CNS_DEPRESSANT, written=True))
    assert decide(sedative_overlap, companions=beside, focus=Focus.SEDATIVE) == (INFO, "US-H13")


@pytest.mark.parametrize("drug_class", [DrugClass.WITHDRAWAL_SUPPORT, DrugClass.ANTAGONIST, BLOCKER])
def test_other_medicines_are_no_overlap_of_their_own(drug_class, decide):
    assert decide(sedative_overlap, companions=(companion(drug_class, written=True),)) is HeldBack.NO_SEDATIVE


@pytest.mark.parametrize("group", [G.PALLIATIVE_HOSPICE, G.LIKELY_TERMINAL])
def test_sedatives_are_meant_in_palliative_care(group, decide):
    beside = (companion(BENZODIAZEPINE, written=True),)
    assert decide(sedative_overlap, companions=beside, patient=patient(group)) is HeldBack.EXCLUDED


@pytest.mark.parametrize("group", [G.PALLIATIVE_HOSPICE, G.LIKELY_TERMINAL])
def test_suspicion_silences_no_overlap(group, decide):
    beside = (companion(BENZODIAZEPINE, written=True),)
    suspected = replace(patient(group), suspected=frozenset({group}))
    assert decide(sedative_overlap, companions=beside, patient=suspected) == (WARNING, "US-H13")


def test_overlap_is_told_in_cancer_and_not_in_hospital_or_when_nothing_is_looked_at(decide):
    beside = (companion(BENZODIAZEPINE, written=True),)
    assert decide(sedative_overlap, companions=beside, patient=patient(G.CANCER_ACTIVE)) == (WARNING, "US-H13")
    assert decide(sedative_overlap, companions=beside, in_hospital=True) is HeldBack.IN_HOSPITAL
    assert decide(sedative_overlap, companions=beside, focus=Focus.NEITHER) is HeldBack.NOT_IN_FOCUS


@pytest.mark.parametrize(
    ("guideline", "drug_class", "rule"),
    [
        ("us-cdc-2022", BENZODIAZEPINE, "US-H13"),
        ("us-cdc-2022", DrugClass.GABAPENTINOID, "FDA-G19"),
        ("us-cdc-2022", DrugClass.MUSCLE_RELAXANT, "US-H14"),
        ("us-cdc-2022", DrugClass.Z_DRUG, "US-H14"),
        ("us-cdc-2022", DrugClass.BARBITURATE, "US-H14"),
        ("au-2022", DrugClass.MUSCLE_RELAXANT, "AU-W5"),
        ("uk-nice-ng215", DrugClass.Z_DRUG, "UK-H2"),
        ("ca-2017", BENZODIAZEPINE, "sedatives"),
        ("de-lonts-2020", BENZODIAZEPINE, "sedatives"),
    ],
)
def test_overlap_rests_on_what_the_guideline_says_of_the_class(guideline, drug_class, rule, decide):
    assert decide(sedative_overlap, guideline=guideline, companions=(companion(drug_class),))[1] == rule


def test_most_dangerous_class_leads_and_every_statement_is_shown(knowledge, table):
    both = (companion(DrugClass.GABAPENTINOID), companion(BENZODIAZEPINE))
    found = sedative_overlap(case(table, companions=both), knowledge.guidelines["us-cdc-2022"])
    assert (found.rule, found.statements) == ("US-H13", ("US-H13", "FDA-G19"))


# ---- blockers ----


@pytest.mark.parametrize(
    ("before", "after", "one", "found"),
    [
        (40, 40, companion(BLOCKER, written=True), CRITICAL),
        (40, 0, companion(BLOCKER, written=True), CRITICAL),
        (40, 40, companion(BLOCKER, written=True, taken=True), WARNING),
        (40, 40, companion(BLOCKER, taken=True), WARNING),
        (0, 40, companion(BLOCKER, taken=True), WARNING),
        (0, 40, companion(BLOCKER, written=True), WARNING),
        (0, 0, companion(BLOCKER, written=True), HeldBack.NO_OPIOID),
        (40, 40, companion(BENZODIAZEPINE, written=True), HeldBack.NO_BLOCKER),
    ],
)
def test_blocker_beside_an_opioid(before, after, one, found, decide):
    wanted = found if isinstance(found, HeldBack) else (found, "opioid-blocker")
    assert decide(opioid_blocker, before, after, companions=(one,)) == wanted


def test_blocker_that_is_added_to_another_one_is_what_is_started(decide):
    both = (companion(BLOCKER, taken=True), companion(BLOCKER, written=True))
    assert decide(opioid_blocker, companions=both)[0] is CRITICAL


@pytest.mark.parametrize("reason", [TREATMENT, PARTIAL])
def test_blocker_beside_a_partial_agonist_or_a_treatment(reason, decide, table):
    taken = with_ignored(morphine_total(table, 0), reason)
    beside = (companion(BLOCKER, written=True),)
    assert decide(opioid_blocker, 0, current=taken, proposed=taken, companions=beside)[0] is CRITICAL


def test_blocker_is_told_of_to_everybody_unless_nothing_is_looked_at(decide):
    beside = (companion(BLOCKER, written=True),)
    everybody = {"patient": patient(G.CANCER_ACTIVE, G.PALLIATIVE_HOSPICE), "in_hospital": True}
    assert decide(opioid_blocker, companions=beside, **everybody)[0] is CRITICAL
    assert decide(opioid_blocker, companions=beside, focus=Focus.NEITHER) is HeldBack.NOT_IN_FOCUS


def test_blocker_is_not_silenced_with_the_sedatives():
    blocker = Recommendation(topic=Topic.SEDATIVE_OVERLAP, urgency=WARNING, rule="opioid-blocker")
    assert not blocker.may_rest
    assert replace(blocker, rule="US-H13").may_rest


# ---- a dose that is raised ----

NOT_RAISED, NOT_PAST = HeldBack.NOT_RAISED, HeldBack.NOT_PAST_A_POINT


@pytest.mark.parametrize(
    ("guideline", "before", "after", "found"),
    [
        ("us-cdc-2022", 40, "49.99", NOT_PAST),
        ("us-cdc-2022", 40, "50", "US-D1"),
        ("us-cdc-2022", 40, "50.01", "US-D1"),
        ("us-cdc-2022", 100, "124.99", NOT_PAST),
        ("us-cdc-2022", 100, "125", "US-D1"),
        ("us-cdc-2022", 100, "100", NOT_RAISED),
        ("us-cdc-2022", 100, "90", NOT_RAISED),
        ("us-cdc-2022", 0, "100", NOT_RAISED),
        ("ca-2017", 80, "89.99", NOT_PAST),
        ("ca-2017", 80, "90", "CA-D2"),
        ("ca-2017", 40, "60", "CA-D1"),
        ("uk-nice-ng215", 110, "120", NOT_PAST),
        ("uk-nice-ng215", 110, "120.01", "UK-D1"),
        ("de-lonts-2020", 110, "120", NOT_PAST),
        ("de-lonts-2020", 110, "120.01", "DE-D1"),
        ("ca-2017", 100, "124.99", NOT_PAST),
        ("ca-2017", 100, "125", "CA-D2"),
        ("uk-nice-ng215", 130, "162.49", NOT_PAST),
        ("uk-nice-ng215", 130, "162.5", "UK-D1"),
        ("de-lonts-2020", 130, "162.49", NOT_PAST),
        ("de-lonts-2020", 130, "162.5", "DE-D1"),
        ("au-2022", 40, "400", NOT_PAST),
    ],
)
def test_dose_that_is_raised_past_a_point(guideline, before, after, found, decide):
    decided = decide(dose_escalation, before, after, guideline=guideline, change=change(before, after))
    assert decided == (found if isinstance(found, HeldBack) else (INFO, found))


@pytest.mark.parametrize("given", [{"rotation": True}, {"judgeable": False}])
def test_change_that_cannot_be_compared_is_no_rise(given, decide):
    assert decide(dose_escalation, 40, 60, change=change(40, 60, **given)) is NOT_RAISED


@pytest.mark.parametrize("gap", [Gap.MEDICATIONS_NOT_SENT, Gap.MEDICATIONS_FAILED, Gap.MEDICATIONS_PARTIAL])
def test_rise_from_a_dose_that_was_not_seen_is_not_told(gap, decide):
    assert decide(dose_escalation, 40, 60, change=change(40, 60), gaps=(gap,)) is NOT_RAISED


@pytest.mark.parametrize("focus", [Focus.CHART, Focus.SEDATIVE, Focus.NEITHER])
def test_rise_is_told_only_when_an_opioid_is_written(focus, decide):
    assert decide(dose_escalation, 40, 60, change=change(40, 60), focus=focus) is HeldBack.NOT_IN_FOCUS


def test_rise_is_not_told_of_those_whom_the_guideline_leaves_out(decide):
    raised = {"change": change(40, 60)}
    assert decide(dose_escalation, 40, 60, patient=patient(G.CANCER_ACTIVE), **raised) is HeldBack.EXCLUDED
    assert decide(dose_escalation, 40, 60, in_hospital=True, **raised) is HeldBack.EXCLUDED
