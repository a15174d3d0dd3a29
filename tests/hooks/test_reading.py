"""From a request to a case: what is in focus, what could not be seen, how long, and what is beside the opioid."""

from __future__ import annotations

import pytest

from hooks import medication_prescribe, order_select, order_sign, patient_view
from hooks.prefetch import read_prefetch
from hooks.reading import read_case
from opioids.case import Case, Focus, Gap
from opioids.drug_classes import DrugClass
from tests.hooks.orders import TODAY, ago, bundle, draft, drug, order, outcome, problem, request, supply

MODULES = {
    "order-sign": order_sign,
    "order-select": order_select,
    "patient-view": patient_view,
    "medication-prescribe": medication_prescribe,
}


@pytest.fixture(scope="module")
def case_of(standards):
    def read(hook: str, *arguments, **context) -> Case:
        asked = request(hook, *arguments, **context)
        prefetched = read_prefetch(asked.prefetch)
        return read_case(asked, MODULES[hook].asked_of(asked, prefetched), prefetched, standards, TODAY)

    return read


def listed(*resources, **more):
    """A prefetch in which everything was seen, and the list of medicines holds these."""
    return {"medications": bundle(*resources), "conditions": None, **more}


OXYCODONE = order("o", "oxycodone ER 40")


# ---- focus ----

FOCUS = {
    "an opioid": ([draft("d", "oxycodone 5")], Focus.OPIOID),
    "an opioid beside others": ([draft("l", "lisinopril"), draft("d", "oxycodone 5")], Focus.OPIOID),
    "an opioid for opioid use disorder": ([draft("d", "buprenorphine/naloxone film")], Focus.OPIOID),
    "an opioid without directions": ([draft("d", "oxycodone 5", None)], Focus.OPIOID),
    "an opioid of unknown product": ([draft("d", "Hydromorphone compounded")], Focus.OPIOID),
    "an order that names no drug": ([draft("d", "", medicationCodeableConcept=...)], Focus.OPIOID),
    "an order that is not even a resource": (["what?"], Focus.OPIOID),
    "a benzodiazepine": ([draft("d", "lorazepam")], Focus.SEDATIVE),
    "a gabapentinoid": ([draft("d", "gabapentin")], Focus.SEDATIVE),
    "a benzodiazepine and an opioid": ([draft("b", "lorazepam"), draft("d", "oxycodone 5")], Focus.OPIOID),
    "a blood pressure tablet": ([draft("d", "lisinopril")], Focus.NEITHER),
    "naloxone": ([draft("d", "naloxone spray")], Focus.NEITHER),
    "an opioid that must not be given": ([draft("d", "oxycodone 5", doNotPerform=True)], Focus.NEITHER),
    "another patient's opioid": ([draft("d", "oxycodone 5", subject={"reference": "Patient/p2"})], Focus.NEITHER),
    "no order at all": ([], Focus.NEITHER),
}


@pytest.mark.parametrize(("drafts", "focus"), FOCUS.values(), ids=FOCUS.keys())
@pytest.mark.parametrize("hook", ["order-sign", "medication-prescribe"])
def test_the_focus_is_what_is_being_written(case_of, hook, drafts, focus):
    assert case_of(hook, drafts=tuple(drafts)).focus is focus


def test_an_opioid_is_in_focus_when_it_is_stopped(case_of):
    assert case_of("order-sign", listed(OXYCODONE), drafts=({**OXYCODONE, "status": "stopped"},)).focus is Focus.OPIOID


def test_without_drafts_the_chart_is_looked_at(case_of):
    for hook in ("order-sign", "order-select", "medication-prescribe", "patient-view"):
        assert case_of(hook, listed(OXYCODONE)).focus is Focus.CHART


def test_an_empty_bundle_of_drafts_is_not_a_missing_one(case_of):
    case = case_of("order-sign", listed(OXYCODONE), drafts=())
    assert (case.focus, case.gaps) == (Focus.NEITHER, ())


SELECTED = {
    "by type and id": (["MedicationRequest/d"], Focus.OPIOID),
    "by id alone": (["d"], Focus.OPIOID),
    "by address": (["https://ehr.example.org/fhir/MedicationRequest/d"], Focus.OPIOID),
    "by version": (["MedicationRequest/d/_history/3"], Focus.OPIOID),
    "another one": (["MedicationRequest/l"], Focus.NEITHER),
    "another one, by id alone": (["l"], Focus.NEITHER),
    "another one, by address and version": (
        ["https://ehr.example.org/fhir/MedicationRequest/l/_history/1"],
        Focus.NEITHER,
    ),
    "both": (["MedicationRequest/l", "MedicationRequest/d"], Focus.OPIOID),
    "one that is not among the drafts tells nothing": (["MedicationRequest/x"], Focus.OPIOID),
    "none": ([], Focus.NEITHER),
}


@pytest.mark.parametrize(("selections", "focus"), SELECTED.values(), ids=SELECTED.keys())
def test_order_select_looks_at_what_is_selected(case_of, selections, focus):
    case = case_of("order-select", drafts=(draft("d", "oxycodone 5"), draft("l", "lisinopril")), selections=selections)
    assert case.focus is focus
    assert case.proposed.maximum == 15


@pytest.mark.parametrize(
    "unselected",
    [draft("d", "oxycodone ER 40"), order("o", "oxycodone ER 40", status="stopped"), order("o", "oxycodone ER 40", 1)],
    ids=["a renewal", "a stop", "a revision"],
)
def test_an_unselected_draft_that_replaces_an_opioid_is_not_spoken_of(case_of, unselected):
    drafts = (draft("l", "lisinopril"), unselected)
    case = case_of("order-select", listed(OXYCODONE), drafts=drafts, selections=["MedicationRequest/l"])
    assert case.focus is Focus.NEITHER


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_a_draft_that_names_an_opioid_as_its_prior_is_in_focus_whatever_it_is(case_of, hook):
    instead = draft("l", "lisinopril", priorPrescription={"reference": "MedicationRequest/o"})
    case = case_of(hook, listed(OXYCODONE), drafts=(instead,), **({"selections": ["l"]} if "select" in hook else {}))
    assert (case.focus, case.proposed.maximum) == (Focus.OPIOID, 0)


def test_a_draft_without_an_id_cannot_be_deselected(case_of):
    case = case_of("order-select", drafts=(draft("d", "oxycodone 5", id=...),), selections=["MedicationRequest/l"])
    assert case.focus is Focus.OPIOID


def test_without_selections_every_draft_is_looked_at(case_of):
    assert case_of("order-select", drafts=(draft("d", "oxycodone 5"),)).focus is Focus.OPIOID


def test_order_select_passes_over_a_draft_for_which_no_drug_is_chosen(case_of):
    early = draft("d", "", None, medicationCodeableConcept=...)
    case = case_of("order-select", drafts=(early,), selections=["MedicationRequest/d"])
    assert case.focus is Focus.NEITHER
    assert case.complete


@pytest.mark.parametrize(
    "selected",
    [
        draft("n", "", None, medicationCodeableConcept=...),
        {"resourceType": "ServiceRequest", "id": "n", "status": "draft"},
    ],
    ids=["an order without a drug yet", "an X-ray"],
)
def test_order_select_does_not_turn_back_to_an_opioid_when_something_else_is_selected(case_of, selected):
    drafts = (draft("d", "oxycodone 5"), selected)
    case = case_of("order-select", drafts=drafts, selections=[f"{selected['resourceType']}/n"])
    assert case.focus is Focus.NEITHER


def test_order_select_knows_the_medications_that_stand_among_the_drafts(case_of):
    medication = {"resourceType": "Medication", "id": "m", "code": drug("oxycodone 5")}
    by_reference = draft("d", "", medicationCodeableConcept=..., medicationReference={"reference": "Medication/m"})
    for hook in ("order-select", "order-sign"):
        assert case_of(hook, drafts=(by_reference, medication)).proposed.maximum == 15


@pytest.mark.parametrize("name", ["draftOrders", "medications"])
@pytest.mark.parametrize("hook", ["order-sign", "order-select", "medication-prescribe"])
def test_drafts_are_found_under_the_name_of_the_newer_or_the_older_hook(case_of, hook, name):
    resource = draft("d", "oxycodone 5")
    for content in (bundle(resource), [resource], [{"resource": resource}], resource):
        case = case_of(hook, **{name: content})
        assert (case.focus, case.proposed.maximum) == (Focus.OPIOID, 15)


@pytest.mark.parametrize("status", ["draft", "active", "on-hold", "completed", None])
def test_an_order_that_is_being_signed_counts_whatever_its_status(case_of, status):
    assert case_of("order-sign", drafts=(draft("d", "oxycodone 5", status=status),)).proposed.maximum == 15


@pytest.mark.parametrize("intent", ["proposal", "plan", "order", None])
def test_an_order_that_is_being_signed_counts_whatever_its_intent(case_of, intent):
    assert case_of("order-sign", drafts=(draft("d", "oxycodone 5", intent=intent),)).proposed.maximum == 15


# ---- gaps ----

ANOTHERS = order("x", "morphine ER 30", subject={"reference": "Patient/p2"})
NEXT = [{"relation": "next", "url": "https://x/2"}]
GAPS = {
    "all seen": (listed(), ()),
    "list not sent": ({}, (Gap.MEDICATIONS_NOT_SENT,)),
    "list failed": ({"medications": outcome("error")}, (Gap.MEDICATIONS_FAILED,)),
    "one page": ({"medications": bundle(OXYCODONE, link=NEXT)}, (Gap.MEDICATIONS_PARTIAL,)),
    "another patient's order in the list": (listed(ANOTHERS), (Gap.OTHER_PATIENT,)),
    "not sent, and another patient's": ({"x": problem("M54.5")}, (Gap.MEDICATIONS_NOT_SENT,)),
}


@pytest.mark.parametrize(("prefetch", "gaps"), GAPS.values(), ids=GAPS.keys())
def test_what_could_not_be_seen_is_a_gap(case_of, prefetch, gaps):
    case = case_of("order-sign", prefetch, drafts=(draft("d", "oxycodone 5"),))
    assert case.gaps == gaps
    assert case.complete == (set(gaps) <= {Gap.OTHER_PATIENT})


def test_missing_drafts_are_a_gap_where_the_hook_should_bring_them(case_of):
    for hook in ("order-sign", "order-select", "medication-prescribe"):
        assert case_of(hook, listed(OXYCODONE)).gaps == (Gap.DRAFTS_NOT_SENT,)
    assert case_of("patient-view", listed(OXYCODONE)).gaps == ()


def test_another_patients_order_is_never_counted(case_of):
    case = case_of("order-sign", listed(ANOTHERS), drafts=({**ANOTHERS, "status": "draft"}, draft("d", "oxycodone 5")))
    assert (case.current.maximum, case.proposed.maximum, case.gaps) == (0, 15, (Gap.OTHER_PATIENT,))


@pytest.mark.parametrize(
    "reference", ["Patient/p1", "https://ehr.example.org/fhir/Patient/p1", "Patient/p1/_history/2"]
)
def test_this_patient_may_be_written_in_several_ways(case_of, reference):
    assert case_of("patient-view", listed(order("o", "oxycodone 5", subject={"reference": reference}))).gaps == ()


def test_an_order_that_names_no_patient_is_this_patients(case_of):
    assert case_of("patient-view", listed(order("o", "oxycodone 5", subject=...))).current.maximum == 15


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


def test_an_active_order_without_a_date_leaves_the_length_open(case_of):
    assert therapy(case_of, OXYCODONE, order("a", "oxycodone 5", authoredOn=...)) is None


def test_an_order_that_names_an_earlier_one_which_was_not_sent_leaves_the_length_open(case_of):
    later = order("a", "oxycodone 5", authoredOn=ago(40), priorPrescription={"reference": "MedicationRequest/before"})
    assert therapy(case_of, later) is None
    assert therapy(case_of, later, order("before", "oxycodone 5", status="completed", authoredOn=ago(300))) == 40


@pytest.mark.parametrize(("pause", "days"), [(0, 100), (30, 100), (31, 40)])
def test_a_finished_order_lengthens_therapy_when_its_supply_reaches_the_next_one(case_of, pause, days):
    now = order("a", "oxycodone 5", authoredOn=ago(40))
    assert therapy(case_of, now, finished("b", 100, 60 - pause)) == days


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
    "naloxone nasal spray by name": (order("n", "Naloxone HCl 4 mg/0.1 mL nasal spray", None), True),
    "a vial for use at home": (order("n", "naloxone vial", None, category=[{"coding": [{"code": "community"}]}]), True),
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


# ---- medicines that add to the risk ----

BESIDE = {
    "a benzodiazepine": (order("b", "lorazepam"), {DrugClass.BENZODIAZEPINE: "lorazepam"}),
    "one by name": (order("b", "Lorazepam (Ativan) 0.5 mg tab"), {DrugClass.BENZODIAZEPINE: "lorazepam"}),
    "a gabapentinoid": (order("b", "gabapentin"), {DrugClass.GABAPENTINOID: "gabapentin"}),
    "a finished one": (order("b", "lorazepam", status="completed"), {}),
    "a stopped one": (order("b", "lorazepam", status="stopped"), {}),
    "one on hold": (order("b", "lorazepam", status="on-hold"), {}),
    "one not to be given": (order("b", "lorazepam", doNotPerform=True), {}),
    "a proposal": (order("b", "lorazepam", intent="proposal"), {}),
    "an antagonist": (order("b", "naltrexone"), {}),
    "another patient's": (order("b", "lorazepam", subject={"reference": "Patient/p2"}), {}),
    "none": (order("b", "lisinopril"), {}),
}


@pytest.mark.parametrize(("listed_one", "sedatives"), BESIDE.values(), ids=BESIDE.keys())
def test_a_sedative_of_the_list_is_beside_the_opioid(case_of, listed_one, sedatives):
    assert dict(case_of("patient-view", listed(OXYCODONE, listed_one)).sedatives) == sedatives


def test_a_sedative_that_is_being_written_is_beside_the_opioid(case_of):
    case = case_of("order-sign", listed(OXYCODONE), drafts=(draft("b", "lorazepam"),))
    assert DrugClass.BENZODIAZEPINE in case.sedatives


@pytest.mark.parametrize("status", ["stopped", "cancelled", "entered-in-error"])
def test_a_sedative_that_is_being_stopped_is_not_beside_the_opioid(case_of, status):
    lorazepam = order("b", "lorazepam")
    case = case_of("order-sign", listed(OXYCODONE, lorazepam), drafts=({**lorazepam, "status": status},))
    assert dict(case.sedatives) == {}


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
