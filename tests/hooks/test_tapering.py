"""Tapering through the hooks: what the chart tells of the time before, every way to stop, and the slower way."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import count

import pytest

import hooks.slower_way
from fhir_mappings.elements import element
from hooks.protocol import ActionType
from hooks.service import Call
from hooks.services import build
from hooks.words.taper import directions_words, doses_words
from opioids.case import Focus
from opioids.recommendations import Topic
from opioids.tapers.values import PlannedDose
from tests.hooks.orders import (
    PATIENT,
    TODAY,
    ago,
    as_needed,
    bundle,
    draft,
    listed,
    order,
    outcome,
    problem,
    request,
    supply,
)

ER = order("er", "oxycodone ER 40", authoredOn=ago(800))
IR = as_needed(order("ir", "oxycodone 5", 3, authoredOn=ago(800)))
LORAZEPAM = order("lor", "lorazepam", 2, authoredOn=ago(800))


def instead_of(id_, name, a_day=2, prior="er", **changes):
    return draft(id_, name, a_day, priorPrescription={"reference": f"MedicationRequest/{prior}"}, **changes)


@pytest.fixture
def answer(services):
    """The cards about a taper for drafts beside a list."""

    def cards(drafts, *active, hook="order-sign", actions_at_once=1, **prefetch):
        numbers = map(str, count())
        call = Call(today=TODAY, new_uuid=lambda: next(numbers), actions_at_once=actions_at_once)
        sent = request(hook, listed(*active, **prefetch), drafts=tuple(drafts))
        return services[hook].evaluate(sent, call)

    return cards


@pytest.fixture
def said(answer):
    """(indicator, rule) of the card about a reduction, None without one."""

    def of(drafts, *active, **more):
        found = [one for one in answer(drafts, *active, **more) if one.source.topic is Topic.SLOWER_TAPER]
        return (found[0].indicator.value, found[0].rule) if found else None

    return of


# ---- every way to stop ----

STOPS = {
    "stopped": {**ER, "status": "stopped"},
    "cancelled": {**ER, "status": "cancelled"},
    "in error": {**ER, "status": "entered-in-error"},
    "not to be given, naming the order": instead_of("no", "oxycodone ER 40", doNotPerform=True),
    "not to be given, without a name": draft("no", "oxycodone ER 40", doNotPerform=True),
    "the ingredient not to be given": draft("no", "oxycodone", None, doNotPerform=True),
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_every_way_to_stop_is_abrupt(stop, said):
    assert said([stop], ER) == ("critical", "TA1")


def test_entry_that_deletes_the_order_is_a_stop(cards_of_taper):
    deleted = {"request": {"method": "DELETE", "url": "MedicationRequest/er"}}
    assert cards_of_taper({"resourceType": "Bundle", "entry": [deleted]}, ER) == [("critical", "TA1")]
    full = {"request": {"method": "delete", "url": "https://ehr.example/fhir/MedicationRequest/er"}, "resource": ER}
    assert cards_of_taper({"resourceType": "Bundle", "entry": [full]}, ER) == [("critical", "TA1")]


def test_entry_that_deletes_an_order_is_for_the_drug_that_it_says(case_of):
    """Where the list was not seen, nothing else tells which drug goes."""
    url = {"request": {"method": "DELETE", "url": "MedicationRequest/bp"}}
    for name, focus in (("lisinopril", Focus.NEITHER), ("oxycodone 5", Focus.OPIOID)):
        drafts = {"resourceType": "Bundle", "entry": [{**url, "resource": order("bp", name)}]}
        assert case_of("order-sign", {"conditions": None}, draftOrders=drafts).focus is focus


def test_entry_that_deletes_another_drug_says_nothing(cards_of_taper):
    deleted = {"request": {"method": "DELETE", "url": "MedicationRequest/bp"}}
    assert cards_of_taper({"resourceType": "Bundle", "entry": [deleted]}, ER, order("bp", "lisinopril")) == []


@pytest.fixture
def cards_of_taper(services):
    def cards(drafts, *active):
        sent = request("order-sign", listed(*active), draftOrders=drafts)
        found = services["order-sign"].evaluate(sent, Call(today=TODAY, new_uuid=lambda: "u"))
        return [(one.indicator.value, one.rule) for one in found if one.source.topic is Topic.SLOWER_TAPER]

    return cards


def test_what_has_no_factor_and_what_has_no_dose_stop_together(answer):
    levorphanol = order("l", "levorphanol tartrate 2 MG Oral Tablet", 4, authoredOn=ago(800))
    undosed = order("u", "oxycodone 5", None, authoredOn=ago(800))
    stops = [{**one, "status": "stopped"} for one in (levorphanol, undosed)]
    [card] = [one for one in answer(stops, levorphanol, undosed) if one.source.topic is Topic.SLOWER_TAPER]
    assert "the dose could not be computed" in card.summary


def test_one_of_two_that_is_not_to_be_given_leaves_the_other(said):
    morphine = order("m", "morphine ER 30", authoredOn=ago(800))
    forbidden = draft("no", "morphine ER 30", doNotPerform=True)
    assert said([forbidden], ER, morphine) == ("critical", "TA5")  # 60 of 180 MME/day


@pytest.mark.parametrize("instead", ["buprenorphine/naloxone film", "methadone 10"])
def test_switch_in_the_same_bundle_is_no_stop(instead, said):
    assert said([STOPS["stopped"], draft("new", instead, 1)], ER) is None


def test_cross_taper_to_buprenorphine_is_no_reduction(said):
    assert said([instead_of("er20", "oxycodone ER 20"), draft("new", "buprenorphine/naloxone film", 1)], ER) is None


# ---- re-routed or held back ----


@pytest.mark.parametrize(("days", "spoken"), [(7, None), (8, ("critical", "TA1")), (-1, ("critical", "TA1"))])
def test_overdose_of_the_last_days_is_a_reason_to_stop(days, spoken, said):
    overdose = problem("T40.2X1A", recordedDate=ago(days))
    assert said([STOPS["stopped"]], ER, conditions=bundle(overdose)) == spoken


def test_undated_overdose_is_no_reason_to_stop(said):
    assert said([STOPS["stopped"]], ER, conditions=bundle(problem("T40.2X1A"))) == ("critical", "TA1")


@pytest.mark.parametrize("status", ["unconfirmed", "provisional", "differential"])
@pytest.mark.parametrize("code", ["Z51.5", "C50.919", "D57.1"])
def test_suspicion_silences_no_warning_about_a_stop(code, status, said):
    suspicion = problem(code, verificationStatus={"coding": [{"code": status}]})
    assert said([STOPS["stopped"]], ER, conditions=bundle(suspicion)) == ("critical", "TA1")


@pytest.mark.parametrize("code", ["Z51.5", "C50.919", "D57.1"])
def test_those_whom_the_guideline_excludes_are_left_alone(code, said):
    assert said([STOPS["stopped"]], ER, conditions=bundle(problem(code))) is None


def test_pregnancy_asks_for_expertise_and_shows_no_schedule(answer):
    lower, pregnant = [instead_of("er20", "oxycodone ER 20")], bundle(problem("O09.90"))
    cards = answer(lower, ER, actions_at_once=9, conditions=pregnant)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert "Pregnancy" in card.detail
    assert "now: oxycodone" not in card.detail
    assert "uicid" not in card.detail.split("Going too fast")[0], "only her own reason is said"
    assert card.suggestions == ()


@pytest.mark.parametrize(
    ("code", "said", "unsaid"),
    [("R45.851", "Suicidality is recorded", "regnan"), ("F31.9", "A severe mental illness is recorded", "regnan")],
)
def test_why_no_schedule_is_shown_is_the_patients_own_reason(code, said, unsaid, answer):
    cards = answer([STOPS["stopped"]], ER, conditions=bundle(problem(code)))
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert "No schedule from here; keep the dose steady until then:" in card.detail
    assert said in card.detail
    assert unsaid not in card.detail


# ---- benzodiazepines ----

LOWERED = [
    instead_of("e1", "oxycodone ER 40", 1),
    draft("e2", "12 HR oxycodone hydrochloride 30 MG Extended Release Oral Tablet", 1),
]


@pytest.mark.parametrize(
    ("drafts", "spoken"),
    [
        ([{**LORAZEPAM, "status": "stopped"}], ("warning", "TA9")),
        ([instead_of("lor2", "lorazepam", 1, prior="lor")], ("warning", "TA9")),
        ([instead_of("lor2", "lorazepam 0.5 MG Oral Tablet", 3, prior="lor")], ("warning", "TA9")),
        ([instead_of("lor2", "lorazepam 0.5 MG Oral Tablet", 4, prior="lor")], None),
        ([instead_of("lor2", "lorazepam", 3, prior="lor")], None),
        ([instead_of("dia", "diazepam 5 MG Oral Tablet", 1, prior="lor")], None),
        ([], None),
    ],
)
def test_benzodiazepine_lowered_with_the_opioid(drafts, spoken, said):
    assert said([*LOWERED, *drafts], ER, LORAZEPAM) == spoken


def test_benzodiazepine_lowered_alone_is_no_taper_of_opioids(said):
    assert said([instead_of("lor2", "lorazepam", 1, prior="lor")], ER, LORAZEPAM) is None


@pytest.mark.parametrize(
    ("ended", "days", "units", "spoken"),
    [
        (25, 15, 3, ("warning", "TA9")),
        (26, 15, 3, None),  # lowered longer ago
        (25, 14, 3, None),  # a short course
        (25, 15, 2, None),  # no more than now
    ],
)
def test_benzodiazepine_that_was_lowered_within_four_weeks(ended, days, units, spoken, said):
    before = order(
        "was", "lorazepam", units, status="completed", authoredOn=ago(ended + days), dispenseRequest=supply(days)
    )
    assert said(LOWERED, ER, LORAZEPAM, history=bundle(before)) == spoken


@pytest.mark.parametrize(("replaced", "spoken"), [(25, ("warning", "TA9")), (26, None)])
@pytest.mark.parametrize("lasted", [{"dispenseRequest": supply(500)}, {}])
def test_benzodiazepine_that_a_lower_order_replaced_within_four_weeks(replaced, spoken, lasted, said):
    before = order("was", "lorazepam", 3, status="stopped", authoredOn=ago(400), **lasted)
    link = {"priorPrescription": {"reference": "MedicationRequest/was"}}
    now = order("now", "lorazepam", 2, authoredOn=ago(replaced), **link)
    assert said(LOWERED, ER, now, history=bundle(before)) == spoken


def test_benzodiazepine_that_ended_within_four_weeks(said):
    before = order("was", "lorazepam", 1, status="stopped", authoredOn=ago(60), dispenseRequest=supply(40))
    assert said(LOWERED, ER, history=bundle(before)) == ("warning", "TA9")
    untold = order("was", "lorazepam", 1, status="stopped", authoredOn=ago(60))
    assert said(LOWERED, ER, history=bundle(untold)) is None
    for nothing in ({"status": "entered-in-error"}, {"intent": "plan"}):
        assert said(LOWERED, ER, history=bundle({**before, **nothing})) is None


@pytest.mark.parametrize(("last", "spoken"), [(26, ("warning", "TA9")), (27, None), (1, ("warning", "TA9")), (0, None)])
def test_benzodiazepine_of_which_the_last_day_is_stated_ended_the_day_after(last, spoken, said):
    before = order("was", "lorazepam", 1, status="completed", authoredOn=ago(60), effectivePeriod={"end": ago(last)})
    assert said(LOWERED, ER, history=bundle(before)) == spoken


# ---- the time before ----


def past_order(id_, name, a_day, since, until, **changes):
    return order(
        id_, name, a_day, status="completed", authoredOn=ago(since), dispenseRequest=supply(since - until), **changes
    )


@pytest.mark.parametrize(("ago_days", "spoken"), [(25, ("warning", "TA2")), (26, None)])
def test_earlier_cut_of_the_last_four_weeks_counts_together(ago_days, spoken, said):
    before = past_order("old", "oxycodone 5", 20, 800, ago_days)
    now = order("now", "oxycodone 5", 18, authoredOn=ago(ago_days))
    drafts = [instead_of("next", "oxycodone 5", 16, prior="now")]
    assert said(drafts, now, history=bundle(before)) == spoken


def test_half_of_a_dose_at_once_is_said_as_such_whatever_fell_before(answer):
    before = past_order("old", "oxycodone 5", 20, 800, 10)
    now = order("now", "oxycodone 5", 18, authoredOn=ago(10))
    cards = answer([instead_of("next", "oxycodone 5", 9, prior="now")], now, history=bundle(before))
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert card.rule == "TA5"
    assert card.summary.startswith("This order lowers opioids by 50% in one step; ")


def test_earlier_dose_is_the_baseline(said):
    before = past_order("old", "oxycodone 5", 20, 800, 100)
    now = order("now", "oxycodone 5", 10, authoredOn=ago(100))
    drafts = [instead_of("next", "oxycodone 5", 8, prior="now")]
    assert said(drafts, now) == ("warning", "TA3")  # as far as the order alone tells: 20% in the first year
    assert said(drafts, now, history=bundle(before)) is None  # 10% of the baseline
    alone = order("now", "oxycodone 5", 10, authoredOn=ago(800))
    assert said(drafts, alone) == ("warning", "TA2")  # 20% of what is taken


def test_dose_that_is_taken_up_again_is_warned_about(answer):
    before = past_order("old", "oxycodone ER 40", 2, 800, 30)
    now = order("now", "oxycodone ER 20", authoredOn=ago(30))
    cards = answer([instead_of("up", "oxycodone ER 40", prior="now")], now, history=bundle(before))
    [card] = [one for one in cards if one.source.topic is Topic.DOSE_ESCALATION]
    assert (card.indicator.value, card.rule) == ("warning", "TA7")
    assert "tolerance may be lost" in card.summary


def test_going_back_one_step_of_a_taper_is_no_failure(answer):
    before = [past_order("old", "oxycodone 5", 10, 800, 60), past_order("step", "oxycodone 5", 9, 60, 30)]
    now = order("now", "oxycodone 5", 8, authoredOn=ago(30))
    cards = answer([instead_of("back", "oxycodone 5", 9, prior="now")], now, history=bundle(*before))
    [card] = [one for one in cards if one.source.topic is Topic.DOSE_ESCALATION]
    assert (card.indicator.value, card.rule) == ("warning", "TA7")
    assert card.summary.startswith("One step back, 30 days after the dose was lowered")
    assert "60 MME/day for 30 days, 67.5 MME/day with this order." in card.detail
    assert "Going back one step is no failure." in card.detail
    assert any(one.source.topic is Topic.NALOXONE_OFFER for one in cards), "naloxone is offered by a card of its own"
    assert "simply resume" not in card.summary + card.detail


def test_dose_that_is_taken_up_again_after_a_time_without_any_is_warned_about(answer):
    before = past_order("old", "oxycodone ER 40", 2, 800, 45)
    cards = answer([draft("again", "oxycodone ER 40", 2)], history=bundle(before))
    [card] = [one for one in cards if one.source.topic is Topic.DOSE_ESCALATION]
    assert (card.indicator.value, card.rule) == ("warning", "TA7")
    assert card.summary.startswith("By the chart opioids ended 45 days ago: tolerance may be lost.")
    assert "No opioid on the chart for 45 days, 120 MME/day with this order." in card.detail
    assert "begin as for somebody who has had none" in card.detail
    assert "got harder" not in card.detail, "nothing was being tapered"
    [naloxone] = [one for one in cards if one.source.topic is Topic.NALOXONE_OFFER]
    assert "an earlier dose is taken up again" in naloxone.summary


# ---- short courses on top of a dose that stays ----

COURSE = order("course", "oxycodone 5", 12, authoredOn=ago(8), dispenseRequest=supply(7))


def stop(one):
    return {**one, "status": "stopped"}


@pytest.mark.parametrize("course", [COURSE, as_needed(COURSE)], ids=["scheduled", "as needed"])
@pytest.mark.parametrize("renewed", [(), (draft("er2", "oxycodone ER 40"),)], ids=["alone", "with a renewal"])
def test_end_of_a_short_course_beside_a_dose_that_stays_is_no_taper(course, renewed, said, answer):
    drafts = [stop(course), *renewed]
    assert said(drafts, ER, course) is None
    fewer = instead_of("fewer", "oxycodone 5", 6, prior="course")
    assert said([fewer, *renewed], ER, course) is None
    [naloxone] = [one for one in answer(drafts, ER, course) if one.source.topic is Topic.NALOXONE_OFFER]
    assert "lowered" not in naloxone.detail


@pytest.mark.parametrize(
    ("course", "drafts"),
    [
        ({**COURSE, "dispenseRequest": supply(15)}, lambda one: [stop(one)]),
        ({**COURSE, "dispenseRequest": ...}, lambda one: [stop(one)]),
        (COURSE, lambda one: [stop(one), instead_of("n", "oxycodone ER 20")]),
        (COURSE, lambda one: [stop(one), stop(ER)]),
    ],
    ids=["longer supply", "no supply told", "the other dose falls too", "the other dose stops too"],
)
def test_what_is_no_mere_short_course_is_judged_as_ever(course, drafts, said):
    course = {key: value for key, value in course.items() if value is not ...}
    assert said(drafts(course), ER, course) is not None


def test_course_that_ends_while_one_of_two_others_falls_is_no_mere_end_of_it(said):
    """What was taken before the course comes to as much as is to be taken, and is not the same."""
    lasting = order("ir", "oxycodone 5", 6, authoredOn=ago(800))
    lowered, more = instead_of("less", "oxycodone 5", 3, prior="ir"), draft("more", "oxycodone ER 20")
    assert said([stop(COURSE), lowered, more], lasting, COURSE) is not None
    assert said([stop(COURSE), more], lasting, COURSE) is None


def test_short_courses_in_a_row_are_no_short_course(said):
    weekly = [past_order(f"w{week}", "oxycodone 5", 12, 8 + 7 * week, 1 + 7 * week) for week in range(1, 60)]
    assert said([stop(COURSE)], ER, COURSE, history=bundle(*weekly)) == ("critical", "TA5")


# ---- buprenorphine for pain ----

PATCH = "168 HR buprenorphine 0.02 MG/HR Transdermal System"
HALF_PATCH = "168 HR buprenorphine 0.01 MG/HR Transdermal System"
SMALLEST_PATCH = "168 HR buprenorphine 0.005 MG/HR Transdermal System"


def patch_of(id_, name, **changes):
    instruction = {
        "timing": {"repeat": {"frequency": 1, "period": 7, "periodUnit": "d"}},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "patch"}}],
    }
    return order(id_, name, authoredOn=ago(800), **{"dosageInstruction": [instruction], **changes})


def test_buprenorphine_for_pain_is_not_stopped_in_silence_although_it_is_not_converted(answer):
    worn = patch_of("b", PATCH)
    cards = answer([stop(worn)], worn)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert (card.indicator.value, card.rule) == ("critical", "TA1")
    assert card.summary == (
        "This order stops long-term buprenorphine at once: withdrawal can follow. A gradual taper is safer."
    )
    assert f"- {PATCH}: cdc-2022 does not convert a partial agonist" in card.detail
    assert not card.suggestions


def test_buprenorphine_for_pain_is_judged_by_its_share(answer, said):
    worn = patch_of("b", PATCH)
    prior = {"priorPrescription": {"reference": "MedicationRequest/b"}}
    half = patch_of("n", HALF_PATCH, status="draft", **prior)
    assert said([half], worn) == ("critical", "TA5")
    [card] = [one for one in answer([half], worn) if one.source.topic is Topic.SLOWER_TAPER]
    assert "does not convert a partial agonist\n\nIts own dose falls by 50%; in MME it cannot be told." in card.detail


def test_treatment_with_buprenorphine_is_never_called_a_taper(said):
    film = order("b", "buprenorphine/naloxone film", 2, authoredOn=ago(800))
    fewer = instead_of("n", "buprenorphine/naloxone film", 1, prior="b")
    assert said([fewer], film) is None


def test_stop_of_treatment_says_that_it_is_meant_to_go_on_and_offers_no_schedule(answer, said):
    film = order("b", "buprenorphine/naloxone film", 2, authoredOn=ago(800))
    assert said([stop(film)], film) == ("critical", "treatment-ends")
    [card] = [one for one in answer([stop(film)], film) if one.source.topic is Topic.SLOWER_TAPER]
    assert "meant to go on" in card.summary
    assert "taper" not in f"{card.summary} {card.detail}".lower()
    assert not card.suggestions


def test_stop_of_a_patch_beside_another_opioid_warns_by_its_own_share(answer, said):
    worn, tablets = patch_of("b", PATCH), order("a", "oxycodone 5", 3, authoredOn=ago(800))
    stopped = patch_of("b", PATCH, status="stopped")
    assert said([stopped], worn, tablets) == ("warning", "TA1")
    [card] = [one for one in answer([stopped], worn, tablets) if one.source.topic is Topic.SLOWER_TAPER]
    assert card.summary.startswith("This order stops one of several opioids at once")
    assert "It stops. Another opioid goes on beside it." in card.detail
    assert not card.suggestions
    half = patch_of("n", HALF_PATCH, status="draft", priorPrescription={"reference": "MedicationRequest/b"})
    assert said([half], worn, tablets) == ("warning", "TA5")
    [card] = [one for one in answer([half], worn, tablets) if one.source.topic is Topic.SLOWER_TAPER]
    assert "lowers one of several opioids by 50%" in card.summary


def test_no_draft_is_offered_of_a_step_of_as_needed_tablets_that_would_be_told_again(answer):
    tablets = as_needed(
        order("a", "acetaminophen 325 MG / hydrocodone bitartrate 10 MG Oral Tablet", 6, authoredOn=ago(500))
    )
    [card] = [one for one in answer([stop(tablets)], tablets) if one.source.topic is Topic.SLOWER_TAPER]
    assert "at most 5 tablets a day" in card.detail
    assert not card.suggestions


def test_end_of_the_smallest_patch_is_the_end_of_a_taper(answer, said):
    worn, tablets = patch_of("b", SMALLEST_PATCH), order("a", "oxycodone 5", 3, authoredOn=ago(800))
    stopped = patch_of("b", SMALLEST_PATCH, status="stopped")
    assert said([stopped], worn, tablets) is None
    assert said([stopped], worn) == ("info", "TA1")
    [card] = [one for one in answer([stopped], worn) if one.source.topic is Topic.SLOWER_TAPER]
    assert card.summary == (
        "This order ends opioids from a low dose. Staying longer on the smallest strength can help."
    )
    assert "MME/day" not in card.detail


def dispense(day, days, name="oxycodone 5", **changes):
    return {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "subject": {"reference": f"Patient/{PATIENT}"},
        "medicationCodeableConcept": order("x", name)["medicationCodeableConcept"],
        "whenHandedOver": ago(day),
        **({"daysSupply": {"value": days, "unit": "d", "code": "d"}} if days else {}),
        **changes,
    }


def length(case_of, *dispenses, authored=20):
    now = order("now", "oxycodone 5", authoredOn=ago(authored))
    return case_of("patient-view", listed(now, dispenses=bundle(*dispenses))).therapy_days


def test_what_was_dispensed_tells_the_length_of_therapy(case_of):
    monthly = [dispense(20 + 30 * number, 30) for number in range(1, 15)]
    assert length(case_of, *monthly) == 440


@pytest.mark.parametrize(
    ("one", "days"),
    [
        (dispense(50, 30), 50),
        (dispense(50, None), 50),  # taken to last for one renewal
        (dispense(50, 30, status="cancelled"), None),
        (dispense(50, 30, whenHandedOver=None), None),
        (dispense(50, 30, whenHandedOver=None, whenPrepared=ago(50)), 50),
        (dispense(110, 90), 110),
        (dispense(110, 30), 20),
        (dispense(110, 3650), 110),
        (dispense(110, 3651), 20),  # no supply lasts so long: taken to last for one renewal
        (dispense(50, 30, "lisinopril"), None),
        (dispense(50, 30, daysSupply={"value": -3, "unit": "d"}), 50),
    ],
)
def test_only_opioids_that_were_handed_over_count(one, days, case_of):
    assert length(case_of, one) == days


def test_long_order_tells_its_length_though_an_earlier_one_was_not_sent(case_of):
    now = order("now", "oxycodone 5", authoredOn=ago(365), priorPrescription={"reference": "MedicationRequest/x"})
    assert case_of("patient-view", listed(now)).therapy_days == 365
    young = {**now, "authoredOn": ago(364)}
    assert case_of("patient-view", listed(young)).therapy_days is None
    based = order("now", "oxycodone 5", authoredOn=ago(364), basedOn=[{"reference": "MedicationRequest/x"}])
    assert case_of("patient-view", listed(based)).therapy_days is None


# ---- steps inside one order ----


def stepped(*steps):
    """One draft with a number of tablets a day for so many days each."""
    instructions = [
        {
            "sequence": number,
            "timing": {
                "repeat": {
                    "frequency": a_day, "period": 1, "periodUnit": "d",
                    "boundsDuration": {"value": days, "unit": "d", "code": "d", "system": "http://unitsofmeasure.org"},
                }
            },
            "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
        }
        for number, (a_day, days) in enumerate(steps, start=1)
    ]  # fmt: skip
    return instead_of("steps", "oxycodone 5", prior="now", dosageInstruction=instructions)


@pytest.mark.parametrize(
    ("steps", "spoken"),
    [
        ([(20, 28), (18, 28), (16, 28)], None),
        ([(18, 28), (16, 28)], None),
        ([(20, 28), (10, 28)], ("critical", "TA5")),
        ([(20, 14), (18, 14), (16, 14)], ("warning", "TA2")),
        ([(20, 28), (17, 28)], ("warning", "TA2")),
        ([(20, 28), (24, 28)], None),
    ],
)
def test_steps_of_one_draft_are_judged_one_by_one(steps, spoken, said):
    now = order("now", "oxycodone 5", 20, authoredOn=ago(800))
    assert said([stepped(*steps)], now) == spoken


def test_later_step_is_said_with_its_day(answer):
    now = order("now", "oxycodone 5", 20, authoredOn=ago(800))
    [card] = [one for one in answer([stepped((20, 28), (10, 28))], now) if one.source.topic is Topic.SLOWER_TAPER]
    assert f"until {ago(-28)}" in card.detail
    assert card.summary.startswith(f"On {ago(-28)} this order lowers opioids by 50% in one step; ")


def test_benzodiazepine_that_is_stopped_today_is_told_beside_a_fall_that_comes_later(said):
    now = order("now", "oxycodone 5", 20, authoredOn=ago(800))
    later = stepped((20, 28), (18, 28))
    assert said([later], now, LORAZEPAM) is None
    assert said([later, {**LORAZEPAM, "status": "stopped"}], now, LORAZEPAM) == ("warning", "TA9")


def month(number, name, a_day=2, prior=None, until=None, **changes):
    """One of several orders for months ahead that are signed together, not to be filled before its time."""
    last = {"end": ago(-until)} if until else {}
    begins = {"validityPeriod": {"start": ago(-28 * number), **last}, **supply(28)}
    before = {"priorPrescription": {"reference": f"MedicationRequest/{prior}"}} if prior else {}
    return draft(f"m{number}", name, a_day, dispenseRequest=begins, **before, **changes)


@pytest.mark.parametrize(("second", "spoken"), [("oxycodone ER 40", None), ("oxycodone ER 20", ("critical", "TA5"))])
def test_months_ahead_are_no_sum_and_a_fall_between_them_is_judged(second, spoken, said, answer):
    months = [month(0, "oxycodone ER 40", prior="er"), month(1, second), month(2, second)]
    assert said(months, ER) == spoken
    cards = {one.source.topic: one for one in answer(months, ER)}
    assert cards[Topic.MME_TOTAL].finding.proposed.maximum == 120
    assert f"starts on {ago(-28)}" in cards[Topic.MME_TOTAL].detail
    assert Topic.DOSE_ESCALATION not in cards
    if spoken:
        assert f"until {ago(-28)}" in cards[Topic.SLOWER_TAPER].detail


@pytest.mark.parametrize(("a_day", "current"), [(2, 60), (1, 30)], ids=["as now", "a rise today, too"])
def test_months_ahead_that_rise_are_told_by_the_highest(a_day, current, answer):
    months = [month(0, "oxycodone ER 20", prior="er"), month(1, "oxycodone ER 40")]
    now = order("er", "oxycodone ER 20", a_day, authoredOn=ago(800))
    cards = {one.source.topic: one for one in answer(months, now)}
    found = cards[Topic.MME_TOTAL].finding
    assert (found.current.maximum, found.proposed.maximum) == (current, 120)
    assert f"from {ago(-28)} on" in cards[Topic.MME_TOTAL].detail
    assert Topic.SLOWER_TAPER not in cards
    assert Topic.DOSE_ESCALATION in cards, "what rises is judged as a rise, whenever it does"


def test_a_fall_today_is_judged_though_a_later_month_rises_again(said):
    months = [month(0, "oxycodone ER 20", prior="er"), month(1, "oxycodone ER 40")]
    assert said(months, ER) == ("critical", "TA5")


@pytest.mark.parametrize("until", [None, 180])
def test_until_when_months_ahead_may_be_filled_does_not_matter(until, said):
    months = [month(number, "oxycodone ER 40", 3 - number, until=until) for number in range(3)]
    three = {**ER, "dosageInstruction": months[0]["dosageInstruction"]}
    assert said([{**months[0], "id": "er"}, *months[1:]], three) == ("critical", "TA5")


def test_months_ahead_of_r5_are_told_by_the_period_of_their_dose(said):
    def of_r5(one, first, last):
        drug = {"concept": one.pop("medicationCodeableConcept")}
        return {**one, "medication": drug, "effectiveDosePeriod": {"start": ago(-first), "end": ago(-last)}}

    months = [draft("er", "oxycodone ER 40"), draft("m1", "oxycodone ER 20")]
    assert said([of_r5(months[0], 0, 27), of_r5(months[1], 28, 55)], ER) == ("critical", "TA5")


def test_steps_of_unknown_length_in_a_month_ahead_begin_with_it(said):
    def step(sequence, a_day):
        repeat = {"frequency": a_day, "period": 1, "periodUnit": "d"}
        dose = [{"doseQuantity": {"value": 1, "unit": "tablet"}}]
        return {"sequence": sequence, "timing": {"repeat": repeat}, "doseAndRate": dose}

    steps = [step(1, 1), step(2, 1)]
    months = [month(0, "oxycodone ER 40", prior="er"), month(1, "oxycodone ER 40", dosageInstruction=steps)]
    assert said(months, ER) == ("critical", "TA5")


def test_a_fall_in_a_month_ahead_is_of_the_earlier_dose(said):
    before = past_order("old", "oxycodone 5", 20, 800, 100)
    now = order("now", "oxycodone 5", 10, authoredOn=ago(100))
    months = [month(0, "oxycodone 5", 10, prior="now"), month(1, "oxycodone 5", 8)]
    assert said(months, now) == ("warning", "TA3")  # as far as the order alone tells
    assert said(months, now, history=bundle(before)) is None  # 10% of the baseline


def test_who_lowers_only_what_is_taken_as_needed_is_told_a_way_that_begins_there(answer):
    needed = as_needed(order("ir", "oxycodone 5", 8, authoredOn=ago(800)))
    cards = answer([as_needed(instead_of("next", "oxycodone 5", 2, prior="ir"))], ER, needed)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert "Immediate-release forms first:" in card.detail
    assert "- now: oxycodone ER 40 mg twice a day; oxycodone 5 mg as needed, at most 6 tablets a day" in card.detail


def test_stop_of_long_term_opioids_without_a_known_dose_is_said_and_says_why(answer):
    unread = order("er", "oxycodone ER 40", authoredOn=ago(800), dosageInstruction=[{"text": "as directed"}])
    cards = answer([{**unread, "status": "stopped"}], unread)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert (card.indicator.value, card.rule) == ("critical", "TA1")
    assert "the dose could not be computed" in card.summary
    assert "- 12 HR oxycodone hydrochloride 40 MG Extended Release Oral Tablet: " in card.detail
    assert not card.suggestions


@pytest.mark.parametrize(
    ("state", "spoken"),
    [
        ({}, ("critical", "TA1")),
        ({"medications": outcome("error")}, ("critical", "TA1")),
        ({"medications": None}, None),  # seen: it was not taken
    ],
)
def test_what_is_being_stopped_was_taken_until_now_where_the_list_was_not_seen(state, spoken, services):
    call = Call(today=TODAY, new_uuid=lambda: "1")
    asked = request("order-sign", {"conditions": None, **state}, drafts=(STOPS["stopped"],))
    cards = services["order-sign"].evaluate(asked, call)
    found = {(one.indicator.value, one.rule): one for one in cards if one.source.topic is Topic.SLOWER_TAPER}
    assert next(iter(found), None) == spoken
    if spoken:
        assert "(120 MME/day to 0, of what could be seen)" in found[spoken].summary
        assert not found[spoken].finding.complete


@pytest.mark.parametrize("status", ["cancelled", "entered-in-error"])
def test_what_never_began_was_not_taken(status, services):
    call = Call(today=TODAY, new_uuid=lambda: "1")
    asked = request("order-sign", {"conditions": None}, drafts=({**ER, "status": status},))
    assert not [one for one in services["order-sign"].evaluate(asked, call) if one.source.topic is Topic.SLOWER_TAPER]


def test_fall_of_an_opioid_without_a_factor_is_told_by_its_share(answer):
    levorphanol = order("l", "levorphanol tartrate 2 MG Oral Tablet", 4, authoredOn=ago(800))
    cards = answer([instead_of("n", "levorphanol tartrate 2 MG Oral Tablet", 2, prior="l")], levorphanol)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert (card.indicator.value, card.rule) == ("critical", "TA5")
    assert card.summary.startswith("This order lowers opioids by 50% in one step")
    assert "Its own dose falls by 50%; in MME it cannot be told." in card.detail
    assert "MME/day" not in card.detail


def test_stop_of_all_that_is_taken_as_needed_is_said_as_a_stop(answer):
    needed = as_needed(order("ir", "oxycodone 5", 12, authoredOn=ago(800)))
    [card] = [one for one in answer([stop(needed)], needed) if one.source.topic is Topic.SLOWER_TAPER]
    assert (card.indicator.value, card.rule) == ("critical", "TA1")
    assert card.summary.startswith("This order stops long-term opioids at once (90 MME/day to 0). ")
    assert "Going too fast risks withdrawal" in card.detail


# ---- the slower way ----


def test_card_shows_the_first_steps_in_tablets_for_both_orders(answer):
    [card] = [one for one in answer([STOPS["stopped"]], ER, IR) if one.source.topic is Topic.SLOWER_TAPER]
    assert "- now: oxycodone ER 30 mg in the morning, 40 mg in the evening" in card.detail
    assert "oxycodone 5 mg in the evening (127.5 MME/day)" in card.detail


def test_what_is_lowered_first_is_no_choice_where_both_ways_begin_alike(answer):
    combination = "acetaminophen 325 MG / hydrocodone bitartrate 10 MG Oral Tablet"
    now = order("ir", combination, 4, authoredOn=ago(800))
    beside = order("er", "tapentadol 100 MG Extended Release Oral Tablet", authoredOn=ago(800))
    cards = {one.source.topic: one for one in answer([{**now, "status": "stopped"}], now, beside)}
    card = cards[Topic.SLOWER_TAPER]
    assert card.detail.count("- now: hydrocodone/acetaminophen 10 mg three times a day") == 1
    assert "first:" not in card.detail
    [suggestion] = card.suggestions
    assert suggestion.label.startswith("Slower first step: hydrocodone/acetaminophen 10 mg three times a day")


def test_a_review_names_each_way_to_begin_once(services):
    worn = [{"text": "1 patch every 72 hours"}]
    patch = order("p", "72 HR fentanyl 0.05 MG/HR Transdermal System", authoredOn=ago(800), dosageInstruction=worn)
    chart = listed(patch, as_needed(order("ir", "hydromorphone hydrochloride 2 MG Oral Tablet", 4)))
    cards = services["patient-view"].evaluate(request("patient-view", chart), Call(today=TODAY, new_uuid=lambda: "1"))
    [card] = [one for one in cards if one.source.topic is Topic.DEPRESCRIBING_REVIEW]
    step = "fentanyl patch 50 mcg/h worn; hydromorphone 2 mg as needed, at most 2 tablets a day."
    assert f"- A first step could be: {step}" in card.detail
    assert card.detail.count(step) == 1


def test_card_without_a_regimen_that_can_be_planned_tells_a_share(answer):
    bare = order("er", "oxycodone", 2, authoredOn=ago(800), dosageInstruction=[
        {"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
         "doseAndRate": [{"doseQuantity": {"value": 40, "unit": "mg"}}]},
    ])  # fmt: skip
    [card] = [one for one in answer([{**bare, "status": "stopped"}], bare) if one.source.topic is Topic.SLOWER_TAPER]
    assert "Steps of about 10% (here about 12 MME/day) every 28 days" in card.detail


NOT_SEEN = {
    "a part": {"medications": bundle(ER, link=[{"relation": "next", "url": "x"}]), "conditions": None},
    "failed": {"medications": outcome("error"), "conditions": None},
    "not sent": {"conditions": None},
}


@pytest.mark.parametrize("prefetch", NOT_SEEN.values(), ids=NOT_SEEN)
def test_no_tablets_are_planned_from_a_list_that_was_not_seen_whole(prefetch, services):
    """What else is taken is not known: the pace can be told, a plan in tablets cannot."""

    def card(sent):
        found = services["order-sign"].evaluate(
            request("order-sign", sent, drafts=(STOPS["stopped"],)), Call(today=TODAY, new_uuid=lambda: "u")
        )
        return next(one for one in found if one.source.topic is Topic.SLOWER_TAPER)

    assert "oxycodone ER 30 mg" in card(listed(ER)).detail
    assert " mg" not in card(prefetch).detail
    assert card(prefetch).suggestions == ()
    assert "Steps of about 10%" in card(prefetch).detail


def test_share_of_a_dose_that_was_not_seen_is_told_without_a_number(services):
    """The draft holds a fall for later; what is taken now nobody could see."""
    falling = stepped((20, 28), (10, 28))
    sent = request("order-sign", {"conditions": None}, drafts=({**falling, "priorPrescription": None},))
    cards = services["order-sign"].evaluate(sent, Call(today=TODAY, new_uuid=lambda: "u"))
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert "50% less" in card.detail
    assert "about 0 MME/day" not in card.detail


def test_step_that_is_too_young_is_kept_until_its_time(answer):
    before = past_order("old", "oxycodone 5", 20, 800, 10)
    now = order("now", "oxycodone 5", 18, authoredOn=ago(10))
    drafts = [instead_of("next", "oxycodone 5", 16, prior="now")]
    [card] = [
        one
        for one in answer(drafts, now, history=bundle(before), actions_at_once=9)
        if one.source.topic is Topic.SLOWER_TAPER
    ]
    assert "- now: stay on oxycodone 5 mg" in card.detail
    assert "- after 18 days: " in card.detail
    assert card.suggestions == ()


@pytest.mark.parametrize(("ago_days", "when"), [(26, "after 2 days"), (27, "after 1 day"), (28, "now")])
def test_step_after_one_that_is_nearly_over_is_told_with_its_day(ago_days, when, answer):
    before = past_order("old", "oxycodone 5", 20, 800, ago_days)
    now = order("now", "oxycodone 5", 18, authoredOn=ago(ago_days))
    drafts = [instead_of("next", "oxycodone 5", 9, prior="now")]
    cards = answer(drafts, now, history=bundle(before))
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    steps = [line.partition(":")[0] for line in card.detail.splitlines() if line.startswith(("- now", "- after"))]
    assert steps[0 if when == "now" else 1] == f"- {when}"


def accepted(drafts, suggestion):
    """The drafts after a client has carried out a suggestion."""
    gone = {(one.resource["resourceType"], one.resource["id"]) for one in suggestion.actions
            if one.type is ActionType.DELETE}  # fmt: skip
    kept = [one for one in drafts if (one["resourceType"], one["id"]) not in gone]
    made = [
        {**element(one.resource), "id": f"made-{number}"}
        for number, one in enumerate(suggestion.actions)
        if one.type is ActionType.CREATE
    ]
    return [*kept, *made]


def patch(one, strength):
    """An order of one fentanyl patch of that strength, changed every 72 hours."""
    text = f"72 HR fentanyl {strength} MG/HR Transdermal System"
    worn = {
        "timing": {"repeat": {"frequency": 1, "period": 72, "periodUnit": "h"}},
        "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "patch"}}],
    }
    return {**one, "medicationCodeableConcept": {"text": text}, "dosageInstruction": [worn]}


SMALLEST = order("xr", "12 HR oxymorphone hydrochloride 5 MG Extended Release Oral Tablet", authoredOn=ago(800))
"""Its only step is one of 15 MME/day."""

FASTER = {
    "halved": ([instead_of("er20", "oxycodone ER 20")], [ER, IR]),
    "halved, and a sedative renewed": (
        [instead_of("er20", "oxycodone ER 20"), instead_of("lor2", "lorazepam", 2, prior="lor")],
        [ER, IR, LORAZEPAM],
    ),
    "stopped": ([STOPS["stopped"]], [ER]),
    "as needed stopped": ([{**IR, "status": "stopped"}], [ER, IR]),
    "a low dose of the smallest tablets stopped": ([{**SMALLEST, "status": "stopped"}], [SMALLEST]),
    "a patch stopped": (
        [{**patch(order("p100", "", authoredOn=ago(800)), "0.1"), "status": "stopped"}],
        [patch(order("p100", "", authoredOn=ago(800)), "0.1")],
    ),
}


@pytest.mark.parametrize(("drafts", "active"), FASTER.values(), ids=FASTER)
def test_accepted_first_step_does_not_raise_its_own_card(drafts, active, answer, said):
    cards = answer(drafts, *active, actions_at_once=9)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert card.suggestions
    for suggestion in card.suggestions:
        assert said(accepted(drafts, suggestion), *active) is None


COARSE = {
    "a patch of 50 stopped": (patch(order("old", "", authoredOn=ago(800)), "0.05"), "37.5 mcg/h"),
    "a patch of 75 stopped": (patch(order("old", "", authoredOn=ago(800)), "0.075"), "62.5 mcg/h"),
    "tramadol for 24 hours": (
        order("old", "24 HR tramadol hydrochloride 300 MG Extended Release Oral Tablet", 1, authoredOn=ago(800)),
        "tramadol ER 200 mg",
    ),
}


@pytest.mark.parametrize(("active", "told"), COARSE.values(), ids=COARSE)
def test_step_that_no_product_makes_small_enough_is_told_and_no_draft_of_it_is_offered(active, told, answer):
    """Signing it would raise the same card again."""
    cards = answer([{**active, "status": "stopped"}], active, actions_at_once=9)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert told in card.detail
    assert card.detail.count("no smaller step of a product is known") == 1
    assert "Then on in such steps. Review before each step" in card.detail
    assert card.suggestions == ()


def test_low_dose_that_could_be_smaller_is_stopped_by_a_smaller_strength_first(answer, said):
    """As any abrupt stop (docs/clinical-basis.md tells why), until nothing smaller is known."""
    codeine = order("old", "codeine sulfate 30 MG Oral Tablet", 1, authoredOn=ago(800))
    [card, *_] = answer([{**codeine, "status": "stopped"}], codeine)
    assert (card.indicator, card.rule) == ("critical", "TA1")
    assert "- now: codeine 15 mg once a day (2.25 MME/day)" in card.detail
    assert "no opioid (0 MME/day)" in card.detail
    assert "Then" not in card.detail, "nothing comes after the end"
    half = order("old", "codeine sulfate 15 MG Oral Tablet", 1, authoredOn=ago(800))
    assert said([{**half, "status": "stopped"}], half) == ("info", "TA1")


def test_slower_way_is_in_products_of_the_guidelines_country(knowledge):
    """No patches of 37.5 mcg/h are marketed in Australia."""
    [sign] = [one for one in build(knowledge, guideline="au-2022", table="anzca-2021") if one.hook == "order-sign"]
    active, _ = COARSE["a patch of 50 stopped"]
    sent = request("order-sign", listed(active), drafts=({**active, "status": "stopped"},))
    cards = sign.evaluate(sent, Call(today=TODAY, new_uuid=lambda: "u"))
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    assert "25 mcg/h" in card.detail
    assert "37.5" not in card.detail


def test_suggestion_says_many_doses_a_day_as_a_count_and_each_dose_once(answer):
    every_four_hours = order("ir", "oxycodone 5", 6, authoredOn=ago(800))
    cards = answer([{**every_four_hours, "status": "stopped"}], every_four_hours)
    [card] = [one for one in cards if one.source.topic is Topic.SLOWER_TAPER]
    [action] = card.suggestions[0].actions
    assert action.description.endswith(", 1 tablet by mouth 5 times a day")
    assert [one["text"] for one in action.resource["dosageInstruction"]] == ["1 tablet by mouth 5 times a day"]


@pytest.mark.parametrize(("count", "words"), [(1, "once a day"), (2, "twice a day"), (5, "5 times a day")])
def test_dose_at_one_of_many_times_is_said_by_how_often_it_is_taken(count, words, knowledge):
    one = PlannedDose(product=knowledge.formulary.products["1049621"], units=Decimal(1), time=3, times=6)
    assert directions_words(one, count) == f"1 tablet by mouth {words}"


def test_client_that_does_one_action_gets_only_what_one_action_does(answer):
    [halved] = [
        one for one in answer(*FASTER["halved"][:1], *FASTER["halved"][1]) if one.source.topic is Topic.SLOWER_TAPER
    ]
    assert halved.suggestions == ()
    drafts, active = FASTER["as needed stopped"]
    [needed] = [one for one in answer(drafts, *active) if one.source.topic is Topic.SLOWER_TAPER]
    assert [len(one.actions) for one in needed.suggestions] == [1]


@pytest.mark.parametrize(("at_once", "offered"), [(1, []), (2, ["delete", "create"])])
def test_taking_the_draft_away_counts_among_what_a_client_does_at_once(at_once, offered, answer):
    lowered = as_needed(instead_of("ir1", "oxycodone 5", 3, prior="ir"))
    taken = as_needed(order("ir", "oxycodone 5", 9, authoredOn=ago(800)))
    [card] = [
        one for one in answer([lowered], taken, actions_at_once=at_once) if one.source.topic is Topic.SLOWER_TAPER
    ]
    assert [action.type.value for one in card.suggestions for action in one.actions] == offered


def test_no_draft_is_offered_beside_another_stop_that_it_would_leave_standing(answer):
    """The first step lowers the extended-release form; the tablets are being stopped by an order of their own."""
    lowered, stopped = instead_of("er20", "oxycodone ER 20"), {**IR, "status": "stopped"}

    def offered(*drafts):
        found = answer(drafts, ER, IR, actions_at_once=9)
        return [one for card in found if card.source.topic is Topic.SLOWER_TAPER for one in card.suggestions]

    assert offered(lowered)
    assert not offered(lowered, stopped)


def test_no_draft_is_offered_in_place_of_a_statement(answer):
    """An order can name no statement as its prior one: both would count."""
    told = {**ER, "resourceType": "MedicationStatement", "intent": None}
    for listed_one, kind in ((ER, "MedicationRequest"), (told, "MedicationStatement")):
        lowered = draft("er20", "oxycodone ER 20", priorPrescription={"reference": f"{kind}/er"})
        [card] = [
            one for one in answer([lowered], listed_one, actions_at_once=9) if one.source.topic is Topic.SLOWER_TAPER
        ]
        assert bool(card.suggestions) is (kind == "MedicationRequest")


def test_no_draft_is_written_for_a_client_that_cannot_do_all_of_it(answer, monkeypatch):
    # Writing one validates it, by models that take longer to load than a hundred answers.
    written = []
    monkeypatch.setattr(hooks.slower_way, "step_order", lambda *_: written.append(1))
    drafts, active = FASTER["halved"]
    assert any(one.source.topic is Topic.SLOWER_TAPER for one in answer(drafts, *active))
    assert written == []


def test_draft_that_does_more_than_replace_is_never_taken_away(answer):
    drafts = [instead_of("er20", "oxycodone ER 20"), draft("extra", "oxycodone 5", 1)]
    cards = answer(drafts, ER, actions_at_once=9)
    assert [one.suggestions for one in cards if one.source.topic is Topic.SLOWER_TAPER] == [()]


def test_draft_that_bears_the_id_of_an_order_of_the_list_is_never_taken_away(answer):
    """To take it away would be to delete the order itself."""
    cards = answer([instead_of("er", "oxycodone ER 20", prior="er")], ER, actions_at_once=9)
    assert [one.suggestions for one in cards if one.source.topic is Topic.SLOWER_TAPER] == [()]


def test_suggested_draft_is_for_today(answer):
    drafts, active = FASTER["as needed stopped"]
    [card] = [one for one in answer(drafts, *active) if one.source.topic is Topic.SLOWER_TAPER]
    [action] = card.suggestions[0].actions
    assert action.resource["dispenseRequest"]["validityPeriod"]["start"] == TODAY.isoformat()
    assert action.resource["subject"] == {"reference": f"Patient/{PATIENT}"}


def test_scheduled_and_as_needed_doses_of_one_drug_are_told_apart_when_both_go_by_the_clock(services):
    by_the_clock, needed = order("ir", "oxycodone 5", 3, authoredOn=ago(800)), {**IR, "id": "prn"}
    call = Call(today=TODAY, new_uuid=lambda: "1")
    cards = services["patient-view"].evaluate(request("patient-view", listed(needed, ER, by_the_clock)), call)
    review = next(one for one in cards if one.source.topic is Topic.DEPRESCRIBING_REVIEW)
    assert "oxycodone 5 mg in the evening, 5 mg three times a day; oxycodone ER 40 mg twice a day" in review.detail


def test_one_tablet_and_half_of_one_are_not_said_as_many(knowledge):
    tablet = knowledge.formulary.products["1049621"]
    half = PlannedDose(product=tablet, units=Decimal("0.5"), time=None, times=0, at_most=Decimal(1), references=())
    two = replace(half, units=Decimal(2), at_most=Decimal(6))
    assert directions_words(half, 1) == "0.5 tablet by mouth as needed, at most 1 tablet a day"
    assert directions_words(two, 1) == "2 tablets by mouth as needed, at most 6 tablets a day"


def test_most_a_day_of_several_tablets_at_a_time_is_said_in_tablets(knowledge):
    two = PlannedDose(
        product=knowledge.formulary.products["1049621"], units=Decimal(2), time=None, times=0, at_most=Decimal(6)
    )
    assert doses_words([two]) == "oxycodone 2 x 5 mg as needed, at most 6 tablets a day"
    assert doses_words([replace(two, units=Decimal(1), at_most=Decimal(1))]).endswith("at most 1 tablet a day")


def test_combination_is_told_from_the_same_amount_of_the_opioid_alone(knowledge):
    products = knowledge.formulary.products
    doses = [
        PlannedDose(product=products[code], units=Decimal(1), time=None, times=0, at_most=Decimal(4))
        for code in ("1049621", "1049214")
    ]
    assert "oxycodone/paracetamol 10 mg" in doses_words(doses, country="UK")
    alone, combined = doses_words(doses).split("; ")
    assert alone.startswith("oxycodone 5 mg")
    assert combined.startswith("oxycodone/acetaminophen 10 mg")
