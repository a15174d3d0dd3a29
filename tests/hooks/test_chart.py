"""From a request to a case: what the chart tells beside the dose, its length, naloxone, sedatives, the patient."""

from __future__ import annotations

import pytest

from opioids.case import Focus
from opioids.drug_classes import DrugClass
from tests.hooks.orders import ago, bundle, draft, drug, listed, order, outcome, problem, supply

OXYCODONE = order("o", "oxycodone ER 40")


# ---- length of therapy ----


def finished(id_, start, days):
    return order(id_, "oxycodone 5", status="completed", authoredOn=ago(start), dispenseRequest=supply(days))


def therapy(case_of, *orders):
    return case_of("patient-view", listed(*orders)).therapy_days


def test_therapy_is_as_long_as_its_oldest_active_order(case_of):
    assert therapy(case_of, order("a", "oxycodone 5", authoredOn=ago(40)), OXYCODONE) == 200


def test_without_an_active_opioid_there_is_no_length(case_of):
    assert therapy(case_of, order("l", "lisinopril")) is None
    assert therapy(case_of, order("a", "oxycodone 5", status="on-hold")) is None


def test_therapy_that_begins_today_is_of_no_days_where_earlier_orders_would_be_seen(case_of):
    today = order("a", "oxycodone 5", authoredOn=ago(0))
    assert therapy(case_of, today, finished("b", 400, 30)) == 0
    assert therapy(case_of, today) is None


def test_an_active_order_without_a_date_leaves_the_length_open(case_of):
    assert therapy(case_of, OXYCODONE, order("a", "oxycodone 5", authoredOn=...)) is None


def test_an_order_that_names_an_earlier_one_which_was_not_sent_leaves_the_length_open(case_of):
    later = order("a", "oxycodone 5", authoredOn=ago(40), priorPrescription={"reference": "MedicationRequest/before"})
    assert therapy(case_of, later) is None
    assert therapy(case_of, later, order("before", "oxycodone 5", status="completed", authoredOn=ago(300))) == 40


@pytest.mark.parametrize(
    ("before", "days"),
    [
        ({"status": "stopped"}, 300),
        ({"status": "completed"}, 40),
        ({"status": "stopped", "dispenseRequest": supply(30)}, 40),
        ({"status": "stopped", "id": "other"}, None),
    ],
)
def test_an_order_that_another_one_stopped_and_replaced_was_followed_until_then(case_of, before, days):
    later = order("a", "oxycodone 5", authoredOn=ago(40), priorPrescription={"reference": "MedicationRequest/before"})
    earlier = {**order("before", "oxycodone 5", authoredOn=ago(300)), **before}
    assert therapy(case_of, later, earlier) == days


@pytest.mark.parametrize(("pause", "days"), [(0, 400), (30, 400), (31, 40)])
def test_a_finished_order_lengthens_therapy_when_its_supply_reaches_the_next_one(case_of, pause, days):
    now = order("a", "oxycodone 5", authoredOn=ago(40))
    assert therapy(case_of, now, finished("b", 400, 360 - pause)) == days


@pytest.mark.parametrize(
    ("ended", "of_supply", "days"),
    [(70, 360, 400), (71, 360, 40), (39, 330, 400), (39, 329, 40)],
    ids=["ended 30 days before the next", "ended longer before", "used up 30 days before", "used up longer before"],
)
def test_a_finished_order_was_followed_until_it_ended_or_its_supply_was_used_up(case_of, ended, of_supply, days):
    """DSTU2 says apart on which day an order was stopped."""
    now = order("a", "oxycodone 5", authoredOn=ago(40))
    before = {**finished("b", 400, of_supply), "resourceType": "MedicationOrder", "dateEnded": ago(ended + 1)}
    before["dateWritten"] = before.pop("authoredOn")
    assert therapy(case_of, now, before) == days


@pytest.mark.parametrize(("pause", "days"), [(19, 100), (20, 100), (21, 40)])
def test_four_fifths_of_the_days_must_be_supplied(case_of, pause, days):
    now = order("a", "oxycodone 5", authoredOn=ago(40))
    assert therapy(case_of, now, finished("b", 100, 60 - pause)) == days


def in_period(one, start, end):
    """The order with a period in its directions, which is where R4 says when an order ends."""
    (sig,) = one["dosageInstruction"]
    repeat = {**sig["timing"]["repeat"], "boundsPeriod": {"start": ago(start), "end": ago(end)}}
    return {**one, "dosageInstruction": [{**sig, "timing": {"repeat": repeat}}]}


@pytest.mark.parametrize(("ended", "days"), [(70, 400), (71, 40)])
def test_a_finished_order_was_followed_until_the_last_day_of_its_directions(case_of, ended, days):
    now = order("a", "oxycodone 5", authoredOn=ago(40))
    assert therapy(case_of, now, in_period(order("b", "oxycodone 5", status="completed"), 400, ended + 1)) == days
    both = in_period(finished("b", 400, 400), 400, ended + 1)
    assert therapy(case_of, now, both) == days


def test_an_opioid_that_its_directions_ended_of_late_is_begun_no_more(case_of):
    before = in_period(order("b", "oxycodone ER 40", status="completed"), 400, 40)
    case = case_of("order-sign", listed(history=bundle(before)), drafts=(draft("d", "oxycodone ER 40"),))
    assert not case.starting
    assert [one.mme for one in case.past.levels] == [120, 0]


def test_finished_orders_form_a_chain(case_of):
    months = [finished(f"m{number}", 20 + 30 * number, 30) for number in range(1, 7)]
    assert therapy(case_of, order("now", "oxycodone 5", authoredOn=ago(20)), *months) == 200


@pytest.mark.parametrize(("age", "days"), [(31, None), (32, 32)])
def test_an_order_younger_than_a_monthly_renewal_tells_no_length(case_of, age, days):
    assert therapy(case_of, order("a", "oxycodone 5", authoredOn=ago(age))) == days


@pytest.mark.parametrize(("days_of_supply", "days"), [(14, 10), (15, None)])
def test_a_short_course_is_as_long_as_it_is(case_of, days_of_supply, days):
    course = order("a", "oxycodone 5", authoredOn=ago(10), dispenseRequest=supply(days_of_supply))
    assert therapy(case_of, course) == days


# ---- naloxone at hand ----

AT_HAND = {
    "an active order": (order("n", "naloxone spray", None), True),
    "an order without a status": (order("n", "naloxone spray", None, status=...), True),
    "a brand by name": (order("n", "Narcan 4 mg nasal spray", None), True),
    "a brand of Europe by name": (order("n", "Ventizolve 1.26 mg, Nasenspray", None), True),
    "a brand of Europe alone": (order("n", "Nalscue", None), True),
    "naloxone nasal spray by name": (order("n", "Naloxone HCl 4 mg/0.1 mL nasal spray", None), True),
    "a vial for use at home": (order("n", "naloxone vial", None, category=[{"coding": [{"code": "community"}]}]), True),
    "a vial for use at home, in one word": (order("n", "naloxone vial", None, category="community"), True),
    "a vial in hospital": (order("n", "naloxone vial", None, category=[{"coding": [{"code": "inpatient"}]}]), False),
    "a vial without a setting": (order("n", "naloxone vial", None), False),
    "dispensed a year ago": (order("n", "naloxone spray", None, status="completed", authoredOn=ago(365)), True),
    "dispensed longer ago": (order("n", "naloxone spray", None, status="completed", authoredOn=ago(366)), False),
    "a stopped order": (order("n", "naloxone spray", None, status="stopped"), False),
    "an order in error": (order("n", "naloxone spray", None, status="entered-in-error"), False),
    "an order on hold": (order("n", "naloxone spray", None, status="on-hold"), False),
    "an order not to give it": (order("n", "naloxone spray", None, doNotPerform=True), False),
    "a proposal": (order("n", "naloxone spray", None, intent="proposal"), False),
    "buprenorphine/naloxone": (order("n", "buprenorphine/naloxone film"), False),
    "buprenorphine/naloxone by name": (order("n", "Suboxone 8 mg/2 mg film"), False),
    "naltrexone": (order("n", "naltrexone"), False),
    "another patient's naloxone": (order("n", "naloxone spray", None, subject={"reference": "Patient/p2"}), False),
    "nothing": (order("n", "lisinopril"), False),
}


@pytest.mark.parametrize(("listed_one", "at_hand"), AT_HAND.values(), ids=AT_HAND.keys())
def test_naloxone_of_the_list_is_at_hand(case_of, listed_one, at_hand):
    assert case_of("patient-view", listed(OXYCODONE, listed_one)).naloxone_at_hand is at_hand


def test_naloxone_by_reference_is_at_hand(case_of):
    medication = {"resourceType": "Medication", "id": "m", "code": drug("naloxone spray")}
    by_reference = order(
        "n", "", None, medicationCodeableConcept=..., medicationReference={"reference": "Medication/m"}
    )
    assert case_of("patient-view", listed(OXYCODONE, by_reference, medication)).naloxone_at_hand


def test_a_rescue_kit_that_only_its_ingredients_tell_is_at_hand(case_of):
    kit = {"resourceType": "Medication", "id": "m", "code": {"text": "Overdose kit"}}
    spray = {"itemCodeableConcept": drug("naloxone spray")}
    named = order("n", "", None, medicationCodeableConcept=..., medicationReference={"reference": "Medication/m"})
    for listed_ones, at_hand in (([spray], True), ([{"itemCodeableConcept": drug("lisinopril")}], False)):
        sent = listed(OXYCODONE, named, {**kit, "ingredient": listed_ones})
        assert case_of("patient-view", sent).naloxone_at_hand is at_hand


def test_naloxone_that_a_patient_reports_is_at_hand(case_of):
    statement = {
        "resourceType": "MedicationStatement",
        "id": "s",
        "status": "active",
        "medicationCodeableConcept": drug("naloxone spray"),
    }
    assert case_of("patient-view", listed(OXYCODONE, statements=bundle(statement))).naloxone_at_hand


@pytest.mark.parametrize(
    ("change", "at_hand"),
    [
        ({}, True),
        ({"status": "stopped"}, False),
        ({"status": "entered-in-error"}, False),
        ({"doNotPerform": True}, False),
    ],
)
def test_naloxone_that_is_being_written_is_at_hand(case_of, change, at_hand):
    drafts = (draft("d", "oxycodone ER 40"), draft("n", "naloxone spray", None, **change))
    assert case_of("order-sign", listed(), drafts=drafts).naloxone_at_hand is at_hand


def test_naloxone_counts_although_it_is_not_selected(case_of):
    drafts = (draft("d", "oxycodone ER 40"), draft("n", "naloxone spray", None))
    assert case_of("order-select", drafts=drafts, selections=["MedicationRequest/d"]).naloxone_at_hand


def test_naloxone_that_is_being_stopped_is_not_at_hand(case_of):
    naloxone = order("n", "naloxone spray", None)
    case = case_of("order-sign", listed(OXYCODONE, naloxone), drafts=({**naloxone, "status": "stopped"},))
    assert not case.naloxone_at_hand


@pytest.mark.parametrize(("handed_over", "at_hand"), [(0, True), (-1, True), (-2, False), (365, True), (366, False)])
def test_naloxone_that_was_handed_over_is_at_hand_from_its_day_on_for_a_year(case_of, handed_over, at_hand):
    """The clock of another time zone may date it tomorrow; what is dated later has not been handed over."""
    dispense = {
        "resourceType": "MedicationDispense",
        "status": "completed",
        "medicationCodeableConcept": drug("naloxone spray"),
        "whenHandedOver": ago(handed_over),
    }
    case = case_of("patient-view", listed(OXYCODONE, dispenses=bundle(dispense)))
    assert case.naloxone_at_hand is at_hand


# ---- medicines that add to the risk ----


def reported(**changes):
    """A statement of the patient's that is still called active."""
    return {**order("b", "lorazepam", None, intent=...), "resourceType": "MedicationStatement", **changes}


def _supplied(days):
    return order("b", "lorazepam", authoredOn=ago(days), dispenseRequest=supply(30))


def _valid_to(days):
    return {"validityPeriod": {"end": ago(days)}}


def _valid_from(days):
    return {"validityPeriod": {"start": ago(days)}}


def _until(days):
    return {"timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d", "boundsPeriod": {"end": ago(days)}}}}


def _in_dstu2(**changes):
    return {**order("b", "lorazepam", None, intent=..., authoredOn=...), "resourceType": "MedicationOrder", **changes}


_LORAZEPAM = {DrugClass.BENZODIAZEPINE: "lorazepam"}
SIXTY = {"dispenseRequest": {"quantity": {"value": 60, "unit": "tablet"}}}
AS_NEEDED = {**order("b", "lorazepam")["dosageInstruction"][0], "asNeededBoolean": True}
ONCE = {"timing": {"repeat": {"count": 1}}}
FIORICET = "butalbital 50 MG / caffeine 40 MG / codeine phosphate 30 MG Oral Capsule"
BESIDE = {
    "a benzodiazepine": (order("b", "lorazepam"), {DrugClass.BENZODIAZEPINE: "lorazepam"}),
    "one by name": (order("b", "Lorazepam (Ativan) 0.5 mg tab"), {DrugClass.BENZODIAZEPINE: "lorazepam"}),
    "a gabapentinoid": (order("b", "gabapentin"), {DrugClass.GABAPENTINOID: "gabapentin"}),
    "a finished one": (order("b", "lorazepam", status="completed"), {}),
    "a stopped one": (order("b", "lorazepam", status="stopped"), {}),
    "one on hold": (order("b", "lorazepam", status="on-hold"), {}),
    "one that the patient took until last year": (reported(effectivePeriod={"end": ago(365)}), {}),
    "one that the patient reports": (reported(), {DrugClass.BENZODIAZEPINE: "lorazepam"}),
    "one that the patient reports until next month": (reported(effectivePeriod={"end": ago(-30)}), _LORAZEPAM),
    "a finished one with an end ahead": (reported(status="completed", effectivePeriod={"end": ago(-30)}), {}),
    "supplied until 30 days ago": (_supplied(60), _LORAZEPAM),
    "supplied until 31 days ago": (_supplied(61), {}),
    "filled until 30 days ago": (order("b", "lorazepam", dispenseRequest=_valid_to(30)), _LORAZEPAM),
    "filled until 31 days ago": (order("b", "lorazepam", dispenseRequest=_valid_to(31)), {}),
    "60 tablets for 30 days, used up 31 days ago": (order("b", "lorazepam", authoredOn=ago(61), **SIXTY), {}),
    "as many as needed": (order("b", "lorazepam", dosageInstruction=[AS_NEEDED], **SIXTY), _LORAZEPAM),
    "directions until yesterday": (order("b", "lorazepam", dosageInstruction=[_until(1)]), {}),
    "directions until today": (order("b", "lorazepam", dosageInstruction=[_until(0)]), _LORAZEPAM),
    "one dose, long ago": (order("b", "lorazepam", dosageInstruction=[ONCE]), {}),
    "one dose, today": (order("b", "lorazepam", authoredOn=ago(0), dosageInstruction=[ONCE]), _LORAZEPAM),
    "written the day after tomorrow": (order("b", "lorazepam", authoredOn=ago(-2)), {}),
    "dispensed from tomorrow": (order("b", "lorazepam", dispenseRequest=_valid_from(-1)), {}),
    "in DSTU2, ended yesterday": (_in_dstu2(dateEnded=ago(1)), {}),
    "in DSTU2, supplied until 31 days ago": (_in_dstu2(dateWritten=ago(61), dispenseRequest=supply(30)), {}),
    "one that holds an opioid as well": (order("b", FIORICET), {DrugClass.BARBITURATE: "butalbital"}),
    "one that holds an opioid as well, and ended": (order("b", FIORICET, dispenseRequest=supply(30)), {}),
    "one not to be given": (order("b", "lorazepam", doNotPerform=True), {}),
    "a proposal": (order("b", "lorazepam", intent="proposal"), {}),
    "a blocker": (order("b", "naltrexone"), {DrugClass.BLOCKER: "naltrexone"}),
    "a blocker that was injected once, and lasts": (
        order("b", "naltrexone 380 mg extended-release injection", authoredOn=ago(10), dosageInstruction=[ONCE]),
        {DrugClass.BLOCKER: "naltrexone"},
    ),
    "one in a combination": (order("b", "Contrave 8 mg/90 mg"), {DrugClass.BLOCKER: "naltrexone"}),
    "rescue naloxone": (order("b", "naloxone spray"), {}),
    "another patient's": (order("b", "lorazepam", subject={"reference": "Patient/p2"}), {}),
    "none": (order("b", "lisinopril"), {}),
}


def beside(case):
    return {one.drug_class: one.ingredient for one in case.companions}


@pytest.mark.parametrize(("listed_one", "sedatives"), BESIDE.values(), ids=BESIDE.keys())
def test_a_sedative_of_the_list_is_beside_the_opioid(case_of, listed_one, sedatives):
    assert beside(case_of("patient-view", listed(OXYCODONE, listed_one))) == sedatives


def test_a_sedative_that_is_being_written_is_beside_the_opioid(case_of):
    case = case_of("order-sign", listed(OXYCODONE), drafts=(draft("b", "lorazepam"),))
    assert DrugClass.BENZODIAZEPINE in beside(case)


def test_a_sedative_that_is_renewed_is_taken_and_not_new(case_of):
    [renewed] = case_of(
        "order-sign", listed(OXYCODONE, order("b", "lorazepam")), drafts=(draft("c", "lorazepam", 3),)
    ).companions
    assert (renewed.written, renewed.taken, renewed.is_new) == (True, True, False)


@pytest.mark.parametrize("status", ["stopped", "cancelled", "entered-in-error"])
def test_a_sedative_that_is_being_stopped_is_not_beside_the_opioid(case_of, status):
    lorazepam = order("b", "lorazepam")
    case = case_of("order-sign", listed(OXYCODONE, lorazepam), drafts=({**lorazepam, "status": status},))
    assert beside(case) == {}


@pytest.mark.parametrize("link", ["derivedFrom", "basedOn"])
@pytest.mark.parametrize("kind", ["MedicationStatement", "MedicationRequest"])
@pytest.mark.parametrize("drug", ["lorazepam", "naltrexone"])
def test_who_stops_a_sedative_or_a_blocker_stops_no_opioid_that_it_names(kind, link, drug, case_of):
    key = f"MedicationRequest/{OXYCODONE['id']}"
    named = {**order("s", drug, intent=..., **{link: [{"reference": key}]}), "resourceType": kind}
    case = case_of("order-sign", listed(OXYCODONE, named), drafts=({**named, "status": "stopped"},))
    assert case.current.maximum == case.proposed.maximum > 0
    assert not case.is_taper


OF_IT, ANOTHERS = [{"reference": "MedicationRequest/b"}], [{"reference": "MedicationRequest/other"}]


@pytest.mark.parametrize(
    ("a_day", "link", "sedatives"),
    [
        (2, {}, {}),
        (None, {}, {}),
        (3, {}, {DrugClass.BENZODIAZEPINE: "lorazepam"}),
        (3, {"derivedFrom": OF_IT}, {}),
        (3, {"basedOn": OF_IT}, {}),
        (3, {"derivedFrom": ANOTHERS}, {DrugClass.BENZODIAZEPINE: "lorazepam"}),
    ],
)
def test_a_statement_of_a_sedative_goes_with_the_order_that_it_is_of(a_day, link, sedatives, case_of):
    lorazepam = order("b", "lorazepam")
    stated = {**order("s", "lorazepam", a_day, intent=..., **link), "resourceType": "MedicationStatement"}
    stopped = {**lorazepam, "status": "stopped"}
    case = case_of("order-sign", listed(OXYCODONE, lorazepam, statements=bundle(stated)), drafts=(stopped,))
    assert beside(case) == sedatives


# ---- the patient ----


def test_conditions_are_the_patients_own(case_of):
    others = problem("C50.911", subject={"reference": "Patient/p2"})
    assert not case_of("patient-view", listed(OXYCODONE, conditions=bundle(others))).patient.conditions
    assert case_of("patient-view", listed(OXYCODONE, conditions=bundle(problem("C50.911")))).patient.conditions


def test_an_unseen_problem_list_is_not_an_empty_one(case_of):
    assert case_of("patient-view", listed(OXYCODONE)).patient.conditions_seen
    for prefetch in ({"medications": None}, {"medications": None, "conditions": outcome("error")}):
        assert not case_of("patient-view", prefetch).patient.conditions_seen


@pytest.mark.parametrize(("born", "age"), [("2008-11-22", 18), ("2008-11-23", 17), ("1964", 62), (None, None)])
def test_age_is_counted_in_whole_years(case_of, born, age):
    person = {"resourceType": "Patient", "id": "p1", "birthDate": born}
    assert case_of("patient-view", listed(OXYCODONE, patient=person)).patient.age == age


@pytest.mark.parametrize(
    ("record", "died"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2026-10-02"}, True),
        ({"deceasedBoolean": True, "id": "somebody-else"}, False),
    ],
)
def test_nothing_is_advised_for_a_patient_who_has_died(case_of, record, died):
    person = {"resourceType": "Patient", "id": "p1", **record}
    focus = case_of("patient-view", listed(OXYCODONE, patient=person)).focus
    assert focus is (Focus.NEITHER if died else Focus.CHART)
    stop = case_of("order-sign", listed(OXYCODONE, patient=person), drafts=({**OXYCODONE, "status": "stopped"},))
    assert stop.focus is (Focus.NEITHER if died else Focus.OPIOID)
