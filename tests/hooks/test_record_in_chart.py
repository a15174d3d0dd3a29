"""What is read beside medicines and problems: starts, scores, goals, hospital, supplies, sedatives old and new."""

from __future__ import annotations

import pytest

from hooks.evaluation import OBSERVATION_CODES, PREFETCH
from hooks.prefetch import read_prefetch
from opioids.case import Gap
from opioids.conditions import ConditionGroup
from opioids.outcomes import Benefit
from tests.hooks.orders import PATIENT, RXNORM, ago, bundle, draft, listed, order, outcome, problem, supply, topics
from tests.hooks.orders import request as asked

OXYCODONE = order("o", "oxycodone ER 40")
SUBJECT = {"reference": f"Patient/{PATIENT}"}


def test_the_observations_asked_for_are_those_that_are_known(knowledge):
    assert set(OBSERVATION_CODES) == set(knowledge.record_codes.observations)
    assert all(f"http://loinc.org|{code}" in PREFETCH["observations"] for code in OBSERVATION_CODES)


# ---- starts ----

EARLIER = order("e", "morphine ER 30", status="completed", authoredOn=ago(120), dispenseRequest=supply(30))
NEW = (draft("n", "oxycodone 5"),)


@pytest.mark.parametrize(
    ("prefetch", "starting"),
    [
        (listed(), True),
        (listed(order("l", "lisinopril")), True),
        (listed(OXYCODONE), False),
        (listed(order("u", "hydromorphone compounded", None)), False),
        (listed(order("b", "buprenorphine/naloxone film")), False),
        (listed(history=bundle(EARLIER)), False),
        (listed(history=bundle({**EARLIER, "authoredOn": ago(122)})), True),
        (listed(history=bundle({**EARLIER, "authoredOn": ago(121), "dispenseRequest": supply(32)})), False),
        (listed(history=bundle({key: one for key, one in EARLIER.items() if key != "authoredOn"})), False),
        (listed({**OXYCODONE, "status": "on-hold"}), False),
        ({"conditions": None}, False),
        ({"medications": outcome("error")}, False),
    ],
)
def test_an_opioid_for_somebody_who_had_none_is_a_start(case_of, prefetch, starting):
    assert case_of("order-sign", prefetch, drafts=NEW).starting is starting


@pytest.mark.parametrize(
    ("last", "starting"), [(-1, True), (0, True), (1, False), (12, False), (120, False), (121, True)]
)
def test_what_a_pharmacy_handed_over_before_today_is_no_start(last, starting, case_of):
    """Supplies of a month each, the last one so many days ago, and none of their orders in the list."""
    prefetch = {**listed(), "dispenses": bundle(dispensed(last), dispensed(last + 30))}
    prefetch = prefetch if last > 0 else {**listed(), "dispenses": bundle(dispensed(last))}
    assert case_of("order-sign", prefetch, drafts=NEW).starting is starting


def test_what_was_handed_over_on_a_ward_is_no_opioid_before_the_first_one_for_home(case_of):
    home = draft("d", "oxycodone 5", 2, category=FOR_HOME)
    for supplied, starting in ((dispensed(4), True), (dispensed(35), False)):
        prefetch = {**listed(GIVEN, encounter=INPATIENT), "dispenses": bundle(supplied)}
        assert case_of("order-sign", prefetch, drafts=(home,)).starting is starting


def test_only_an_opioid_that_is_written_is_a_start(case_of):
    assert not case_of("order-sign", listed(), drafts=(draft("n", "lorazepam"),)).starting
    assert not case_of("order-sign", listed(), drafts=(draft("n", "oxycodone 5", status="cancelled"),)).starting
    assert not case_of("patient-view", listed()).starting


# ---- history, apart from what is taken ----


def test_finished_orders_are_no_part_of_the_list_of_what_is_taken():
    found = read_prefetch({"medications": bundle(OXYCODONE), "history": bundle(EARLIER)})
    assert [len(found.orders), len(found.history)] == [1, 1]
    for failed in (outcome("error"), bundle(EARLIER, link=[{"relation": "next", "url": "x"}])):
        assert read_prefetch({"medications": bundle(OXYCODONE), "history": failed}).medications_state == "seen"
    assert read_prefetch({"history": bundle(EARLIER)}).medications_state == "not sent"


def test_finished_orders_lengthen_the_therapy(case_of):
    recent = order("o", "oxycodone ER 40", authoredOn=ago(20))
    before = order("b", "oxycodone ER 40", status="completed", authoredOn=ago(400), dispenseRequest=supply(375))
    assert case_of("patient-view", listed(recent, history=bundle(before))).therapy_days == 400
    for nothing in ({"status": "entered-in-error"}, {"intent": "plan"}):
        case = case_of("patient-view", listed(recent, history=bundle({**before, **nothing})))
        assert case.therapy_days != 400, nothing


def test_an_undated_double_takes_nothing_of_the_length_of_therapy_away(case_of):
    double = {**OXYCODONE, "resourceType": "MedicationStatement", "id": "s", "authoredOn": ...}
    statement = {key: one for key, one in double.items() if one is not ...}
    assert case_of("patient-view", listed(OXYCODONE, statement)).therapy_days == 200
    another = {**statement, "medicationCodeableConcept": {"text": "morphine sulfate 15 MG Oral Tablet"}}
    assert case_of("patient-view", listed(OXYCODONE, another)).therapy_days is None


def test_a_finished_order_of_another_patient_is_left_out_and_said(case_of):
    others = {**EARLIER, "subject": {"reference": "Patient/p2"}}
    assert Gap.OTHER_PATIENT in case_of("patient-view", listed(OXYCODONE, history=bundle(others))).gaps


# ---- rescue naloxone within a year ----


def naloxone(days_ago, **changes):
    return order("n", "naloxone spray", None, **{"authoredOn": ago(days_ago), **changes})


def handed_over(days_ago, **changes):
    coded = {"coding": [{"system": RXNORM, "code": "1725059"}]}
    plain = {"resourceType": "MedicationDispense", "status": "completed", "medicationCodeableConcept": coded}
    return {**plain, "whenHandedOver": ago(days_ago), "subject": SUBJECT, **changes}


@pytest.mark.parametrize(("days", "at_hand"), [(-1, True), (0, True), (364, True), (365, True), (366, False)])
def test_naloxone_is_at_hand_for_a_year(case_of, days, at_hand):
    for prefetch in (
        listed(OXYCODONE, naloxone(days)),
        listed(OXYCODONE, naloxone(days, status="completed")),
        listed(OXYCODONE, history=bundle(naloxone(days, status="completed"))),
        listed(OXYCODONE, dispenses=bundle(handed_over(days))),
        listed(OXYCODONE, renamed=bundle(handed_over(days))),
    ):
        assert case_of("patient-view", prefetch).naloxone_at_hand is at_hand


@pytest.mark.parametrize(
    ("prefetch", "at_hand"),
    [
        (listed(naloxone(5, authoredOn=...)), True),
        (listed(naloxone(5, authoredOn=..., status="completed")), False),
        (listed(naloxone(5, status="stopped")), False),
        (listed(naloxone(5, status="on-hold")), False),
        (listed(naloxone(5, intent="proposal")), False),
        (listed(dispenses=bundle(handed_over(5, subject={"reference": "Patient/p2"}))), False),
        (listed(dispenses=bundle(handed_over(5, status="cancelled"))), False),
        (listed(dispenses=bundle(handed_over(-5))), False),
        (listed(order("v", "naloxone vial", None)), False),
        (listed(order("b", "buprenorphine/naloxone film")), False),
    ],
)
def test_what_shows_that_naloxone_is_at_hand(case_of, prefetch, at_hand):
    assert case_of("patient-view", prefetch).naloxone_at_hand is at_hand


# ---- sedatives ----


def test_a_renewed_sedative_is_written_and_not_new(case_of):
    lorazepam = order("b", "lorazepam")
    renewal = draft("r", "lorazepam", priorPrescription={"reference": "MedicationRequest/b"})
    (one,) = case_of("order-sign", listed(OXYCODONE, lorazepam), drafts=(renewal,)).companions
    assert (one.written, one.taken, one.is_new) == (True, True, False)
    (one,) = case_of("order-sign", listed(OXYCODONE), drafts=(draft("r", "lorazepam"),)).companions
    assert one.is_new


NAMED = {"priorPrescription": {"reference": "MedicationRequest/b"}}
EARLY, LATE = order("b", "lorazepam 1 mg tablet", 2), order("c", "lorazepam 0.5 mg tablet", 1)
SAID = {"resourceType": "MedicationStatement", "id": "s"}


@pytest.mark.parametrize(
    ("taken", "written", "raised"),
    [
        ((EARLY,), (draft("r", "lorazepam 1 mg tablet", 4, **NAMED),), True),
        ((EARLY,), (draft("r", "lorazepam 2 mg tablet", 2, **NAMED),), True),
        ((EARLY,), (draft("r", "lorazepam 1 mg tablet", 2, **NAMED),), False),
        ((EARLY,), (draft("r", "lorazepam 1 mg tablet", 1, **NAMED),), False),
        ((EARLY,), (draft("r", "lorazepam 1 mg tablet", 2),), False),  # renewed without a word of it: no second dose
        ((EARLY,), (draft("r", "lorazepam 1 mg tablet", 3),), True),
        ((EARLY, LATE), (draft("r", "lorazepam 1 mg tablet", 3, **NAMED),), True),  # the other one goes on
        ((EARLY, LATE), (draft("r", "lorazepam 1 mg tablet", 2, **NAMED),), False),
        ((EARLY,), (draft("r", "lorazepam 1 mg tablet", None, **NAMED),), False),
        (  # the second is a renewal that does not say so
            (EARLY, LATE),
            (draft("r", "lorazepam 1 mg tablet", 2, **NAMED), draft("s", "lorazepam 0.5 mg tablet", 1)),
            False,
        ),
        ((EARLY, {**EARLY, "id": "f", "status": "completed"}), (draft("r", "lorazepam 1 mg tablet", 3),), True),
        ((), (draft("r", "lorazepam 1 mg tablet", 4),), False),
        # told twice is not taken twice
        ((EARLY, EARLY), (draft("r", "lorazepam 1 mg tablet", 3),), True),
        ((EARLY,), (draft("r", "lorazepam 1 mg tablet", 2), draft("r", "lorazepam 1 mg tablet", 2)), False),
        ((EARLY, {**EARLY, **SAID}), (draft("r", "lorazepam 1 mg tablet", 3),), True),
        ((EARLY, {**EARLY, **SAID, "dosageInstruction": []}), (draft("r", "lorazepam 1 mg tablet", 3),), True),
        ((EARLY, {**LATE, **SAID}), (draft("r", "lorazepam 1 mg tablet", 2, **NAMED),), False),
    ],
)
def test_a_sedative_that_is_taken_and_becomes_more_is_raised(taken, written, raised, case_of):
    (one,) = case_of("order-sign", listed(OXYCODONE, *taken), drafts=written).companions
    assert one.raised is raised
    assert one.is_new is not bool(taken)


def test_a_sedative_is_compared_with_what_is_taken_of_it_and_of_no_other(case_of):
    prefetch = listed(OXYCODONE, EARLY, order("z", "diazepam 5 mg tablet", 2))
    companions = case_of("order-sign", prefetch, drafts=(draft("r", "lorazepam 1 mg tablet", 3),)).companions
    assert {one.ingredient: one.raised for one in companions} == {"lorazepam": True, "diazepam": False}


def test_a_rise_of_a_sedative_beside_an_opioid_warns_as_a_new_one_does(services, call):
    twice = draft("r", "lorazepam 1 mg tablet", 4, **NAMED)
    for written, urgency in ((twice, "warning"), (draft("r", "lorazepam 1 mg tablet", 2, **NAMED), "info")):
        cards = services["order-sign"].evaluate(asked("order-sign", listed(OXYCODONE, EARLY), drafts=(written,)), call)
        (overlap,) = [one for one in cards if one.source.topic.value == "SedativeOverlap"]
        assert overlap.indicator.value == urgency
        assert ("a benzodiazepine, being raised" in overlap.detail) is (written is twice)
        assert ("Is the higher dose needed" in overlap.detail) is (written is twice)
        assert "Never stop a benzodiazepine or its like at once" in overlap.detail


@pytest.mark.parametrize(
    "name",
    [
        "midazolam 5 MG/ML Injection",
        "midazolam 5 mg nasal spray (Nayzilam)",
        "diazepam 10 mg rectal gel",
        "remimazolam 20 mg",
        "diazepam 5 mg/mL injectable solution",
    ],
)
def test_what_is_given_once_is_not_taken_beside_the_opioid(case_of, name):
    assert case_of("patient-view", listed(OXYCODONE, order("m", name))).companions == ()


@pytest.mark.parametrize("name", ["midazolam 7.5 mg tablet", "diazepam 5 mg tablet"])
def test_tablets_of_the_same_medicine_are(case_of, name):
    assert len(case_of("patient-view", listed(OXYCODONE, order("m", name))).companions) == 1


def test_one_product_can_be_both(case_of):
    name = "butalbital 50 MG / caffeine 40 MG / codeine phosphate 30 MG Oral Capsule"
    (one,) = case_of("patient-view", listed(order("f", name))).companions
    assert (one.drug_class, one.opioid_too) == ("barbiturate", True)


def test_an_opioid_with_a_deterrent_in_it_is_no_blocker(case_of):
    assert (
        case_of("patient-view", listed(order("e", "morphine sulfate 20 MG / naltrexone 0.8 MG capsule"))).companions
        == ()
    )


# ---- scores, goals, values ----


def score(value, days_ago, **changes):
    code = {"coding": [{"system": "http://loinc.org", "code": "72514-3"}]}
    plain = {"resourceType": "Observation", "status": "final", "code": code, "valueInteger": value}
    return {**plain, "effectiveDateTime": ago(days_ago), "subject": SUBJECT, **changes}


@pytest.mark.parametrize(
    ("scores", "benefit"),
    [
        ((score(8, 60), score(5, 1)), Benefit.IMPROVED),
        ((score(8, 60), score(6, 1)), Benefit.NOT_IMPROVED),
        ((score(8, 60),), Benefit.NOT_DOCUMENTED),
        ((score(8, 60), score(5, 1, subject={"reference": "Patient/p2"})), Benefit.NOT_DOCUMENTED),
    ],
)
def test_scores_of_the_patient_tell_a_benefit(case_of, scores, benefit):
    assert case_of("patient-view", listed(OXYCODONE, observations=bundle(*scores))).benefit is benefit
    assert case_of("patient-view", listed(OXYCODONE, under_another_name=bundle(*scores))).benefit is benefit


def test_a_list_that_failed_is_a_list_that_tells_nothing(case_of):
    case = case_of("patient-view", listed(OXYCODONE, observations=outcome("error"), goals=None, encounter=None))
    assert (case.benefit, case.goals_not_met, case.in_hospital, case.complete) == (
        Benefit.NOT_DOCUMENTED,
        False,
        False,
        True,
    )


def test_a_goal_that_is_not_met_is_read(case_of):
    goal = {"resourceType": "Goal", "lifecycleStatus": "active", "description": {"text": "Less pain when walking"}}
    unmet = {**goal, "achievementStatus": {"coding": [{"code": "not-achieved"}]}, "subject": SUBJECT}
    assert case_of("patient-view", listed(OXYCODONE, goals=bundle(unmet))).goals_not_met
    assert not case_of("patient-view", listed(OXYCODONE, goals=bundle(goal))).goals_not_met
    others = {**unmet, "subject": {"reference": "Patient/p2"}}
    assert not case_of("patient-view", listed(OXYCODONE, goals=bundle(others))).goals_not_met


def test_a_measured_value_stands_for_a_condition(case_of):
    code = {"coding": [{"system": "http://loinc.org", "code": "98979-8"}]}
    low = score(40, 10, code=code)
    patient = case_of("patient-view", listed(OXYCODONE, observations=bundle(low))).patient
    assert patient.conditions == {ConditionGroup.RENAL_IMPAIRMENT: True}
    over = problem("N18.4", clinicalStatus="resolved")
    both = case_of("patient-view", listed(OXYCODONE, observations=bundle(low), conditions=bundle(over))).patient
    assert both.conditions == {ConditionGroup.RENAL_IMPAIRMENT: True}


# ---- hospital ----

INPATIENT = {"resourceType": "Encounter", "id": "e1", "status": "in-progress", "class": {"code": "IMP"}}
FOR_HOME = [{"coding": [{"code": "discharge"}]}]
ON_THE_WARD = [{"coding": [{"code": "inpatient"}]}]


@pytest.mark.parametrize(
    ("encounter", "category", "context", "in_hospital"),
    [
        (INPATIENT, ..., {}, True),
        (INPATIENT, ..., {"encounterId": "e1"}, True),
        (INPATIENT, ..., {"encounterId": "Encounter/e1"}, True),
        (INPATIENT, ..., {"encounterId": "e2"}, False),
        (INPATIENT, FOR_HOME, {}, False),
        (INPATIENT, ON_THE_WARD, {}, True),
        (None, ON_THE_WARD, {}, True),
        (None, FOR_HOME, {}, False),
        (None, ..., {}, False),
        ({**INPATIENT, "class": {"code": "AMB"}}, ..., {}, False),
        ({**INPATIENT, "status": "finished"}, ..., {}, False),
        ({**INPATIENT, "status": "cancelled"}, ..., {}, False),
        ({**INPATIENT, "subject": {"reference": "Patient/p2"}}, ..., {}, False),
    ],
)
def test_care_in_hospital_is_told_by_the_encounter_and_the_order(case_of, encounter, category, context, in_hospital):
    prefetch = listed(OXYCODONE, encounter=encounter)
    case = case_of("order-sign", prefetch, drafts=(draft("d", "oxycodone 5", category=category),), **context)
    assert case.in_hospital is in_hospital


def test_orders_of_which_only_some_are_for_the_ward_are_no_care_in_hospital(case_of):
    ward, elsewhere = draft("d", "oxycodone 5", category=ON_THE_WARD), draft("h", "lorazepam")
    assert case_of("order-sign", listed(OXYCODONE), drafts=(ward,)).in_hospital
    assert not case_of("order-sign", listed(OXYCODONE), drafts=(ward, elsewhere)).in_hospital


def test_only_selected_orders_tell_where_they_are_meant_for(case_of):
    drafts = (draft("d", "oxycodone 5", category=ON_THE_WARD), draft("h", "lorazepam", category=FOR_HOME))
    for chosen, in_hospital in (("d", True), ("h", False)):
        selected = {"selections": [f"MedicationRequest/{chosen}"]}
        assert case_of("order-select", listed(OXYCODONE), drafts=drafts, **selected).in_hospital is in_hospital


GIVEN = order("w", "oxycodone 5", 6, authoredOn=ago(4), category=ON_THE_WARD)
AT_HOME = order("h", "morphine ER 30", 2, category=[{"coding": [{"code": "community"}]}])
INTO_A_VEIN = order("v", "morphine 10 mg/mL injection", 4, authoredOn=ago(4), category=ON_THE_WARD)


@pytest.mark.parametrize(
    ("encounter", "category", "proposed"),
    [
        (INPATIENT, FOR_HOME, 75),
        (None, FOR_HOME, 75),
        (None, [{"coding": [{"code": "Discharge"}]}], 75),
        (INPATIENT, [{"coding": [{"code": "community"}]}], 75),
        (None, [{"coding": [{"code": "community"}]}], 120),
        (INPATIENT, ON_THE_WARD, 120),
        (INPATIENT, ..., 120),
    ],
)
def test_what_is_given_on_a_ward_ends_with_the_stay(case_of, encounter, category, proposed):
    """At home 60 MME/day of morphine, on the ward 45 of oxycodone, and 15 of it to take home."""
    home = draft("d", "oxycodone 5", 2, category=category)
    case = case_of("order-sign", listed(AT_HOME, GIVEN, encounter=encounter), drafts=(home,))
    ends = proposed == 75
    assert [case.current.maximum, case.proposed.maximum] == [60 if ends else 105, proposed]
    assert (case.stay is not None) is ends
    assert case.until_now[0].maximum == 105


def test_a_home_medicine_that_is_stopped_on_a_ward_ends_no_stay(case_of):
    stopped = {**AT_HOME, "status": "stopped"}
    case = case_of("order-sign", listed(AT_HOME, GIVEN, encounter=INPATIENT), drafts=(stopped,))
    assert [case.current.maximum, case.proposed.maximum, case.stay] == [105, 45, None]


@pytest.mark.parametrize(
    ("status", "current", "proposed"), [("draft", 105, 135), ("active", 105, 135), ("stopped", 60, 75)]
)
def test_stay_goes_on_while_orders_are_written_for_the_ward_as_well(status, current, proposed, case_of):
    """60 MME/day at home and 45 on the ward, where a second tablet is added or ended; 15 are written to take home."""
    home = draft("d", "oxycodone 5", 2, category=FOR_HOME)
    ward = draft("x", "morphine sulfate 15 MG Oral Tablet", 1, category=ON_THE_WARD) | {"status": status}
    case = case_of("order-sign", listed(AT_HOME, GIVEN, encounter=INPATIENT), drafts=(home, ward))
    assert [case.current.maximum, case.proposed.maximum] == [current, proposed]


def test_last_harmless_order_of_a_ward_lets_the_stay_end(case_of):
    home, last = draft("d", "oxycodone 5", 2, category=FOR_HOME), draft("x", "lisinopril", category=ON_THE_WARD)
    case = case_of("order-sign", listed(AT_HOME, GIVEN, encounter=INPATIENT), drafts=(home, last))
    assert [case.current.maximum, case.proposed.maximum] == [60, 75]


def test_sedative_for_the_ward_is_seen_beside_an_opioid_of_the_ward_while_orders_are_written_for_home(services, call):
    home, ward = draft("d", "lisinopril", category=FOR_HOME), draft("a", "alprazolam", 1, category=ON_THE_WARD)
    prefetch = listed(GIVEN, encounter=INPATIENT)
    assert "SedativeOverlap" in topics(
        services["order-sign"].evaluate(asked("order-sign", prefetch, drafts=(home, ward)), call)
    )


def test_going_home_is_judged_by_what_is_taken_at_home(services, case_of, call):
    """45 MME/day on the ward and 15 to take home is no fall; less than at home before is one, by its own share."""
    home, sign = draft("d", "oxycodone 5", 2, category=FOR_HOME), services["order-sign"]
    for days in (4, 15, 60):
        prefetch = listed({**GIVEN, "authoredOn": ago(days)}, encounter=INPATIENT)
        assert not sign.evaluate(asked("order-sign", prefetch, drafts=(home,)), call)
    lower = draft("m", "morphine ER 30", 1, category=FOR_HOME, priorPrescription={"reference": "MedicationRequest/h"})
    case = case_of("order-sign", listed(AT_HOME, GIVEN, encounter=INPATIENT), drafts=(lower,))
    assert [case.current.maximum, case.proposed.maximum, case.therapy_days] == [60, 30, 200]
    assert case.is_taper


@pytest.mark.parametrize(("days", "judged"), [(89, False), (90, True), (400, True)])
@pytest.mark.parametrize("named", [False, True])
def test_what_was_given_on_a_ward_for_as_long_as_therapy_is_long_does_not_end_with_the_stay(
    services, case_of, call, days, judged, named
):
    """45 MME/day for months, and 15 to take home."""
    prefetch = listed({**GIVEN, "authoredOn": ago(days)}, encounter=INPATIENT)
    instead = {"priorPrescription": {"reference": "MedicationRequest/w"}} if named else {}
    home = draft("d", "oxycodone 5", 2, category=FOR_HOME, **instead)
    case = case_of("order-sign", prefetch, drafts=(home,))
    assert [case.current.maximum, case.proposed.maximum] == [45 if judged else 0, 15]
    told = topics(services["order-sign"].evaluate(asked("order-sign", prefetch, drafts=(home,)), call))
    assert told == (["SlowerTaper", "NaloxoneOffer"] if judged else [])


@pytest.mark.parametrize("other", [AT_HOME, {**GIVEN, "id": "c", "category": AT_HOME["category"]}])
def test_what_is_given_on_a_ward_beside_an_opioid_from_home_ends_with_the_stay(case_of, other):
    prefetch = listed(other, {**GIVEN, "authoredOn": ago(100)}, encounter=INPATIENT)
    renewed = {**other, "id": "d", "status": "draft", "authoredOn": ago(0), "category": FOR_HOME}
    case = case_of("order-sign", prefetch, drafts=(renewed,))
    assert case.current.maximum == case.proposed.maximum < 105


@pytest.mark.parametrize("beside", [[], [order("b", "lorazepam")]])
@pytest.mark.parametrize("given_up", [[], [draft("g", "oxycodone 5", category=FOR_HOME, status="cancelled")]])
def test_another_medicine_to_take_home_stops_no_opioid(case_of, beside, given_up):
    prefetch = listed({**GIVEN, "authoredOn": ago(400)}, *beside, encounter=INPATIENT)
    case = case_of("order-sign", prefetch, drafts=(draft("d", "lisinopril", 1, category=FOR_HOME), *given_up))
    assert [case.current.maximum, case.proposed.maximum] == [45, 45]


def test_what_was_given_on_a_ward_tells_nothing_of_how_long_opioids_were_taken_at_home(case_of):
    undated = {key: one for key, one in AT_HOME.items() if key != "authoredOn"}
    double = {**undated, "resourceType": "MedicationStatement", "id": "s"}
    prefetch = listed(AT_HOME, double, {**GIVEN, "authoredOn": ago(300)}, encounter=INPATIENT)
    case = case_of("order-sign", prefetch, drafts=(draft("d", "oxycodone 5", category=FOR_HOME),))
    assert case.therapy_days == 200


@pytest.mark.parametrize(("often", "days", "warned"), [(6, 8, False), (6, 6, True), (5, 8, True)])
def test_who_is_used_to_opioids_is_told_by_the_ward_as_well(often, days, warned, services, call):
    """30 mg of oxycodone a day for a week are enough by the label of a patch; 25 are not, and six days are not."""
    given = order("w", "oxycodone 5", often, authoredOn=ago(days), category=ON_THE_WARD)
    worn = [{"text": "Apply 1 patch every 72 hours"}]
    patch = draft("n", "72 HR fentanyl 0.012 MG/HR Transdermal System", dosageInstruction=worn, category=FOR_HOME)
    cards = services["order-sign"].evaluate(
        asked("order-sign", listed(given, encounter=INPATIENT), drafts=(patch,)), call
    )
    assert ("DoseEscalation" in topics(cards)) is warned


def test_steps_down_for_who_goes_home_from_a_ward_are_a_course_and_no_taper(services, call):
    """Two tablets, then one: after four days on a ward nothing of it is long-term, after three months on one it is."""
    steps = [
        {
            "sequence": place,
            "timing": {
                "repeat": {"frequency": 4, "period": 1, "periodUnit": "d", "boundsDuration": {"value": 2, "code": "d"}}
            },
            "doseAndRate": [{"doseQuantity": {"value": tablets, "unit": "tablet"}}],
        }
        for place, tablets in ((1, 2), (2, 1))
    ]
    home = draft("d", "oxycodone 5", dosageInstruction=steps, category=FOR_HOME)
    lately = {**AT_HOME, "status": "completed", "authoredOn": ago(40), "dispenseRequest": supply(30)}
    long = {**AT_HOME, "authoredOn": ago(100)}
    for before, warned in (([], False), ([GIVEN], False), ([GIVEN, lately], False), ([long], True)):
        cards = services["order-sign"].evaluate(
            asked("order-sign", listed(*before, encounter=INPATIENT), drafts=(home,)), call
        )
        assert ("SlowerTaper" in topics(cards)) is warned


@pytest.mark.parametrize(
    ("before", "warned"),
    [
        ([], False),
        ([{"status": "stopped"}], True),
        ([{"status": "completed"}], True),
        ([{"status": "completed", "dispenseRequest": {"expectedSupplyDuration": {"value": 30, "code": "d"}}}], False),
    ],
)
def test_steps_down_go_on_with_an_opioid_that_ended_nobody_says_when(before, warned, services, call):
    """An order of a year and a half that is taken off the list as the taper in its place is written."""
    steps = [
        {
            "sequence": place,
            "timing": {
                "repeat": {"frequency": 4, "period": 1, "periodUnit": "d", "boundsDuration": {"value": 28, "code": "d"}}
            },
            "doseAndRate": [{"doseQuantity": {"value": tablets, "unit": "tablet"}}],
        }
        for place, tablets in ((1, 2), (2, 1))
    ]
    taper = draft("d", "oxycodone 5", dosageInstruction=steps)
    earlier = [order("e", "oxycodone 10", 4, authoredOn=ago(550), **changes) for changes in before]
    cards = services["order-sign"].evaluate(asked("order-sign", listed(*earlier), drafts=(taper,)), call)
    assert ("SlowerTaper" in topics(cards)) is warned


def since(days, **changes):
    return {**INPATIENT, "period": {"start": ago(days)}, **changes}


WARDS = {**GIVEN, "category": []}


@pytest.mark.parametrize(
    ("encounter", "before", "starting"),
    [
        (since(5), [WARDS], True),
        (since(4), [WARDS], True),
        (since(3), [WARDS], False),
        (since(5), [{**WARDS, "status": "completed", "dispenseRequest": supply(2)}], True),
        (since(5), [{**WARDS, "authoredOn": None}], False),
        (since(5), [WARDS, {**OXYCODONE, "category": []}], False),
        (since(5), [WARDS, AT_HOME], False),
        (since(5), [{**WARDS, "category": AT_HOME["category"]}], False),
        (since(5), [{**WARDS, "reportedBoolean": True}], False),
        (since(5), [{**WARDS, "reported": True}], False),
        (since(5), [{**WARDS, "resourceType": "MedicationStatement", "dateAsserted": ago(4)}], False),
        (since(89), [{**WARDS, "authoredOn": ago(89)}], True),
        (since(90), [{**WARDS, "authoredOn": ago(90)}], False),
        ({**INPATIENT, "actualPeriod": {"start": ago(5)}}, [WARDS], True),
        (INPATIENT, [WARDS], False),
        (since(5, status="finished"), [WARDS], False),
        (since(5, **{"class": {"code": "AMB"}}), [WARDS], False),
        (since(5, subject={"reference": "Patient/p2"}), [WARDS], False),
        (None, [WARDS], False),
    ],
)
def test_what_was_begun_in_a_stay_is_no_opioid_before_the_first_one_for_home(case_of, encounter, before, starting):
    """A ward's order that bears no category is told by the day on which the stay began; both totals hold it."""
    home = draft("d", "oxycodone 5", 2, category=FOR_HOME)
    case = case_of("order-sign", listed(*before, encounter=encounter), drafts=(home,))
    assert case.starting is starting
    assert case.proposed.maximum >= case.current.maximum


def dispensed(day, days=30):
    what = {"resourceType": "MedicationDispense", "id": f"supplied-{day}", "status": "completed"}
    drug = {"medicationCodeableConcept": OXYCODONE["medicationCodeableConcept"], "subject": OXYCODONE["subject"]}
    return {**what, **drug, "whenHandedOver": ago(day), "daysSupply": {"value": days, "code": "d"}}


NAMES_ANOTHER = {"priorPrescription": {"reference": "MedicationRequest/of-last-year"}}


@pytest.mark.parametrize(
    ("ward", "home", "supplied", "starting"),
    [
        ({}, {}, [dispensed(35), dispensed(65)], False),
        ({}, {}, [dispensed(300)], True),
        ({}, {}, [dispensed(4)], True),
        (NAMES_ANOTHER, {}, [], False),
        ({}, NAMES_ANOTHER, [], False),
        ({}, {"priorPrescription": {"reference": f"MedicationRequest/{WARDS['id']}"}}, [], True),
    ],
)
def test_opioids_before_a_stay_are_told_by_what_was_supplied_and_by_what_orders_go_on_with(
    case_of, ward, home, supplied, starting
):
    """The list may hold nothing but the ward's order of somebody who has taken opioids for years."""
    draft_home = draft("d", "oxycodone 5", 2, category=FOR_HOME, **home)
    sent = listed({**WARDS, **ward}, encounter=since(5))
    prefetch = {**sent, "dispenses": bundle(*supplied)}
    assert case_of("order-sign", prefetch, drafts=(draft_home,)).starting is starting


def test_treatment_that_was_given_on_a_ward_is_treatment(services, case_of, call):
    """Somebody else gives it outside: it is not stopped by what is written for home, and naloxone is offered."""
    film = order("f", "buprenorphine/naloxone film", authoredOn=ago(4), category=ON_THE_WARD)
    home, prefetch = draft("d", "oxycodone 5", 2, category=FOR_HOME), listed(film, encounter=INPATIENT)
    assert case_of("order-sign", prefetch, drafts=(home,)).in_treatment
    assert topics(services["order-sign"].evaluate(asked("order-sign", prefetch, drafts=(home,)), call)) == [
        "NaloxoneOffer"
    ]


def test_what_went_into_a_vein_does_not_make_the_dose_at_home_unknown(services, call):
    home = draft("d", "oxycodone 5", 6, category=FOR_HOME)
    prefetch = listed(AT_HOME, INTO_A_VEIN, encounter=INPATIENT)
    cards = services["order-sign"].evaluate(asked("order-sign", prefetch, drafts=(home,)), call)
    assert topics(cards) == ["NaloxoneOffer", "MmeTotal", "DoseEscalation"]
    assert cards[1].summary == "105 MME/day with this order: morphine; oxycodone."
    assert "for the stay in hospital, and ends with it" in cards[1].detail
    low = draft("d", "oxycodone 5", 2, category=FOR_HOME)
    alone = listed(INTO_A_VEIN, encounter=INPATIENT)
    assert not services["order-sign"].evaluate(asked("order-sign", alone, drafts=(low,)), call)


def test_in_hospital_the_total_is_told_and_says_that_advice_is_held_back(services, call):
    prefetch = listed(OXYCODONE, encounter=INPATIENT)
    cards = services["patient-view"].evaluate(asked("patient-view", prefetch), call)
    assert topics(cards) == ["MmeTotal"]
    assert "hospital" in cards[0].detail
