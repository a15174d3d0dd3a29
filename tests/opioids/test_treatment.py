"""Treatment of opioid use disorder that is stopped: when it ends, and when something may stand in its place."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids.change import treatment_ends
from opioids.conditions import ConditionGroup
from opioids.drug_classes import Companion, DrugClass
from opioids.mme import mme_total
from opioids.patient import Patient
from opioids.prescriptions import Ignored, IgnoredReason, Uncounted, UncountedReason
from opioids.recommendations import HeldBack, Recommendation, Urgency
from opioids.rules.naloxone_offer import naloxone_offer
from opioids.rules.slower_taper import slower_taper
from tests.opioids.build import METHADONE, TODAY, case, change, morphine_total, prescription, product

TREATMENT, PARTIAL = IgnoredReason.OPIOID_USE_DISORDER_TREATMENT, IgnoredReason.PARTIAL_AGONIST
PREGNANT = Patient(age=30, conditions={ConditionGroup.PREGNANCY: True}, conditions_seen=True)


@pytest.fixture
def treated(table):
    return ignoring(table, Ignored(reference="t", medication="t", reason=TREATMENT))


def ignoring(table, *orders, mg=0):
    return replace(morphine_total(table, mg), ignored=orders)


def unknown(table, medication, detail="", reference="u"):
    one = Uncounted(reference=reference, medication=medication, reason=UncountedReason.NO_FACTOR, detail=detail)
    return replace(morphine_total(table, 0), uncounted=(one,))


def test_treatment_ends_where_nothing_is_left_of_it(treated, table):
    assert treatment_ends(treated, morphine_total(table, 0))
    assert treatment_ends(treated, morphine_total(table, 60))
    assert not treatment_ends(treated, treated)
    assert not treatment_ends(morphine_total(table, 60), morphine_total(table, 0))


def test_treatment_does_not_end_where_a_new_order_may_be_it(treated, table):
    methadone = mme_total([prescription("m", of=product(METHADONE, 10))], table, TODAY)
    assert methadone.counted
    assert not treatment_ends(treated, methadone)
    assert not treatment_ends(treated, ignoring(table, Ignored(reference="b", medication="b", reason=PARTIAL)))
    assert not treatment_ends(treated, unknown(table, "Methadone, as directed"))
    assert not treatment_ends(treated, unknown(table, "L-Polamidon", "no factor for levomethadone"))


def test_what_was_there_before_takes_no_place(treated, table):
    worn = Ignored(reference="b", medication="b", reason=PARTIAL)
    assert treatment_ends(replace(treated, ignored=(*treated.ignored, worn)), ignoring(table, worn))
    stays = unknown(table, "methadone")
    assert treatment_ends(replace(treated, uncounted=stays.uncounted), stays)
    assert treatment_ends(treated, unknown(table, "hydromorphone"))


@pytest.fixture
def found(knowledge, table, treated):
    guideline = knowledge.guidelines["us-cdc-2022"]

    def of(rule=slower_taper, **given):
        parts = {"current": treated, "change": change(0, 0, to_zero=False), **given}
        return rule(case(table, 0, 0, **parts), guideline)

    return of


@pytest.mark.parametrize(("days", "urgency"), [(89, Urgency.WARNING), (90, Urgency.CRITICAL), (None, Urgency.CRITICAL)])
def test_stop_of_treatment_is_as_grave_as_an_abrupt_stop_unless_it_is_young(days, urgency, found):
    said = found(therapy_days=days)
    assert (said.rule, said.urgency, said.statements) == ("treatment-ends", urgency, ("US-H12",))
    assert said.may_rest is (urgency is Urgency.WARNING)


def test_stop_of_treatment_in_pregnancy_says_both(found):
    said = found(patient=PREGNANT)
    assert (said.rule, said.also, said.statements) == ("treatment-ends", ("TA10",), ("US-H12", "US-H10"))


def test_pain_opioids_that_fall_as_well_are_said_beside_it(found, table):
    said = found(
        current=ignoring(table, Ignored(reference="t", medication="t", reason=TREATMENT), mg=100),
        proposed=morphine_total(table, 40),
        change=change(100, 40),
    )
    assert (said.rule, said.also, said.statements) == ("treatment-ends", ("TA5",), ("US-H1", "US-H2", "US-H12"))


def test_a_blocker_for_the_same_disorder_takes_its_place(found):
    naltrexone = Companion(
        drug_class=DrugClass.BLOCKER,
        ingredient="naltrexone",
        medication="n",
        written=True,
        taken=False,
        opioid_too=False,
    )
    assert found(companions=(naltrexone,)) is HeldBack.NOT_LOWERED
    assert isinstance(found(companions=(replace(naltrexone, taken=True),)), Recommendation)


def test_overdose_that_has_just_been_recorded_silences_it_too(found):
    assert found(overdosed=True) is HeldBack.OVERDOSED


def test_naloxone_is_offered_where_treatment_ends(found, knowledge, table, treated):
    english = knowledge.guidelines["uk-nice-ng215"]
    stopped = case(table, 0, 0, current=treated, change=change(0, 0, to_zero=False))
    assert naloxone_offer(stopped, english).rule == "NX22"
