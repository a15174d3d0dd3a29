"""What would change a rule's mind: by the rule itself, asked about cases that differ in one thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opioids.case import Gap
from opioids.conditions import ConditionGroup
from opioids.criteria import Circumstance
from opioids.drug_classes import DrugClass
from opioids.patient import Patient
from opioids.prescriptions import Uncounted, UncountedReason
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency
from opioids.rules import RULES
from opioids.rules.data_incomplete import data_incomplete
from opioids.rules.deprescribing_review import deprescribing_review
from opioids.rules.dose_escalation import dose_escalation
from opioids.rules.mme_total import mme_total
from opioids.rules.naloxone_offer import naloxone_offer
from opioids.rules.sedative_overlap import sedative_overlap
from opioids.rules.slower_taper import slower_taper
from opioids.what_if import Difference, what_if
from tests.opioids.build import case, change, morphine_total

EXCLUSIONS = {"under 18", "active cancer", "palliative care", "a terminal illness", "sickle cell disease"}
HOSPITAL = "a hospital, emergency or perioperative encounter"
APNEA = Patient(age=50, conditions={ConditionGroup.SLEEP_DISORDERED_BREATHING: True}, conditions_seen=True)
OVERDOSE_PAST = Patient(
    age=50,
    conditions={ConditionGroup.OPIOID_OVERDOSE_HISTORY: True},
    conditions_seen=True,
    past=frozenset({ConditionGroup.OPIOID_OVERDOSE_HISTORY}),
)


def named(alternative) -> str:
    """The difference with its thing, in short."""
    thing = alternative.thing
    name = getattr(thing, "words", "") or getattr(thing, "name", "")
    return ":".join(filter(None, (alternative.difference.value, str(name).lower())))


def silenced(found) -> set[str]:
    return {named(one) for one in found if isinstance(one.found, HeldBack)}


def excluded(*words: str) -> set[str]:
    return {f"excluded:{one}" for one in words}


@pytest.mark.parametrize(
    ("rule", "before", "after", "given", "expected"),
    [
        (mme_total, 50, None, {}, {"below-point:caution"}),
        (mme_total, 10, None, {"gaps": (Gap.MEDICATIONS_NOT_SENT,)}, {"all-seen"}),
        (mme_total, 60, None, {"gaps": (Gap.MEDICATIONS_NOT_SENT,)}, set()),
        (naloxone_offer, 60, None, {}, {"below-point:caution", "naloxone-at-hand", *excluded(HOSPITAL)}),
        (naloxone_offer, 60, None, {"patient": APNEA}, {"naloxone-at-hand", *excluded(HOSPITAL)}),
        (
            naloxone_offer,
            10,
            None,
            {"patient": APNEA},
            {"without:sleep_disordered_breathing", "naloxone-at-hand", *excluded(HOSPITAL)},
        ),
        (
            naloxone_offer,
            10,
            None,
            {"patient": OVERDOSE_PAST},
            {"without:opioid_overdose_history", "naloxone-at-hand", *excluded(HOSPITAL)},
        ),
        (
            naloxone_offer,
            10,
            None,
            {"sedatives": {DrugClass.BENZODIAZEPINE: "diazepam"}},
            {"without:benzodiazepine", "naloxone-at-hand", *excluded(HOSPITAL)},
        ),
        (
            deprescribing_review,
            10,
            None,
            {},
            {"in-treatment", "short-therapy", "improved", *excluded(*EXCLUSIONS, HOSPITAL)},
        ),
        (deprescribing_review, 60, None, {}, {"in-treatment", *excluded(*EXCLUSIONS, HOSPITAL)}),
        (slower_taper, 100, 50, {}, {"slower", "overdosed", "short-therapy", *excluded(*EXCLUSIONS, HOSPITAL)}),
        (dose_escalation, 40, 60, {}, {"below-point:caution", *excluded(*EXCLUSIONS, HOSPITAL)}),
        (
            sedative_overlap,
            10,
            None,
            {"sedatives": {DrugClass.BENZODIAZEPINE: "diazepam"}},
            {"without:benzodiazepine", *excluded("palliative care", "a terminal illness", HOSPITAL)},
        ),
    ],
)
def test_what_would_have_silenced_a_rule(rule, before, after, given, expected, guideline, table):
    asked = case(table, before, after, **given)
    assert isinstance(rule(asked, guideline), Recommendation)
    assert silenced(what_if(asked, guideline, rule)) == expected


def test_a_rule_that_holds_back_has_no_alternative(guideline, table):
    assert what_if(case(table, 49), guideline, mme_total) == ()


def test_what_would_have_changed_the_urgency_is_told_with_it(guideline, table):
    stop = case(table, 100, 0, patient=replace(APNEA, conditions={ConditionGroup.PREGNANCY: True}))
    found = {one.difference: one.found for one in what_if(stop, guideline, slower_taper)}
    assert slower_taper(stop, guideline).urgency is Urgency.CRITICAL
    slower = found[Difference.SLOWER]
    assert isinstance(slower, Recommendation)
    assert slower.urgency is Urgency.WARNING, "in pregnancy no pace is slow enough"


@pytest.mark.parametrize(("before", "difference"), [(49, Difference.AT_POINT), (50, Difference.BELOW_POINT)])
def test_a_dose_point_is_looked_at_from_the_other_side(before, difference, guideline, table, knowledge):
    """Just under the point and at it; the urgency of naloxone beside a mild criterion rises with it elsewhere."""
    asked = case(table, before, patient=APNEA)
    found = what_if(asked, guideline, _loud_from_the_point)
    assert [one.difference for one in found if one.difference.value.endswith("point")] == [difference]


def _loud_from_the_point(asked, guideline):
    """A rule whose urgency is told by the dose alone."""
    told = mme_total(replace(asked, gaps=(Gap.MEDICATIONS_NOT_SENT,)), guideline)
    assert isinstance(told, Recommendation)
    return replace(told, urgency=Urgency.WARNING if guideline.highest_reached(asked.proposed.maximum) else Urgency.INFO)


@pytest.mark.parametrize("profile", ["uk-nice-ng215", "de-lonts-2020"])
def test_a_point_that_is_reached_only_from_above_is_left_at_its_own_dose(profile, knowledge):
    guideline = knowledge.guidelines[profile]
    table = knowledge.tables[guideline.default_table]
    (point,) = (one for one in guideline.dose_points if one.mme_per_day is not None)
    assert point.above
    over, at = case(table, point.mme_per_day + 1), case(table, point.mme_per_day)
    assert "below-point:high" in silenced(what_if(over, guideline, mme_total))
    asked = what_if(at, guideline, _loud_from_the_point)
    assert Difference.AT_POINT in [one.difference for one in asked]


def test_a_point_without_a_number_has_no_other_side(knowledge):
    guideline = knowledge.guidelines["au-2022"]
    table = knowledge.tables[guideline.default_table]
    found = what_if(case(table, 100), guideline, deprescribing_review)
    assert found
    assert not any(one.difference.value.endswith("point") for one in found)


def test_a_guideline_without_a_pace_has_no_slower_way(guideline, table):
    no_pace = replace(guideline, pace=replace(guideline.pace, most_percent=None, short_most_percent=None))
    asked = case(table, 100, 0)
    assert no_pace.pace.percent_after(asked.therapy_days) is None
    assert Difference.SLOWER not in [one.difference for one in what_if(asked, no_pace, slower_taper)]


@pytest.mark.parametrize(("after", "slower"), [("89.9", True), (90, False), (95, False)])
def test_only_a_fall_beyond_the_pace_could_have_been_slower(after, slower, guideline, table):
    """Just beyond the pace, at it, and within it."""
    asked = case(table, 100, after, change=change(100, after))
    found = what_if(asked, guideline, _quiet_at_the_pace)
    assert (Difference.SLOWER in [one.difference for one in found]) is slower


def test_the_slower_way_goes_down_by_the_pace_and_no_further(guideline, table):
    looked_at = []

    def rule(asked, _):
        looked_at.append((asked.proposed.maximum, asked.change.cut))
        return Recommendation(topic=Topic.SLOWER_TAPER, urgency=Urgency.WARNING, rule="fall")

    what_if(case(table, 150, 75, change=change(150, 75)), guideline, rule)
    assert guideline.pace.most_percent == 10
    assert (135, 15) in looked_at


def _quiet_at_the_pace(asked, guideline):
    """A rule about falls that speaks louder of any other fall than the one at the pace."""
    at_pace = asked.change.percent == guideline.pace.percent_after(asked.therapy_days)
    return Recommendation(topic=Topic.SLOWER_TAPER, urgency=Urgency.INFO if at_pace else Urgency.WARNING, rule="fall")


@pytest.mark.parametrize(("days", "percent", "window"), [(None, 10, 28), (365, 10, 28), (364, 20, 7)])
def test_the_pace_is_that_of_the_length_of_therapy(days, percent, window, guideline):
    pace = replace(guideline.pace, long_therapy_days=365, most_percent=10, short_most_percent=20)
    pace = replace(pace, long_window_days=28, short_window_days=7)
    assert (pace.percent_after(days), pace.window_after(days)) == (percent, window)


def test_all_seen_takes_away_what_could_not_be_counted_on_both_sides(guideline, table):
    unknown = Uncounted(reference="u", medication="u", reason=UncountedReason.DOSE_MISSING, detail="")
    total = replace(morphine_total(table, 10), uncounted=(unknown,))
    asked = case(table, 10, current=total, proposed=total)
    assert silenced(what_if(asked, guideline, data_incomplete)) == {"all-seen"}


def test_an_exclusion_of_an_unknown_kind_changes_nothing(guideline, table):
    odd = replace(guideline.exclusions[0], looks_for=Circumstance.AGE_65)
    asked = case(table, 100)
    only = replace(guideline, exclusions=(odd,))
    assert "excluded" not in {one.difference.value for one in what_if(asked, only, deprescribing_review)}


def test_every_alternative_is_the_rules_own_answer(guideline, table):
    """For each rule, over a case in which most of them speak."""
    asked = case(table, 60, 100, patient=OVERDOSE_PAST, sedatives={DrugClass.BENZODIAZEPINE: "x"})
    for rule in RULES:
        found = rule(asked, guideline)
        for one in what_if(asked, guideline, rule):
            assert isinstance(one.found, HeldBack) or one.found.urgency is not found.urgency
