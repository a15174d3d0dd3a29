"""Why a review is invited and naloxone offered, guideline by guideline, at their boundaries. No words here."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from opioids.case import Focus
from opioids.conditions import ConditionGroup as G
from opioids.criteria import Circumstance
from opioids.criteria_met import exclusions, met
from opioids.drug_classes import DrugClass
from opioids.outcomes import Benefit
from opioids.past_doses import NOTHING_KNOWN, Level, PastDoses
from opioids.patient import Patient
from opioids.prescriptions import Ignored, IgnoredReason
from opioids.recommendations import HeldBack, Recommendation, Urgency
from opioids.rules import recommend
from opioids.rules.deprescribing_review import deprescribing_review
from opioids.rules.mme_total import mme_total
from opioids.rules.naloxone_offer import naloxone_offer
from tests.opioids.build import TODAY, case, change, companion, morphine_total

US, CA, AU, UK, DE = "us-cdc-2022", "ca-2017", "au-2022", "uk-nice-ng215", "de-lonts-2020"
ALL = (US, CA, AU, UK, DE)


def patient(*groups, past=(), age=50):
    conditions = dict.fromkeys((*groups, *past), True)
    return Patient(age=age, conditions=conditions, conditions_seen=True, past=frozenset(past))


def test_no_condition_medicine_or_circumstance_has_the_name_of_another():
    """Criteria look each of them up by its name, all in one set."""
    names = [str(one) for kind in (G, DrugClass, Circumstance) for one in kind]
    assert len(names) == len(set(names)) > 0


@pytest.fixture(scope="module")
def decide(knowledge):
    """What a rule of one guideline finds: its id, or why it holds back."""

    def run(rule, name, mme, after=None, **given):
        guideline = knowledge.guidelines[name]
        found = rule(case(knowledge.tables["cdc-2022"], mme, after, **given), guideline)
        return found.rule if isinstance(found, Recommendation) else found

    return run


SHORT = {"therapy_days": 30}
NOTHING = HeldBack.NO_CRITERION

# ---- the review ----


@pytest.mark.parametrize(
    ("name", "mme", "found"),
    [(US, "49.99", NOTHING), (US, "50", "US-D2"), (CA, "89.99", NOTHING), (CA, "90", "CA-W1"), (CA, "90.01", "CA-W1"),
     (AU, "500", NOTHING), (UK, "120", NOTHING), (UK, "120.01", "UK-D1"), (DE, "120", NOTHING),
     (DE, "120.01", "DE-D1")],
)  # fmt: skip
def test_review_by_the_dose(name, mme, found, decide):
    assert decide(deprescribing_review, name, mme, **SHORT) == found


@pytest.mark.parametrize(
    ("name", "days", "found"),
    [(US, 89, NOTHING), (US, 90, "US-W1"), (US, None, NOTHING), (CA, 89, NOTHING), (CA, 90, "CA-W4"),
     (AU, 89, NOTHING), (AU, 90, "AU-W2"), (UK, 89, NOTHING), (UK, 90, "UK-W1"), (DE, 182, NOTHING),
     (DE, 183, "DE-W4"), (DE, 184, "DE-W4"), (DE, None, NOTHING)],
)  # fmt: skip
def test_review_by_the_length_of_therapy(name, days, found, decide):
    assert decide(deprescribing_review, name, 20, therapy_days=days) == found


@pytest.mark.parametrize(
    ("name", "benefit", "found"),
    [
        (US, Benefit.NOT_DOCUMENTED, "US-W1"),
        (US, Benefit.NOT_IMPROVED, "US-W1"),
        (US, Benefit.IMPROVED, NOTHING),
        (CA, Benefit.NOT_IMPROVED, "CA-W2"),
        (CA, Benefit.IMPROVED, "CA-W4"),
        (AU, Benefit.NOT_IMPROVED, "AU-W2"),
        (AU, Benefit.IMPROVED, NOTHING),
        (UK, Benefit.NOT_IMPROVED, "UK-W1"),
        (UK, Benefit.NOT_DOCUMENTED, "UK-W1"),
        (UK, Benefit.IMPROVED, NOTHING),
    ],
)
def test_review_of_long_term_therapy_by_what_it_does(name, benefit, found, decide):
    assert decide(deprescribing_review, name, 20, therapy_days=200, benefit=benefit) == found


@pytest.mark.parametrize(
    ("days", "found"), [(0, "DE-W1"), (83, "DE-W1"), (84, "DE-W1"), (85, NOTHING), (None, NOTHING)]
)
def test_no_response_in_the_first_twelve_weeks_in_germany(days, found, decide):
    assert decide(deprescribing_review, DE, 20, therapy_days=days, benefit=Benefit.NOT_IMPROVED) == found
    assert decide(deprescribing_review, DE, 20, therapy_days=days, goals_not_met=True) == found
    adverse = patient(G.OPIOID_ADVERSE_EFFECT)
    assert decide(deprescribing_review, DE, 20, therapy_days=days, patient=adverse) == found


@pytest.mark.parametrize(("name", "found"), [(CA, "CA-W2"), (AU, "AU-W2"), (UK, "UK-W1"), (US, "US-W3")])
def test_goals_that_are_not_met(name, found, decide):
    assert decide(deprescribing_review, name, 20, goals_not_met=True, **SHORT) == found


@pytest.mark.parametrize(
    ("name", "group", "found"),
    [
        (AU, G.OPIOID_ADVERSE_EFFECT, "AU-W3"),
        (AU, G.SLEEP_DISORDERED_BREATHING, "AU-W4"),
        (AU, G.CHRONIC_RESPIRATORY, "AU-W4"),
        (AU, G.RENAL_IMPAIRMENT, "AU-W4"),
        (AU, G.FALLS_FRACTURE, "AU-W4"),
        (AU, G.CONSTIPATION, NOTHING),
        (CA, G.OPIOID_ADVERSE_EFFECT, "CA-W3"),
        (CA, G.OPIOID_USE_DISORDER, "CA-W3"),
        (CA, G.OPIOID_OVERDOSE_HISTORY, "CA-W3"),
        (CA, G.OPIOID_DEPENDENCE_UNCONFIRMED, NOTHING),
        (UK, G.OPIOID_USE_DISORDER, "UK-W1"),
        (UK, G.OPIOID_ADVERSE_EFFECT, "UK-W1"),
        (UK, G.OPIOID_DEPENDENCE_UNCONFIRMED, NOTHING),
        (DE, G.OPIOID_USE_DISORDER, "DE-W3"),
        (DE, G.OPIOID_DEPENDENCE_UNCONFIRMED, NOTHING),
        (US, G.OPIOID_ADVERSE_EFFECT, "US-W3"),
        (US, G.CONSTIPATION, NOTHING),
        (US, G.SLEEP_DISORDERED_BREATHING, NOTHING),
    ],
)
def test_conditions_that_suffice_for_a_review_alone(name, group, found, decide):
    assert decide(deprescribing_review, name, 20, patient=patient(group), **SHORT) == found


@pytest.mark.parametrize(("days", "said"), [(89, False), (90, True), (91, True), (None, False)])
@pytest.mark.parametrize(
    ("name", "given"),
    [
        (US, {"patient": patient(G.CONSTIPATION)}),
        (US, {"patient": patient(G.FALLS_FRACTURE)}),
        (US, {"patient": patient(G.SLEEP_DISORDERED_BREATHING)}),
        (US, {"companions": (companion(DrugClass.BENZODIAZEPINE),)}),
        (UK, {"patient": patient(G.CONSTIPATION)}),
        (UK, {"companions": (companion(DrugClass.GABAPENTINOID),)}),
        (AU, {"patient": patient(G.CONSTIPATION)}),
    ],
)
def test_harms_suffice_in_long_term_therapy_although_it_helps(name, given, days, said, decide):
    found = decide(deprescribing_review, name, 20, therapy_days=days, benefit=Benefit.IMPROVED, **given)
    assert (found is not NOTHING) is said


@pytest.mark.parametrize("name", [CA, UK, DE])
def test_a_disorder_of_the_past_is_no_reason_for_a_review(name, decide):
    over = patient(past=(G.OPIOID_USE_DISORDER,))
    assert decide(deprescribing_review, name, 20, patient=over, **SHORT) == NOTHING


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "group", [G.CONSTIPATION, G.FALLS_FRACTURE, G.SLEEP_DISORDERED_BREATHING, G.OPIOID_ADVERSE_EFFECT]
)
def test_harms_are_named_beside_what_invites_to_a_review(name, group, knowledge):
    guideline = knowledge.guidelines[name]
    one = case(knowledge.tables["cdc-2022"], 200, patient=patient(group), benefit=Benefit.NOT_IMPROVED, therapy_days=80)
    assert group in {reason.looks_for for reason in deprescribing_review(one, guideline).reasons}


@pytest.mark.parametrize("drug_class", [DrugClass.BENZODIAZEPINE, DrugClass.GABAPENTINOID, DrugClass.Z_DRUG])
def test_sedatives_suffice_for_a_review_before_therapy_is_long_term_in_australia_only(drug_class, decide):
    found = {name: decide(deprescribing_review, name, 20, companions=(companion(drug_class),), **SHORT) for name in ALL}
    assert found == {**dict.fromkeys(ALL, NOTHING), AU: "AU-W5"}


@pytest.mark.parametrize(
    ("name", "after", "found"),
    [(US, "49.99", NOTHING), (US, "50", "US-D2"), (CA, "49.99", NOTHING), (CA, "50", "CA-D1"), (CA, "89.99", "CA-D1"),
     (CA, "90", "CA-D2"), (AU, "5", "AU-W1"), (UK, "60", NOTHING), (DE, "60", NOTHING)],
)  # fmt: skip
def test_review_when_an_opioid_is_started(name, after, found, decide):
    assert decide(deprescribing_review, name, 0, after, starting=True, therapy_days=None) == found


def test_dose_at_the_start_is_no_reason_later(decide):
    assert decide(deprescribing_review, CA, 60, **SHORT) == NOTHING
    assert decide(deprescribing_review, AU, 60, **SHORT) == NOTHING


@pytest.mark.parametrize(
    ("name", "before", "after", "cited"),
    [
        (CA, 0, "50", ("CA-D1",)),
        (CA, 0, "90", ("CA-W1",)),
        (CA, 60, "60", ()),
        (CA, 40, "60", ("CA-D1",)),
        (CA, "49.99", "50", ("CA-D1",)),
        (CA, 50, "60", ()),
        (CA, 120, "60", ()),
        (CA, 60, "90", ("CA-W1",)),
        (US, 60, "60", ("US-D2",)),
        (UK, 130, "130", ("UK-D1",)),
        (DE, 130, "130", ("DE-D1",)),
    ],
)
def test_total_cites_what_is_said_of_a_start_only_to_who_starts_or_passes_the_point(
    name, before, after, cited, knowledge
):
    one = case(knowledge.tables["cdc-2022"], before, after, starting=before == 0)
    assert mme_total(one, knowledge.guidelines[name]).statements == cited


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    "given",
    [
        {"patient": patient(G.CANCER_ACTIVE)},
        {"patient": patient(G.PALLIATIVE_HOSPICE)},
        {"patient": patient(G.LIKELY_TERMINAL)},
        {"patient": patient(G.SICKLE_CELL_DISEASE)},
        {"patient": patient(age=17)},
        {"in_hospital": True},
    ],
)
def test_review_is_not_for_those_whom_a_guideline_leaves_out(name, given, decide):
    assert decide(deprescribing_review, name, 200, **given) == HeldBack.EXCLUDED


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("group", [G.CANCER_ACTIVE, G.PALLIATIVE_HOSPICE, G.LIKELY_TERMINAL, G.SICKLE_CELL_DISEASE])
def test_what_is_only_suspected_leaves_nobody_out(name, group, decide, knowledge):
    suspected = replace(patient(group), suspected=frozenset({group}))
    without = case(knowledge.tables["cdc-2022"], 200, patient=patient())
    asked = replace(without, patient=suspected)
    guideline = knowledge.guidelines[name]
    assert exclusions(without, guideline) == exclusions(asked, guideline) == ()
    assert decide(deprescribing_review, name, 200, patient=suspected) != HeldBack.EXCLUDED


def test_suspected_pregnancy_speaks_against_a_schedule_and_a_suspected_risk_counts(knowledge, decide):
    table = knowledge.tables["cdc-2022"]
    pregnant = replace(patient(G.PREGNANCY), suspected=frozenset({G.PREGNANCY}))
    assert case(table, 100, patient=pregnant).speaks_against_a_schedule
    apnea = replace(patient(G.SLEEP_DISORDERED_BREATHING), suspected=frozenset({G.SLEEP_DISORDERED_BREATHING}))
    sought = [one for one in knowledge.guidelines[US].naloxone if one.looks_for is G.SLEEP_DISORDERED_BREATHING]
    assert sought
    assert met(case(table, 20, patient=apnea), sought, knowledge.guidelines[US]) == tuple(sought)


def test_measured_value_makes_a_suspicion_certain():
    suspected = replace(patient(G.PALLIATIVE_HOSPICE), suspected=frozenset({G.PALLIATIVE_HOSPICE}))
    assert suspected.with_groups(frozenset({G.PALLIATIVE_HOSPICE})).is_at_end_of_life
    assert not suspected.is_at_end_of_life


def test_pregnancy_and_suicidality_call_for_the_conversation_without_a_schedule(knowledge):
    table = knowledge.tables["cdc-2022"]
    for group in (G.PREGNANCY, G.SUICIDALITY, G.UNSTABLE_MENTAL_HEALTH):
        one = case(table, 100, patient=patient(group))
        assert one.speaks_against_a_schedule
        assert isinstance(deprescribing_review(one, knowledge.guidelines[US]), Recommendation)
        assert not case(table, 100, patient=patient(past=(group,))).speaks_against_a_schedule
    assert not case(table, 100, patient=patient(G.DEPRESSION)).speaks_against_a_schedule


# ---- the total ----


@pytest.mark.parametrize(
    ("name", "mme", "said"),
    [(US, "49.99", False), (US, "50", True), (CA, "49.99", False), (CA, "50", True), (UK, "120", False),
     (UK, "120.01", True), (DE, "120", False), (DE, "120.01", True)],
)  # fmt: skip
def test_total_from_the_first_dose_point_on(name, mme, said, decide):
    found = decide(mme_total, name, mme, **SHORT)
    assert (found is not HeldBack.NOT_REACHED) is said


def test_total_without_a_dose_point_is_told_when_something_rests_on_it(decide):
    assert decide(mme_total, AU, 200, **SHORT) == HeldBack.NOT_REACHED
    assert decide(mme_total, AU, 20, 25, **SHORT) == "AU-W6"
    assert decide(mme_total, AU, 25, 20, **SHORT) == "AU-W6"
    assert decide(mme_total, AU, 20, goals_not_met=True, **SHORT) == "AU-W6"


def test_a_start_that_needs_no_review_has_no_total_where_no_dose_point_is_named(decide):
    assert decide(mme_total, AU, 0, 25, **SHORT) == HeldBack.NOT_REACHED
    assert decide(mme_total, AU, 20, 25, **SHORT) == "AU-W6"


def test_a_stop_leaves_no_total_to_tell_where_no_dose_point_is_named(decide):
    assert decide(mme_total, AU, 25, 0, **SHORT) == HeldBack.NOT_REACHED
    assert decide(mme_total, AU, 25, 1, **SHORT) == "AU-W6"


# ---- naloxone ----


@pytest.mark.parametrize("name", [CA, AU, UK, DE])
def test_dose_alone_is_no_criterion_for_naloxone_outside_the_united_states(name, decide):
    assert decide(naloxone_offer, name, 500, **SHORT) == NOTHING


@pytest.mark.parametrize(("name", "rule"), [(US, "NX06"), (CA, "NX22"), (AU, "NX19"), (UK, "NX22"), (DE, "NX22")])
def test_naloxone_when_a_long_term_dose_is_lowered(name, rule, knowledge):
    found = naloxone_offer(case(knowledge.tables["cdc-2022"], 40, 36), knowledge.guidelines[name])
    assert (found.rule, found.urgency) == (rule, Urgency.WARNING)


def lowered(days_ago, before=40, since=300):
    return PastDoses(
        levels=(
            Level(TODAY - timedelta(days=since), Decimal(before)),
            Level(TODAY - timedelta(days=days_ago), Decimal(20)),
        )
    )


@pytest.mark.parametrize(("days", "found"), [(6, NOTHING), (7, "NX06"), (8, "NX06")])
def test_naloxone_when_a_dose_is_taken_up_again_after_a_week_on_less(days, found, decide):
    assert decide(naloxone_offer, US, 20, 30, **SHORT, past=lowered(days)) == found


@pytest.mark.parametrize(
    ("after", "past"),
    [(20, lowered(30)), (30, lowered(30, before=10)), (30, lowered(30, since=31)), (30, NOTHING_KNOWN)],
    ids=["goes on", "was never more", "was more for a day", "nothing known"],
)
def test_tolerance_is_not_lost_where_no_steady_dose_was_higher(after, past, decide):
    assert decide(naloxone_offer, US, 20, after, **SHORT, past=past) == NOTHING


@pytest.mark.parametrize(
    ("name", "given", "rule"),
    [
        (AU, {"therapy_days": 89}, NOTHING),
        (AU, {"therapy_days": 90}, "NX18"),
        (AU, {**SHORT, "companions": (companion(DrugClass.BENZODIAZEPINE),)}, "NX18"),
        (AU, {**SHORT, "patient": patient(G.SLEEP_DISORDERED_BREATHING)}, "NX18"),
        (AU, {**SHORT, "patient": patient(G.DEPRESSION)}, NOTHING),
        (CA, {"therapy_days": 90}, "NX20"),
        (UK, {"patient": patient(G.OPIOID_OVERDOSE_HISTORY)}, NOTHING),
        (DE, {"companions": (companion(DrugClass.BENZODIAZEPINE),)}, NOTHING),
    ],
)
def test_naloxone_for_those_at_risk_where_a_programme_offers_it(name, given, rule, decide):
    assert decide(naloxone_offer, name, 20, **given) == rule


def test_programme_informs_and_does_not_warn(knowledge):
    found = naloxone_offer(case(knowledge.tables["cdc-2022"], 40), knowledge.guidelines[AU])
    assert (found.rule, found.urgency) == ("NX18", Urgency.INFO)


@pytest.mark.parametrize("group", [G.OPIOID_OVERDOSE_HISTORY, G.OPIOID_USE_DISORDER, G.SUBSTANCE_USE_DISORDER])
def test_history_raises_the_risk_of_an_overdose_as_well(group, decide):
    over = patient(past=(group,))
    assert decide(naloxone_offer, US, 10, patient=over, **SHORT) in ("NX03", "NX04")


def test_dependence_that_may_be_physical_only_is_asked_about(knowledge):
    one = case(knowledge.tables["cdc-2022"], 10, patient=patient(G.OPIOID_DEPENDENCE_UNCONFIRMED), **SHORT)
    found = naloxone_offer(one, knowledge.guidelines[US])
    assert [reason.id for reason in found.reasons] == ["NX04"]


@pytest.mark.parametrize("name", ALL)
def test_naloxone_is_not_offered_in_hospital(name, decide):
    assert decide(naloxone_offer, name, 200, 180, in_hospital=True) == HeldBack.IN_HOSPITAL


def test_naloxone_beside_a_partial_agonist_and_a_benzodiazepine(knowledge):
    table = knowledge.tables["cdc-2022"]
    patch = Ignored(reference="p", medication="buprenorphine patch", reason=IgnoredReason.PARTIAL_AGONIST)
    taken = replace(morphine_total(table, 0), ignored=(patch,))
    one = case(table, 0, current=taken, proposed=taken, companions=(companion(DrugClass.BENZODIAZEPINE),), **SHORT)
    assert naloxone_offer(one, knowledge.guidelines[US]).rule == "NX02"


# ---- one concern once ----


def test_before_a_dose_is_raised_reassessing_is_the_review(knowledge):
    raised = case(knowledge.tables["cdc-2022"], 40, 60, change=change(40, 60), naloxone_at_hand=True)
    topics = [one.topic for one in recommend(raised, knowledge.guidelines[US])]
    assert topics == ["MmeTotal", "DoseEscalation"]
    looked_at = case(knowledge.tables["cdc-2022"], 60, focus=Focus.CHART, naloxone_at_hand=True)
    assert [one.topic for one in recommend(looked_at, knowledge.guidelines[US])] == ["MmeTotal", "DeprescribingReview"]


@pytest.mark.parametrize(("most", "count"), [(1, 1), (2, 2), (3, 3), (5, 4)])
def test_most_cards_at_once_can_be_set(most, count, knowledge):
    one = case(knowledge.tables["cdc-2022"], 100, companions=(companion(DrugClass.BENZODIAZEPINE),))
    found = recommend(one, knowledge.guidelines[US], most=most)
    assert len(found) == count
    assert found[0].topic == "NaloxoneOffer"
