"""What the cards about reviews, naloxone, sedatives and escalation say, and what they never say."""

from __future__ import annotations

from decimal import Decimal
from itertools import count

import pytest

from hooks import services as offered
from hooks.service import Call
from hooks.services import Choices
from opioids.recommendations import Topic
from opioids.thresholds import Threshold
from tests.hooks.orders import (
    PATIENT,
    RXNORM,
    TODAY,
    ago,
    as_needed,
    bundle,
    draft,
    listed,
    order,
    outcome,
    problem,
    supply,
)
from tests.hooks.orders import request as asked

OXYCODONE = order("o", "oxycodone ER 40")
LOW = order("o", "oxycodone 5", 3)
RESCUE = order("z", "naloxone spray", None)
LOWERED = "opioids are being lowered or stopped, and tolerance falls"


@pytest.fixture(scope="module")
def card(knowledge):
    """The card about a topic that a request gets under a guideline."""
    built = {}

    def find(topic, hook, prefetch, guideline="us-cdc-2022", **given):
        if guideline not in built:
            table = knowledge.guidelines[guideline].default_table
            built[guideline] = {one.hook: one for one in offered.build(knowledge, guideline=guideline, table=table)}
        numbers = map(str, count())
        call = Call(today=TODAY, new_uuid=lambda: next(numbers))
        cards = built[guideline][hook].evaluate(asked(hook, prefetch, **given), call)
        (found,) = [one for one in cards if one.source.topic is topic]
        return found

    return find


def review(card, *resources, guideline="us-cdc-2022", **more):
    return card(Topic.DEPRESCRIBING_REVIEW, "patient-view", listed(*resources, **more), guideline)


# ---- the review ----


def test_review_weighs_invites_and_says_what_helps_and_what_to_do_when_it_is_hard(card):
    words = review(card, OXYCODONE).detail
    for said in (
        "120 MME/day; opioids prescribed for at least 6 months.",
        "what does it cost: sleep, mood, bowels, falls, memory",
        "The body adapts",
        "pain gets worse on opioids",
        "Nothing is lost by talking",
        "going on, with better other pain care, is a valid answer",
        "at least monthly; naloxone at home",
        "pause or go slower",
        "rotate to buprenorphine or methadone",
        "Look for opioid use disorder",
        "moderate certainty",
        "one trial, not graded",
    ):
        assert said in words


def test_review_of_a_dose_that_is_not_known_says_so_and_of_a_floor_that_it_is_one(card):
    unread = order("u", "oxycodone ER 40", None)
    assert "The daily dose is not known; opioids prescribed for at least 6 months." in review(card, unread).detail
    assert (
        "At least 22.5 MME/day; opioids prescribed for at least 6 months."
        in review(card, unread, {**LOW, "id": "l"}).detail
    )


@pytest.mark.parametrize("taken", ["methadone 10", "buprenorphine 20 mcg/h patch"])
@pytest.mark.parametrize("guideline", ["us-cdc-2022", "ca-2017"])
def test_review_tells_nobody_to_rotate_to_what_is_taken_already(taken, guideline, card):
    words = review(card, {**LOW, "id": "l"}, order("m", taken, 1), RESCUE, guideline=guideline).detail
    assert "pause or go slower; ask about withdrawal and mood. Look for" in words
    assert "rotate" not in words


def test_review_tells_nobody_to_rotate_to_what_is_just_being_left(card):
    drafts = (order("m", "buprenorphine 20 mcg/h patch", 1, status="stopped"), draft("o", "oxycodone 5", 3))
    taken = listed(order("m", "buprenorphine 20 mcg/h patch", 1), RESCUE)
    assert "rotate" not in card(Topic.DEPRESCRIBING_REVIEW, "order-sign", taken, drafts=drafts).detail
    total = card(Topic.MME_TOTAL, "order-sign", taken, drafts=drafts).detail
    assert "Before these orders: 0 MME/day, and buprenorphine, which is not converted." in total


def young(days):
    """As much oxycodone as a label asks for, since so few days."""
    return order("o", "oxycodone ER 20", 2, authoredOn=ago(days), dispenseRequest=supply(14))


@pytest.mark.parametrize(
    ("taken", "chart", "line"),
    [
        ((), "none is on the chart", "- no opioid"),
        ((order("o", "oxycodone 5", 2),), "less is on the chart", "= 15 MME/day"),
        ((young(6),), "the chart shows only 6 days of them", "On the chart now for 6 days:"),
        ((young(1),), "the chart shows only 1 day of them", "On the chart now for 1 day:"),
        ((young(0),), "by the chart they began today", "On the chart now:"),
    ],
)
def test_patch_for_somebody_not_used_to_opioids_tells_what_its_label_asks_for(taken, chart, line, card):
    worn = [{"text": "Apply 1 patch every 72 hours"}]
    patch = draft("n", "72 HR fentanyl 0.025 MG/HR Transdermal System", dosageInstruction=worn)
    found = card(Topic.DOSE_ESCALATION, "order-sign", listed(*taken), drafts=(patch,))
    assert found.summary == (
        f"A fentanyl patch is for people used to opioids, and {chart}: breathing can slow. Check first."
    )
    assert (
        "every day for 7 days or more. Enough is, a day: 60 mg morphine, 60 mg hydrocodone, 30 mg oxycodone, 25 mg "
        "oxymorphone or 8 mg hydromorphone by mouth, 25 mcg/h fentanyl through the skin, or as much of another."
    ) in found.detail
    assert line in found.detail
    assert "Read from a copy of the label" in found.detail


def test_fast_acting_fentanyl_is_called_so_and_is_for_pain_that_breaks_through(card):
    lozenge = draft("n", "fentanyl 0.2 MG Oral Lozenge", 4)
    found = card(Topic.DOSE_ESCALATION, "order-sign", listed(), drafts=(lozenge,))
    assert found.summary == (
        "Fast-acting fentanyl is for people used to opioids, and none is on the chart: breathing can slow. Check first."
    )
    assert "choose another medicine: this one is for pain that breaks through a regular opioid." in found.detail
    assert "patch" not in found.detail


@pytest.mark.parametrize(("taken", "said"), [("methadone 10", True), ("oxycodone ER 40", False)])
def test_review_asks_whether_methadone_is_the_treatment_of_a_disorder_that_is_recorded(taken, said, card):
    words = review(card, order("m", taken), conditions=bundle(problem("F11.10"))).detail
    assert ("methadone is taken: if that is its treatment, say so on the order" in words) is said
    assert ("offer buprenorphine or methadone;" in words) is not said


def test_review_names_why_with_the_leading_statement_and_its_strength(card):
    words = review(card, OXYCODONE, conditions=bundle(problem("K59.03"))).detail
    assert "- the daily dose is 50 MME or more\n" in words
    assert "- constipation" in words
    assert "(CDC 2022, implementation consideration)" in words


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("O09.90", "obstetric and addiction expertise"),
        ("R45.851", "safety and mental-health care come first"),
        ("F31.9", "mental-health care first"),
    ],
)
def test_review_holds_the_schedule_back_where_other_expertise_comes_first(card, code, said):
    words = review(card, OXYCODONE, conditions=bundle(problem(code))).detail
    assert said in words
    assert "Small steps" not in words
    assert "Nothing is lost by talking" in words
    over = review(card, OXYCODONE, conditions=bundle(problem(code, clinicalStatus="resolved"))).detail
    assert "Small steps" in over


@pytest.mark.parametrize(
    ("code", "said", "step"), [("F11.10", True, False), ("F11.20", False, True), ("F11.21", False, False)]
)
def test_review_offers_treatment_and_no_first_step_for_a_disorder_that_is_recorded(card, code, said, step):
    words = review(card, OXYCODONE, conditions=bundle(problem(code))).detail
    assert ("a taper alone is no treatment of it" in words) is said
    assert ("A first step could be" in words) is step


def test_review_shows_scores_with_their_days(card):
    def score(value, days_ago):
        code = {"coding": [{"system": "http://loinc.org", "code": "91147-9"}]}
        day = ago(days_ago)
        return {
            "resourceType": "Observation",
            "code": code,
            "effectiveDateTime": day,
            "valueQuantity": {"value": value},
        }

    words = review(card, OXYCODONE, observations=bundle(score(6, 90), score(6.5, 5))).detail
    assert f"- Pain and function (PEG) (0 to 10): 6 on {ago(90)}, 6.5 on {ago(5)}" in words
    assert "no better by the scores" in words


@pytest.mark.parametrize(("tablets", "said"), [(8, "started at 50 MME"), (12, "started at 90 MME")])
def test_review_at_the_start_names_the_highest_point_alone(card, tablets, said):
    found = card(
        Topic.DEPRESCRIBING_REVIEW, "order-sign", None, "ca-2017", drafts=(draft("d", "oxycodone 5", tablets),)
    )
    assert said in found.detail
    assert found.detail.count(" MME or more") == 1


BOTH_FORMS = (OXYCODONE, as_needed(order("n", "oxycodone 5", 3)))
FIRST = "- A first step could be: oxycodone ER 30 mg in the morning, 40 mg in the evening"


def test_review_shows_a_first_step_in_tablets_whichever_form_comes_first(card):
    found = review(card, *BOTH_FORMS)
    assert "- Small steps, at most 10% every 28 days; a review at least monthly" in found.detail
    assert f"{FIRST}; oxycodone 5 mg as needed, at most 3 tablets a day.\n" in found.detail
    fixed = "(as-needed doses become one dose at a fixed time)"
    assert f"- Or: oxycodone ER 40 mg twice a day; oxycodone 5 mg in the evening {fixed}.\n" in found.detail
    assert found.suggestions == ()


def test_review_of_an_order_plans_from_what_is_to_be_taken(card):
    added = card(Topic.DEPRESCRIBING_REVIEW, "order-sign", listed(OXYCODONE), drafts=(draft("n", "oxycodone 5", 1),))
    assert f"{FIRST}; oxycodone 5 mg once a day.\n" in added.detail


@pytest.mark.parametrize(
    "resources",
    [
        {"conditions": bundle(problem("F11.10"))},
        {"conditions": bundle(problem("R45.851"))},
        {"medications": bundle(order("o", "oxycodone ER 40", authoredOn=ago(3), dispenseRequest=supply(10)))},
        {"medications": bundle(order("o", "oxycodone ER 40"), RESCUE, outcome("error"))},
        {"medications": bundle(order("o", "oxycodone ER 40"), order("x", "morphine ER 30", None), RESCUE)},
    ],
    ids=["disorder", "suicidality", "known to be short", "list in part", "part of the dose unknown"],
)
def test_review_shows_no_tablets_where_a_taper_is_not_for_now_or_not_known(card, resources):
    words = card(Topic.DEPRESCRIBING_REVIEW, "patient-view", listed(OXYCODONE, **resources)).detail
    assert "first step could be" not in words


def test_review_shows_no_step_that_no_patch_is_small_enough_for(card):
    every = {"timing": {"repeat": {"frequency": 1, "period": 72, "periodUnit": "h"}}}
    dose = {**every, "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "patch"}}]}
    name = "72 HR fentanyl 0.025 MG/HR Transdermal System"
    words = review(card, order("t", name, dosageInstruction=[dose])).detail
    assert "Small steps" in words
    assert "first step could be" not in words


@pytest.mark.parametrize(
    ("guideline", "steps"),
    [
        ("ca-2017", "- Small steps, at most 10% every 14 days; a review"),
        ("au-2022", "- Small steps, at most 25% every 28 days; a review"),
        ("uk-nice-ng215", "- Small steps; a review"),
        ("de-lonts-2020", "- Small steps; a review"),
    ],
)
def test_review_names_the_pace_of_its_own_guideline_and_no_tablets_of_another_country(card, guideline, steps):
    words = review(card, order("o", "oxycodone ER 40", 3), guideline=guideline).detail
    assert steps in words
    assert "first step could be" not in words


def test_review_at_the_start_speaks_of_the_end_and_of_no_reduction(card):
    for guideline, summary in (("us-cdc-2022", "Before starting at this dose"), ("au-2022", "When starting an opioid")):
        found = card(
            Topic.DEPRESCRIBING_REVIEW, "order-sign", listed(), guideline, drafts=(draft("d", "oxycodone ER 40"),)
        )
        assert found.summary.startswith(summary)
        assert "how it will be ended, in small steps" in found.detail
        assert "If both wish to reduce" not in found.detail


def test_half_a_minute_is_enough_for_a_review(card):
    everything = bundle(*map(problem, ("K59.03", "W19.XXXA", "G47.33")))
    words = review(card, OXYCODONE, conditions=everything).detail.split()
    assert len([word for word in words if word != "-"]) <= 210


# ---- provisional, and another language of statements ----


@pytest.mark.parametrize(
    ("topic", "now", "next_"),
    [(Topic.SLOWER_TAPER, 4, 2), (Topic.DOSE_ESCALATION, 1, 4), (Topic.DEPRESCRIBING_REVIEW, 4, 4)],
)
def test_card_that_shows_a_dose_by_provisional_factors_says_so(topic, now, next_, card):
    old = order("o", "hydromorphone hydrochloride 8 MG Oral Tablet", now)
    new = draft(
        "d",
        "hydromorphone hydrochloride 8 MG Oral Tablet",
        next_,
        priorPrescription={"reference": "MedicationRequest/o"},
    )
    told = "the factors of {} have not yet been checked against their source"
    canadian = card(topic, "order-sign", {"medications": bundle(old), "conditions": None}, "ca-2017", drafts=(new,))
    assert told.format("ca-2017") in canadian.detail
    american = card(topic, "order-sign", {"medications": bundle(old), "conditions": None}, drafts=(new,))
    assert "have not yet been checked" not in american.detail


@pytest.mark.parametrize(
    ("topic", "now", "written"),
    [
        (Topic.SLOWER_TAPER, ["hydromorphone hydrochloride 8 MG Oral Tablet"], {"status": "stopped"}),
        (Topic.DEPRESCRIBING_REVIEW, [], {}),
    ],
    ids=["only before", "only with the order being written"],
)
def test_provisional_factors_are_said_of_one_dose_alone(topic, now, written, card):
    listed_now = [order("o", name, 4) for name in now]
    drafts = ({**order("o", "hydromorphone hydrochloride 8 MG Oral Tablet", 4), "status": "draft", **written},)
    found = card(
        topic, "order-sign", {"medications": bundle(*listed_now), "conditions": None}, "ca-2017", drafts=drafts
    )
    assert "the factors of ca-2017 have not yet been checked against their source" in found.detail


def test_what_is_provisional_says_so(card):
    german = review(card, LOW, guideline="de-lonts-2020")
    assert "Provisional: LONTS 2020" in german.detail
    assert "strong recommendation, provisional)" in german.detail
    canadian = card(Topic.NALOXONE_OFFER, "patient-view", listed(LOW), "ca-2017")
    assert "programme, not the guideline, provisional)" in canadian.detail
    assert "provisional" not in review(card, OXYCODONE).detail.lower()


def test_document_that_a_profile_takes_in_is_named_with_its_own_name(card):
    words = review(card, order("o", "oxycodone ER 40", 4), guideline="uk-nice-ng215").detail
    assert "(FPM Opioids Aware, key message)" in words


# ---- naloxone ----


def test_a_condition_that_words_alone_tell_is_said_to_be_so(card):
    """Words are weaker than a code: whoever reads the card should know."""
    told = "sleep apnea is recorded, by a problem's name without a code"
    for code, by_name in (({"text": "Obstructive sleep apnea"}, True), (problem("G47.33")["code"], False)):
        named = {**problem("G47.33"), "code": code}
        found = card(Topic.NALOXONE_OFFER, "patient-view", listed(LOW, conditions=bundle(named)))
        assert (told in f"{found.summary} {found.detail}") is by_name


def test_naloxone_names_history_as_history_and_asks_about_a_doubtful_code(card):
    past = card(
        Topic.NALOXONE_OFFER,
        "patient-view",
        listed(LOW, conditions=bundle(problem("T40.2X1A", clinicalStatus="resolved"))),
    )
    assert past.summary == "Offer naloxone: an overdose is recorded, in the past."
    doubtful = card(Topic.NALOXONE_OFFER, "patient-view", listed(LOW, conditions=bundle(problem("F11.20"))))
    assert "may be physical dependence only: ask" in doubtful.summary
    assert "use disorder" not in doubtful.summary + doubtful.detail


@pytest.mark.parametrize(("code", "said"), [("Z51.5", True), ("C78.7", True), ("C50.911", False)])
def test_naloxone_at_the_end_of_life_is_for_those_who_lead_the_care(card, code, said):
    found = card(Topic.NALOXONE_OFFER, "patient-view", listed(OXYCODONE, conditions=bundle(problem(code))))
    assert ("naloxone takes pain relief away as well" in found.detail) is said


def test_naloxone_asks_about_the_household(card):
    words = card(Topic.NALOXONE_OFFER, "patient-view", listed(OXYCODONE)).detail
    assert "recognize an overdose and use naloxone; ask about children and others at home" in words


@pytest.mark.parametrize(
    ("status", "conditions", "said"),
    [
        ("active", ["F11.10"], "Offer naloxone: opioid use disorder is being treated."),
        ("active", ["F11.20"], "Offer naloxone: opioid use disorder is being treated."),
        ("active", [], "Offer naloxone: opioid use disorder is being treated."),
        ("stopped", ["F11.10"], f"Offer naloxone: opioid use disorder is recorded; {LOWERED}."),
        ("stopped", [], f"Offer naloxone: {LOWERED}."),
    ],
)
def test_a_disorder_and_its_treatment_are_one_reason(status, conditions, said, card):
    film = order("f", "buprenorphine/naloxone film")
    chart = listed(film, conditions=bundle(*map(problem, conditions)))
    assert card(Topic.NALOXONE_OFFER, "order-sign", chart, drafts=({**film, "status": status},)).summary == said


@pytest.mark.parametrize(
    ("guideline", "said", "order_offered"),
    [
        ("us-cdc-2022", "recognize an overdose", True),
        ("au-2022", "Take Home Naloxone", False),
        ("ca-2017", "provincial programmes", False),
        ("uk-nice-ng215", "No product is suggested here", False),
        ("de-lonts-2020", "No product is suggested here", False),
    ],
)
def test_naloxone_is_ordered_only_where_a_product_could_be_verified(card, guideline, said, order_offered):
    lower = draft("d", "oxycodone ER 20", priorPrescription={"reference": "MedicationRequest/o"})
    found = card(Topic.NALOXONE_OFFER, "order-sign", listed(OXYCODONE), guideline, drafts=(lower,))
    assert said in found.detail
    assert bool(found.suggestions) is order_offered
    assert {one.code for one in found.override_reasons} == {"already-has-naloxone", "patient-declined"}


# ---- what could not be seen ----

ANOTHERS = draft("x", "oxycodone 5", subject={"reference": "Patient/p2"})
UNDOSED = draft("u", "oxycodone 5", None)


@pytest.mark.parametrize(
    ("drafts", "taken", "head"),
    [
        ((ANOTHERS,), (OXYCODONE,), "Check the chart: an order for another patient was left out."),
        ((ANOTHERS, UNDOSED), (OXYCODONE,), "Incomplete: an order for another patient was left out; not counted: "),
        ((UNDOSED,), (OXYCODONE,), "Incomplete, not counted: "),
    ],
)
def test_what_is_incomplete_is_told_from_what_only_has_to_be_looked_at(card, drafts, taken, head):
    found = card(Topic.DATA_INCOMPLETE, "order-sign", listed(*taken), drafts=drafts)
    assert found.summary.startswith(head)
    assert ("Totals cover only what was seen" in found.detail) is head.startswith("Incomplete")


@pytest.mark.parametrize(
    "name",
    [
        "12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet",
        "acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet",
    ],
)
def test_the_strength_of_what_was_not_counted_is_not_cut_in_two(name, card):
    found = card(Topic.MME_TOTAL, "order-sign", listed(LOW), drafts=(draft("d", name, None),))
    assert found.summary == f"At least 22.5 MME/day with this order; not counted: {name} (dose missing)."


def test_what_was_not_counted_before_the_order_leaves_the_dose_with_it_known(card):
    gone = order("l", "oxycodone 5", None)
    drafts = ({**gone, "status": "stopped"}, draft("n", "oxycodone ER 40"))
    found = card(Topic.DATA_INCOMPLETE, "order-sign", listed(gone), drafts=drafts)
    assert found.summary.startswith("The dose before these orders is incomplete, not counted: oxycodone")
    assert found.detail.endswith(
        "With these orders all that is taken was counted. Only the dose before may have been higher."
    )
    total = card(Topic.MME_TOTAL, "order-sign", listed(gone), drafts=drafts)
    assert total.summary == "120 MME/day with these orders: oxycodone."
    assert "The dose before these orders is not known." in total.detail


# ---- sedatives and blockers ----


def test_sedatives_are_named_with_where_they_stand_and_never_stopped_at_once(card):
    beside = (order("b", "lorazepam"), order("q", "quetiapine 25 mg tablet"))
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(LOW, *beside), drafts=(draft("g", "gabapentin"),))
    assert (
        found.summary
        == "Breathing can slow. An opioid with a benzodiazepine (lorazepam); a gabapentinoid (gabapentin)."
    )
    for said in (
        "- lorazepam 1 MG Oral Tablet: a benzodiazepine, on the list",
        "- gabapentin 300 MG Oral Capsule: a gabapentinoid, being ordered",
        "- quetiapine 25 mg tablet: also sedates, on the list",
        "Never stop a benzodiazepine or its like at once",
    ):
        assert said in found.detail


@pytest.mark.parametrize(
    ("sent", "line"),
    [
        ({"coding": [{"system": RXNORM, "code": "10355"}]}, "- temazepam: a benzodiazepine, on the list"),
        ({"text": "Xanax 1 mg tablet"}, "- Xanax 1 mg tablet (alprazolam): a benzodiazepine, on the list"),
        ({"text": "Revia 50 mg tablet"}, "- Revia 50 mg tablet (naltrexone): blocks opioids, on the list"),
    ],
)
def test_a_brand_or_a_bare_code_is_told_with_its_ingredient(sent, line, card):
    taken = order("b", "x", medicationCodeableConcept=sent)
    assert (
        line
        in card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(LOW, taken), drafts=(draft("d", "oxycodone 5"),)).detail
    )


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        ("lorazepam", True),
        ("zolpidem 5 mg tablet", True),
        ("phenobarbital 30 mg tablet", True),
        ("gabapentin", False),
        ("quetiapine 25 mg tablet", False),
    ],
)
def test_what_may_not_be_stopped_at_once_is_said_of_what_is_taken(taken, said, card):
    words = "Never stop a benzodiazepine or its like at once"
    other = draft("n", "gabapentin" if taken != "gabapentin" else "pregabalin 75 mg capsule")
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(LOW, order("b", taken)), drafts=(other,))
    assert (words in found.detail) is said
    new = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(LOW), drafts=(draft("b", taken), draft("l", "lorazepam")))
    assert words not in new.detail


@pytest.mark.parametrize(
    ("beside", "written", "said"),
    [
        ("lorazepam", "diazepam 5 mg tablet", "a benzodiazepine (diazepam, lorazepam)"),
        ("lorazepam", "lorazepam 2 mg tablet", "a benzodiazepine (lorazepam)"),
        ("lisinopril", "promethazine 25 mg tablet", "another medicine that sedates (promethazine)"),
    ],
)
def test_medicines_of_one_class_are_named_together(card, beside, written, said):
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(LOW, order("b", beside)), drafts=(draft("n", written),))
    assert found.summary == f"Breathing can slow. An opioid with {said}."


@pytest.mark.parametrize(
    ("rxcui", "said"),
    [
        ("310431", "- gabapentin 300 MG Oral Capsule: a gabapentinoid, being ordered"),
        ("197901", "- lorazepam 1 MG Oral Tablet: a benzodiazepine, being ordered"),
    ],
)
def test_sedative_that_is_ordered_by_its_product_code_alone_is_named(card, rxcui, said):
    code_alone = {"coding": [{"system": RXNORM, "code": rxcui}]}
    written = draft("g", "gabapentin", medicationCodeableConcept=code_alone)
    assert said in card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(LOW), drafts=(written,)).detail


def test_treatment_is_never_withheld_because_of_sedatives(card):
    film = order("b", "buprenorphine/naloxone film", 1)
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(film), drafts=(draft("l", "lorazepam"),))
    assert found.summary.startswith("Breathing can slow. Treatment of opioid use disorder with a benzodiazepine")
    assert "Treatment of opioid use disorder goes on" in found.detail
    assert "Is what is being added needed" in found.detail
    assert "each of them" not in found.detail, "the treatment is not to be lowered"
    pain = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(film, LOW), drafts=(draft("l", "lorazepam"),))
    assert pain.summary.startswith("Breathing can slow. An opioid with a benzodiazepine")
    standing = card(Topic.SEDATIVE_OVERLAP, "patient-view", listed(film, order("l", "lorazepam")))
    assert "Is what sedates still needed?" in standing.detail


@pytest.mark.parametrize(
    ("active", "written", "said"),
    [
        ((LOW,), (draft("l", "lorazepam"),), "Is what is being added needed, or is there a choice that sedates less?"),
        ((order("l", "lorazepam"),), (draft("o", "oxycodone 5", 3),), "Is an opioid needed beside what sedates"),
        ((), (draft("o", "oxycodone 5", 3), draft("l", "lorazepam")), "Are both needed?"),
        ((LOW, order("l", "lorazepam")), (draft("n", "oxycodone 5", 3),), "Is each of them still needed?"),
    ],
)
def test_what_is_being_added_is_asked_about_before_what_stands(card, active, written, said):
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(*active), drafts=written)
    assert said in found.detail
    on_the_list = any(one["id"] == "l" for one in active)
    assert ("Never stop a benzodiazepine" in found.detail) is on_the_list, "only what is taken can be stopped"


def test_unseen_list_may_hold_the_opioid_so_nobody_is_told_to_begin_with_one(card):
    written = (draft("o", "oxycodone 5", 3), draft("l", "lorazepam"))
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", {"conditions": None}, drafts=written)
    assert "Is what is being added needed" in found.detail


@pytest.mark.parametrize(
    ("opioid", "said"),
    [
        (LOW, "- oxycodone hydrochloride 5 MG Oral Tablet: an opioid\n"),
        (order("o", "oxycodone 5", None), "- oxycodone hydrochloride 5 MG Oral Tablet: an opioid\n"),
        (
            order("o", "", 1, medicationCodeableConcept={"coding": [{"code": "1"}], "text": "hydromorphone"}),
            "- hydromorphone: is, or may be, an opioid\n",
        ),
        (order("b", "buprenorphine/naloxone film", 1), "Sublingual Film: treatment of opioid use disorder\n"),
        (order("p", "buprenorphine 20 mcg/h patch", None), "- buprenorphine 20 mcg/h patch: an opioid\n"),
    ],
)
def test_overlap_names_what_the_sedative_goes_with(card, opioid, said):
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(opioid), drafts=(draft("l", "lorazepam"),))
    together, advice = found.detail.split("To consider:")
    assert said in together
    assert "lorazepam 1 MG Oral Tablet: a benzodiazepine, being ordered" in together
    assert "Is what is being added needed" in advice


def test_overlap_within_one_product_names_it_once(card):
    found = card(
        Topic.SEDATIVE_OVERLAP,
        "patient-view",
        listed(
            order("c", "aspirin 325 MG / butalbital 50 MG / caffeine 40 MG / codeine phosphate 30 MG Oral Capsule", 3)
        ),
    )
    together, _ = found.detail.split("To consider:")
    assert together.count("\n- ") == 1
    assert "opioid and sedative in one product" in together


def test_overlap_without_a_statement_says_whose_warning_it_is(card):
    found = card(Topic.SEDATIVE_OVERLAP, "patient-view", listed(LOW, order("b", "lorazepam")), "ca-2017")
    assert "the warning is the service's own" in found.detail


def test_blocker_and_opioid_that_are_written_together_bring_on_no_withdrawal(card):
    drafts = (draft("n", "naltrexone", 1), draft("d", "oxycodone 5", 3))
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(), drafts=drafts)
    assert "blocks opioids: they may not work beside it" in found.summary
    assert found.indicator.value == "warning"


@pytest.mark.parametrize(
    ("active", "written", "said"),
    [
        (LOW, draft("n", "naltrexone", 1), "Do not start it now."),
        (order("n", "naltrexone", 1), draft("d", "oxycodone 5", 3), "blocks opioids: they may not work beside it"),
    ],
)
def test_blocker_says_what_to_do_by_what_is_being_written(card, active, written, said):
    found = card(Topic.SEDATIVE_OVERLAP, "order-sign", listed(active), drafts=(written,))
    assert said in found.summary
    assert "buprenorphine" in found.detail or "something other than an opioid" in found.detail
    assert found.detail.startswith("Together:\n\n- oxycodone hydrochloride 5 MG Oral Tablet: an opioid\n- naltrexone")


# ---- a dose that is raised ----


def test_escalation_tells_the_causes_apart_and_states_no_diagnosis(card):
    found = card(
        Topic.DOSE_ESCALATION,
        "order-sign",
        listed(LOW, conditions=bundle(problem("R20.8"))),
        drafts=(draft("d", "oxycodone ER 40"),),
    )
    for said in (
        "pointers, provisional; not a diagnosis",
        "- Tolerance: ",
        "- Opioid-induced hyperalgesia: ",
        "- Withdrawal between doses: ",
        "- The illness itself: ",
        "Hyperalgesia or allodynia is on the problem list",
        "look again within 1 to 4 weeks",
    ):
        assert said in found.detail
    assert not any(word in found.detail for word in ("the patient has", "is caused by", "diagnosed"))


def test_escalation_without_scores_says_nothing_of_scores(card):
    found = card(Topic.DOSE_ESCALATION, "order-sign", listed(LOW), drafts=(draft("d", "oxycodone ER 40"),))
    assert "0 to 10" not in found.detail


def test_as_needed_doses_on_top_of_a_high_dose_get_the_review(card):
    written = (as_needed(draft("d", "oxycodone 5", 3)),)
    assert card(Topic.DEPRESCRIBING_REVIEW, "order-sign", listed(OXYCODONE), drafts=written)


# ---- the total ----


TOTAL = Topic.MME_TOTAL


def test_methadone_keeps_its_caution_where_the_table_does_not_convert_it(card):
    for guideline in ("us-cdc-2022", "ca-2017"):
        found = card(TOTAL, "order-sign", listed(), guideline, drafts=(draft("m", "methadone 10", 2),))
        assert "its half-life is long" in found.detail
    assert "half-life" not in card(TOTAL, "order-sign", listed(), drafts=(draft("o", "oxycodone ER 40"),)).detail


def test_rotation_away_from_a_patch_that_is_not_converted_is_whole_and_tells_no_share(card):
    """What else is taken stays; of what is left nobody knows how much it was."""
    patch = order("m", "buprenorphine 20 mcg/h patch", 1)
    drafts = ({**patch, "status": "stopped"}, draft("n", "morphine ER 30"))
    found = card(TOTAL, "order-sign", listed(patch, LOW), drafts=drafts)
    assert "One opioid is replaced by another: a different total is expected. " in found.detail


@pytest.mark.parametrize(
    ("taken", "written", "said"),
    [
        ("oxycodone ER 40", ("morphine ER 30", 2), "expected, here 50% less. "),
        ("morphine ER 30", ("oxycodone ER 40", 2), "expected, here 100% more. "),
        ("oxycodone ER 20", ("morphine ER 30", 2), "expected. "),
        ("oxycodone ER 40", ("buprenorphine/naloxone film", 1), "expected. "),
        ("buprenorphine 20 mcg/h patch", ("morphine ER 30", 2), "expected. "),
    ],
)
def test_rotation_says_by_how_much_the_total_changes_and_that_both_ways_can_harm(taken, written, said, card):
    drafts = (order("o", taken, status="stopped"), draft("n", *written))
    words = card(TOTAL, "order-sign", listed(order("o", taken)), drafts=drafts).detail
    assert f"a different total is {said}" in words
    assert "too much can end in an overdose, too little in withdrawal" in words


@pytest.mark.parametrize(("code", "said"), [("O09.90", True), ("I10", False)])
def test_rotation_in_pregnancy_says_whose_expertise_comes_first(code, said, card):
    drafts = (order("o", "oxycodone ER 40", status="stopped"), draft("n", "morphine ER 30", 2))
    chart = {**listed(order("o", "oxycodone ER 40")), "conditions": bundle(problem(code))}
    words = card(TOTAL, "order-sign", chart, drafts=drafts).detail
    assert ("obstetric and addiction expertise come before any change" in words) is said


def test_total_lists_no_sedative_as_left_out(card):
    lower = draft("n", "gabapentin", 1, priorPrescription={"reference": "MedicationRequest/g"})
    taken = listed(OXYCODONE, order("g", "gabapentin", 3))
    found = card(TOTAL, "order-sign", taken, drafts=(lower, draft("d", "oxycodone 5")))
    assert "gabapentin" not in found.detail


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"conditions": bundle(problem("C50.911"))}, "active cancer"),
        ({"conditions": bundle(problem("Z51.5"))}, "palliative care"),
        ({"patient": {"resourceType": "Patient", "id": PATIENT, "birthDate": "2012-01-01"}}, "under 18"),
        (
            {"encounter": {"resourceType": "Encounter", "class": {"code": "EMER"}}},
            "a hospital, emergency or perioperative encounter",
        ),
    ],
)
def test_total_says_why_advice_is_held_back(card, facts, said):
    words = card(
        Topic.MME_TOTAL, "patient-view", {"medications": bundle(OXYCODONE), "conditions": None, **facts}
    ).detail
    assert f"does not give dose or taper advice for this patient: {said}" in words


# ---- a dose point of the site ----


def test_dose_point_of_the_site_is_said_only_where_something_rests_on_it(knowledge):
    choices = Choices(thresholds={Threshold.HIGH_MME: Decimal(100)})
    built = offered.build(knowledge, guideline="au-2022", table="anzca-2021", choices=choices)
    [view] = [one for one in built if one.hook == "patient-view"]
    cards = view.evaluate(asked("patient-view", listed(OXYCODONE)), Call(today=TODAY, new_uuid=lambda: "u"))
    said = {card.source.topic: "This site's dose point is 100 MME/day" in card.detail for card in cards}
    assert said == {Topic.NALOXONE_OFFER: False, Topic.MME_TOTAL: True, Topic.DEPRESCRIBING_REVIEW: True}


def test_dose_point_of_the_site_is_said_where_the_guidelines_statement_does_not_apply(knowledge):
    """Canada's statement about 50 MME/day is about starts alone."""
    choices = Choices(thresholds={Threshold.CAUTION_MME: Decimal(55)})
    built = offered.build(knowledge, guideline="ca-2017", table="ca-2017", choices=choices)
    [view] = [one for one in built if one.hook == "patient-view"]
    taken = order("o", "morphine ER 30", 2)
    cards = view.evaluate(asked("patient-view", listed(taken)), Call(today=TODAY, new_uuid=lambda: "u"))
    [total] = [card.detail for card in cards if card.source.topic is Topic.MME_TOTAL]
    assert "This site's dose point is 55 MME/day; the guideline's is 50." in total


# ---- what could not be counted ----


def test_an_order_in_the_place_of_another_of_its_kind_is_named_once(card):
    """Both are uncounted for one reason: the prescriber reads one medicine, not two."""
    old = order("o", "oxycodone 5", None)
    new = draft("d", "oxycodone 5", None, priorPrescription={"reference": "MedicationRequest/o"})
    beside = order("p", "oxycodone 5", None)
    once = card(Topic.DATA_INCOMPLETE, "order-sign", {"medications": bundle(old)}, drafts=(new,))
    assert once.detail.count("no dosage instruction") == 1
    both = card(Topic.DATA_INCOMPLETE, "order-sign", {"medications": bundle(old, beside)}, drafts=(new,))
    assert both.detail.count("no dosage instruction") == 2


@pytest.mark.parametrize(("guideline", "said"), [("us-cdc-2022", False), ("uk-nice-ng215", True), ("ca-2017", True)])
def test_schedule_in_strengths_of_another_country_says_so(guideline, said, card):
    taken = order("er", "oxycodone ER 40", authoredOn=ago(800))
    stopped = {**taken, "status": "stopped"}
    found = card(Topic.SLOWER_TAPER, "order-sign", listed(taken), guideline, drafts=(stopped,))
    assert "in the morning, 40 mg in the evening" in found.detail
    assert ("lists of the United States: go through them with the pharmacy" in found.detail) is said


# ---- what one card says, another does not say again ----


@pytest.mark.parametrize(
    ("guideline", "beside", "said"),
    [
        ("us-cdc-2022", (), False),  # a card of its own offers it
        ("uk-nice-ng215", (), True),
        ("uk-nice-ng215", (RESCUE,), False),
    ],
)
def test_sedatives_speak_of_naloxone_only_where_none_is_at_hand_and_no_card_offers_it(guideline, beside, said, card):
    taken = listed(LOW, *beside)
    words = card(Topic.SEDATIVE_OVERLAP, "order-sign", taken, guideline, drafts=(draft("l", "lorazepam"),)).detail
    assert ("after a change; offer naloxone, and tell" in words) is said
    assert ("after a change, and tell" in words) is not said


@pytest.mark.parametrize(("guideline", "said"), [("us-cdc-2022", False), ("uk-nice-ng215", True)])
def test_dose_taken_up_again_speaks_of_naloxone_only_where_no_card_offers_it(guideline, said, card):
    repeat = {"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}}
    ended = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "medicationCodeableConcept": order("x", "oxycodone ER 40")["medicationCodeableConcept"],
        "effectivePeriod": {"start": ago(300), "end": ago(14)},
        "dosage": [{**repeat, "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}]}],
    }
    again = draft("n", "oxycodone ER 40")
    found = card(Topic.DOSE_ESCALATION, "order-sign", listed(ended), guideline, drafts=(again,))
    assert found.summary.startswith("By the chart opioids ended 13 days ago")
    assert ("Offer naloxone and show how to use it" in found.detail) is said


@pytest.mark.parametrize(
    ("taken", "said"),
    [("oxycodone 5", "longer intervals between doses"), ("worn", "stay longer on the smallest strength first")],
)
def test_last_step_of_a_patch_has_no_longer_intervals(taken, said, card):
    patch = order("o", "72 HR fentanyl 0.012 MG/HR Transdermal System")
    patch["dosageInstruction"] = [{"text": "Apply 1 patch every 72 hours"}]
    one = patch if taken == "worn" else order("o", taken, 1)
    tailed = order("h", "oxycodone ER 40", 4, status="stopped", authoredOn=ago(400))
    one = {**one, "authoredOn": ago(60), "priorPrescription": {"reference": "MedicationRequest/h"}}
    stopped = {**one, "status": "stopped"}
    found = card(Topic.SLOWER_TAPER, "order-sign", {**listed(one), "history": bundle(tailed)}, drafts=(stopped,))
    assert said in found.detail


PREGNANT = {"conditions": bundle(problem("O09.90"))}


@pytest.mark.parametrize(
    ("now", "order_of", "words"),
    [
        (("oxycodone ER 20", 2), None, "This order stops long-term opioids at once (60 MME/day to 0). "),
        (("oxycodone ER 20", 2), 1, "This order lowers opioids by 50% in one step. "),
        (
            ("levorphanol tartrate 2 MG Oral Tablet", 2),
            None,
            "stops long-term opioids at once; they have no MME factor. ",
        ),
        (("buprenorphine 20 mcg/h patch", 1), None, "stops long-term buprenorphine at once: withdrawal can follow. "),
    ],
)
def test_in_pregnancy_the_summary_asks_for_advice_and_proposes_no_taper(now, order_of, words, card):
    name, often = now
    taken = order("o", name, often, authoredOn=ago(800))
    after = {**taken, "status": "stopped"} if order_of is None else draft("o", name, order_of)
    pregnant = card(Topic.SLOWER_TAPER, "order-sign", {**listed(taken), **PREGNANT}, drafts=(after,))
    assert pregnant.summary.endswith(f"{words}Pregnancy: seek expert advice first.")
    other = card(Topic.SLOWER_TAPER, "order-sign", listed(taken), drafts=(after,))
    assert other.summary.startswith(pregnant.summary[:40])
    assert other.summary.endswith(("A gradual taper is safer.", "or slower after a year or more."))


def test_where_mental_health_comes_first_the_summary_says_so_and_names_no_pace(card):
    suicidal = {"conditions": bundle(problem("R45.851"))}
    taken = order("o", "oxycodone ER 20", 2, authoredOn=ago(800))
    for after in ({**taken, "status": "stopped"}, draft("o", "oxycodone ER 20", 1)):
        found = card(Topic.SLOWER_TAPER, "order-sign", {**listed(taken), **suicidal}, drafts=(after,))
        assert found.summary.endswith(". Mental-health care comes first.")
        assert "Suicidality is recorded" in found.detail


@pytest.mark.parametrize(
    ("code", "said"), [("R45.851", "Suicidality is recorded"), ("O09.90", "Pregnancy is recorded")]
)
def test_the_end_of_a_low_dose_gets_no_advice_about_intervals_where_others_come_first(code, said, card):
    taken = order("o", "oxycodone 5", 1, authoredOn=ago(800))
    chart = {**listed(taken), "conditions": bundle(problem(code))}
    words = card(Topic.SLOWER_TAPER, "order-sign", chart, drafts=({**taken, "status": "stopped"},)).detail
    assert words.count("No schedule from here") == 1
    assert words.count(said) == 1
    assert "longer intervals" not in words


ONE, TWO = draft("d", "oxycodone ER 40"), draft("e", "oxycodone 5")
STOPPED = {**order("o", "oxycodone ER 40", authoredOn=ago(800)), "status": "stopped"}


@pytest.mark.parametrize(
    ("topic", "drafts", "said"),
    [
        (Topic.MME_TOTAL, (ONE,), "135 MME/day with this order: oxycodone."),
        (Topic.MME_TOTAL, (ONE, ONE), "135 MME/day with this order: oxycodone."),
        (Topic.MME_TOTAL, (ONE, TWO), "135 MME/day with these orders: oxycodone."),
        (Topic.MME_TOTAL, (ONE, draft("l", "lisinopril"), draft("g", "gabapentin")), "with this order: oxycodone."),
        (Topic.SLOWER_TAPER, (STOPPED,), "This order lowers opioids by 88.9% in one step; "),
        (Topic.SLOWER_TAPER, (STOPPED, TWO), "These orders lower opioids by 88.9% in one step; "),
    ],
)
def test_several_orders_are_not_called_one(topic, drafts, said, card):
    ended = {**STOPPED, "status": "active"} if STOPPED in drafts else RESCUE
    taken = order("t", "oxycodone 5", authoredOn=ago(800))
    found = card(topic, "order-sign", listed(taken, ended), drafts=drafts)
    assert said in found.summary
    several = "These orders" in found.summary or "these orders" in found.summary
    assert ("this order" in found.detail) is not several


def test_a_stop_of_what_has_no_factor_says_so_and_an_unreadable_one_that_its_dose_is_not_known(card):
    for name, often, summary, detail in (
        ("levorphanol tartrate 2 MG Oral Tablet", 2, "they have no MME factor.", "has no factor for levorphanol"),
        ("oxycodone 5", None, "the dose could not be computed.", "no dosage instruction"),
    ):
        taken = order("o", name, often, authoredOn=ago(800))
        found = card(Topic.SLOWER_TAPER, "order-sign", listed(taken), drafts=({**taken, "status": "stopped"},))
        assert summary in found.summary
        assert detail in found.detail
        assert "schedule" not in found.detail, "there is none to speak of"


def fentanyl(id_, rate, **changes):
    one = order(id_, f"72 HR fentanyl {rate} MG/HR Transdermal System", **{"authoredOn": ago(800), **changes})
    return {**one, "dosageInstruction": [{"text": "Apply 1 patch every 72 hours"}]}


def test_the_smallest_step_there_is_is_not_called_a_slower_way(card):
    """Of 25 mcg/h the next patch is 12: what is ordered is what a plan would begin with."""
    lower = {**fentanyl("n", "0.012"), "status": "draft", "priorPrescription": {"reference": "MedicationRequest/f"}}
    words = card(Topic.SLOWER_TAPER, "order-sign", listed(fentanyl("f", "0.025")), drafts=(lower,)).detail
    assert "slower way" not in words
    assert "No smaller step of this product is known. To decide with the patient:" in words
    assert "stay on it: by its size the next one comes after 147 days." in words
    half = {**lower, "medicationCodeableConcept": {"text": "72 HR fentanyl 0.025 MG/HR Transdermal System"}}
    words = card(Topic.SLOWER_TAPER, "order-sign", listed(fentanyl("f", "0.05")), drafts=(half,)).detail
    assert "A slower way, to decide with the patient:\n\n- now: fentanyl patch 37.5 mcg/h worn" in words


ON_TABLETS = (order("o", "oxycodone ER 40", authoredOn=ago(800)), draft("n", "oxycodone ER 20"))
ON_A_PATCH = (fentanyl("o", "0.025"), {**fentanyl("n", "0.012"), "status": "draft"})


@pytest.mark.parametrize(("taken", "lower"), [ON_TABLETS, ON_A_PATCH], ids=["a schedule", "how long to stay"])
@pytest.mark.parametrize(
    ("guideline", "whose", "limit"),
    [
        ("us-cdc-2022", "", "The guideline gives the pace; the limit at which"),
        ("uk-nice-ng215", "FPM Opioids Aware, every two weeks", "The limit at which"),
        ("de-lonts-2020", "NEJM review 2025, every four weeks", "The limit at which"),
    ],
)
def test_pace_that_is_not_the_guidelines_own_is_said_to_be_anothers(taken, lower, guideline, whose, limit, card):
    half = {**lower, "priorPrescription": {"reference": "MedicationRequest/o"}}
    words = card(Topic.SLOWER_TAPER, "order-sign", listed(taken), guideline, drafts=(half,)).detail
    assert (f"names no pace in numbers; this one is from another publication ({whose})." in words) is bool(whose)
    assert f"\n\n{limit} this card warns is the service's own." in words


@pytest.mark.parametrize(
    ("guideline", "said"),
    [("au-2022", "25% a month or slower after three months."), ("ca-2017", "two weeks or slower.")],
)
def test_pace_for_any_length_of_therapy_names_no_length(guideline, said, card):
    taken, lower = ON_TABLETS
    half = {**lower, "priorPrescription": {"reference": "MedicationRequest/o"}}
    assert card(Topic.SLOWER_TAPER, "order-sign", listed(taken), guideline, drafts=(half,)).summary.endswith(said)


BUPRENORPHINE = "168 HR buprenorphine 0.02 MG/HR Transdermal System"


def worn(id_, rate, **changes):
    one = order(id_, f"168 HR buprenorphine {rate} MG/HR Transdermal System", **{"authoredOn": ago(800), **changes})
    return {**one, "dosageInstruction": [{"text": "Apply 1 patch every 7 days"}]}


def test_no_steps_of_another_opioid_stand_in_for_those_of_a_patch_that_plans_leave_alone(card):
    half = worn("n", "0.01", status="draft", priorPrescription={"reference": "MedicationRequest/b"})
    taken = listed(worn("b", "0.02"), order("a", "oxycodone 5", 3, authoredOn=ago(800)))
    words = card(Topic.SLOWER_TAPER, "order-sign", taken, "uk-nice-ng215", drafts=(half,)).detail
    assert "- now: " not in words
    both = (half, draft("m", "oxycodone 5", 2, priorPrescription={"reference": "MedicationRequest/a"}))
    assert "- now: " not in card(Topic.SLOWER_TAPER, "order-sign", taken, "uk-nice-ng215", drafts=both).detail


def test_steps_beside_a_patch_that_plans_leave_alone_say_that_it_is_not_in_their_numbers(card):
    fewer = draft("n", "oxycodone 5", 3, priorPrescription={"reference": "MedicationRequest/a"})
    taken = listed(worn("b", "0.02"), order("a", "oxycodone 5", 12, authoredOn=ago(800)))
    words = card(Topic.SLOWER_TAPER, "order-sign", taken, "uk-nice-ng215", drafts=(fewer,)).detail
    assert "- now: oxycodone 5 mg" in words
    assert f"Left as it is, and not in these numbers: {BUPRENORPHINE}." in words


def test_total_does_not_say_that_treatment_is_under_way_where_it_is_being_stopped(card):
    film = order("f", "buprenorphine/naloxone film")
    begun = draft("n", "oxycodone ER 40")
    goes_on = card(TOTAL, "order-sign", listed(film), drafts=(begun,)).detail
    assert "Treatment of opioid use disorder is under way" in goes_on
    stops = card(TOTAL, "order-sign", listed(film), drafts=({**film, "status": "stopped"}, begun)).detail
    assert "under way" not in stops
