"""From a request to a case: which orders are in focus, and what could not be seen."""

from __future__ import annotations

import pytest

from hooks.drafts import orders_in
from opioids.case import Focus, Gap
from opioids.prescriptions import UncountedReason
from tests.hooks.orders import bundle, draft, drug, listed, order, outcome, problem, request

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


@pytest.mark.parametrize("status", ["stopped", "cancelled", "entered-in-error"])
def test_draft_that_is_given_up_before_it_stood_on_the_list_is_no_order(status, case_of):
    given_up = draft("d", "morphine ER 30", status=status)
    assert case_of("order-sign", listed(OXYCODONE), drafts=(given_up,)).focus is Focus.NEITHER
    same_drug = draft("d", "oxycodone 5", status=status)
    assert case_of("order-sign", listed(OXYCODONE), drafts=(same_drug,)).focus is Focus.OPIOID
    unknown = draft("d", "", medicationCodeableConcept=..., status=status)
    assert case_of("order-sign", listed(OXYCODONE), drafts=(unknown,)).focus is Focus.OPIOID
    both = (given_up, draft("e", "oxycodone 5"))
    assert case_of("order-sign", listed(OXYCODONE), drafts=both).focus is Focus.OPIOID
    # Whatever says which order of the list is meant, and a list that could not be seen, may hold what is stopped.
    by_name = [{"system": "urn:rx", "value": "7"}]
    known = {**OXYCODONE, "identifier": by_name}
    assert case_of("order-sign", listed(known), drafts=({**given_up, "identifier": by_name},)).focus is Focus.OPIOID
    prior = {"priorPrescription": {"reference": "MedicationRequest/" + OXYCODONE["id"]}}
    assert case_of("order-sign", listed(OXYCODONE), drafts=({**given_up, **prior},)).focus is Focus.OPIOID
    based = {"basedOn": [{"reference": "MedicationRequest/" + OXYCODONE["id"]}]}
    assert case_of("order-sign", listed(OXYCODONE), drafts=({**given_up, **based},)).focus is Focus.OPIOID
    assert case_of("order-sign", {"conditions": None}, drafts=(given_up,)).focus is Focus.OPIOID


def test_rescue_naloxone_that_is_taken_away_is_looked_at(case_of):
    spray = order("n", "naloxone spray", None)
    stopped = {**spray, "status": "stopped"}
    assert case_of("order-sign", listed(OXYCODONE, spray), drafts=(stopped,)).focus is Focus.RESCUE
    assert case_of("order-sign", listed(OXYCODONE), drafts=(stopped,)).focus is Focus.NEITHER, "it never stood"
    for status in ("stopped", "cancelled", "entered-in-error"):  # of a list that was not seen it may have been one
        assert case_of("order-sign", {}, drafts=({**spray, "status": status},)).focus is Focus.RESCUE


def test_without_drafts_the_chart_is_looked_at(case_of):
    for hook in ("order-sign", "order-select", "medication-prescribe", "patient-view"):
        assert case_of(hook, listed(OXYCODONE)).focus is Focus.CHART


def test_an_empty_bundle_of_drafts_is_not_a_missing_one(case_of):
    case = case_of("order-sign", listed(OXYCODONE), drafts=())
    assert (case.focus, case.gaps) == (Focus.NEITHER, ())


@pytest.mark.parametrize("hook", ["medication-prescribe", "order-sign", "order-select"])
def test_orders_being_written_are_counted_for_the_report_on_every_hook(hook):
    beside = {"resourceType": "ServiceRequest", "id": "s"}
    assert orders_in(request(hook, drafts=(draft("a", "oxycodone 5"), beside, draft("b", "lisinopril")))) == 2


@pytest.mark.parametrize("hook", ["medication-prescribe", "order-sign"])
def test_an_empty_list_of_drafts_is_not_a_missing_one_either(case_of, hook):
    """Older clients send bare lists."""
    name = "medications" if hook == "medication-prescribe" else "draftOrders"
    assert case_of(hook, listed(OXYCODONE), **{name: []}).gaps == ()


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
    "one without a name tells nothing": ([""], Focus.OPIOID),
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


@pytest.mark.parametrize("link", ["basedOn", "priorPrescription"])
def test_a_draft_that_names_an_opioid_is_in_focus_whatever_it_is(case_of, link):
    reference = {"reference": "MedicationRequest/o"}
    named = draft("l", "lisinopril", **{link: [reference] if link == "basedOn" else reference})
    assert case_of("order-sign", listed(OXYCODONE), drafts=(named,)).focus is Focus.OPIOID


@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_a_draft_that_names_an_opioid_as_its_prior_stops_it_whatever_it_is(case_of, hook):
    instead = draft("l", "lisinopril", priorPrescription={"reference": "MedicationRequest/o"})
    case = case_of(hook, listed(OXYCODONE), drafts=(instead,), **({"selections": ["l"]} if "select" in hook else {}))
    assert (case.focus, case.proposed.maximum) == (Focus.OPIOID, 0)


def test_a_draft_without_an_id_cannot_be_deselected(case_of):
    drafts = (draft("d", "oxycodone 5", id=...), draft("l", "lisinopril"))
    assert case_of("order-select", drafts=drafts, selections=["MedicationRequest/l"]).focus is Focus.OPIOID


def test_without_selections_every_draft_is_looked_at(case_of):
    assert case_of("order-select", drafts=(draft("d", "oxycodone 5"),)).focus is Focus.OPIOID


@pytest.mark.parametrize("status", ["draft", "", ...])
def test_order_select_passes_over_a_draft_for_which_no_drug_is_chosen(case_of, status):
    early = draft("d", "", None, medicationCodeableConcept=..., status=status)
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


BARE = {"resourceType": "Medication", "id": "m", "code": drug("oxycodone 5")}
BY_REFERENCE = {"medicationCodeableConcept": ..., "medicationReference": {"reference": "Medication/m"}}


def test_an_opioid_that_came_without_its_order_is_named(case_of):
    case = case_of("patient-view", {"medications": BARE})
    assert [(one.reference, one.reason) for one in case.current.uncounted] == [
        ("prefetch.medications", UncountedReason.DOSE_MISSING)
    ]
    assert case.gaps == (Gap.MEDICATIONS_PARTIAL,)


def test_another_drug_that_came_without_its_order_adds_nothing(case_of):
    case = case_of("patient-view", {"medications": {**BARE, "code": drug("lisinopril")}})
    assert (case.current.uncounted, case.gaps) == ((), (Gap.MEDICATIONS_PARTIAL,))


@pytest.mark.parametrize(
    ("prefetch", "drafts"),
    [
        ({"medications": BARE}, [draft("d", "", **BY_REFERENCE)]),
        ({"medications": BARE, "statements": bundle(order("a", "", **BY_REFERENCE))}, []),
        ({"medications": bundle(order("a", "", **BY_REFERENCE)), "allMedications": bundle(BARE)}, []),
        ({"medications": None, "statements": dict(BARE), "history": bundle(order("a", "", **BY_REFERENCE))}, []),
        ({"statements": BARE, "dispenses": bundle({"resourceType": "MedicationDispense", **BY_REFERENCE})}, []),
    ],
    ids=["draft", "statement", "order", "finished", "supply"],
)
def test_the_drug_of_an_order_is_not_taken_beside_it(case_of, prefetch, drafts):
    case = case_of("order-sign", prefetch, drafts=drafts)
    assert case.proposed.uncounted == ()
    assert Gap.OTHER_PATIENT not in case.gaps


WITHIN = {**BARE, "code": drug("lisinopril")}
NAMELESS = {"resourceType": "Medication", "code": drug("lisinopril")}


@pytest.mark.parametrize(
    ("taken", "drafts"),
    [
        (BARE, [draft("d", "", **{**BY_REFERENCE, "medicationReference": {"reference": "#m"}, "contained": [WITHIN]})]),
        (
            {**NAMELESS, "code": drug("oxycodone 5")},
            [
                {"resource": draft("d", "", **{**BY_REFERENCE, "medicationReference": {"reference": "urn:uuid:b"}})},
                {"resource": NAMELESS, "fullUrl": "urn:uuid:b"},
            ],
        ),
    ],
    ids=["a part of the order bears the same id", "neither has an id"],
)
def test_the_drug_of_an_order_is_no_other_one_of_the_list(case_of, taken, drafts):
    case = case_of("order-sign", {"medications": bundle(taken)}, draftOrders=drafts)
    assert [one.reason for one in case.proposed.uncounted] == [UncountedReason.DOSE_MISSING]


@pytest.mark.parametrize(
    ("taken", "written", "totals"),
    [("morphine ER 30", "oxycodone 5", (60, 75)), ("lisinopril", "oxycodone 5", (0, 15))],
)
def test_a_medication_of_the_list_and_one_of_the_drafts_may_bear_one_id(case_of, taken, written, totals):
    listed = bundle(order("a", "", **BY_REFERENCE), {**BARE, "code": drug(taken)})
    drafts = bundle(draft("d", "", **BY_REFERENCE), {**BARE, "code": drug(written)})
    case = case_of("order-sign", {"medications": listed}, draftOrders=drafts)
    assert (case.current.maximum, case.proposed.maximum) == totals


@pytest.mark.parametrize("hook", ["order-select", "order-sign", "medication-prescribe"])
def test_drafts_of_which_only_the_drug_was_sent_were_not_sent(case_of, hook):
    name = "medications" if hook == "medication-prescribe" else "draftOrders"
    for content in (BARE, [BARE], bundle(BARE)):
        case = case_of(hook, {"medications": None}, **{name: content})
        assert case.gaps == (Gap.DRAFTS_NOT_SENT,)


URN = "urn:uuid:5c0f9b3c-55a0-4c5e-8a6b-0f3f6d2a7a11"


@pytest.mark.parametrize("id_", [{}, {"id": "m"}], ids=["without an id", "with an id"])
@pytest.mark.parametrize("in_a_list", [False, True])
@pytest.mark.parametrize("hook", ["order-select", "order-sign", "medication-prescribe"])
def test_a_medication_among_the_drafts_is_known_by_the_address_of_its_entry(case_of, hook, in_a_list, id_):
    medication = {"resourceType": "Medication", **id_, "code": drug("oxycodone ER 40")}
    written = draft("d", "", medicationCodeableConcept=..., medicationReference={"reference": URN})
    entries = [{"resource": written}, {"fullUrl": URN, "resource": medication}]
    name = "medications" if hook == "medication-prescribe" else "draftOrders"
    case = case_of(hook, **{name: entries if in_a_list else {"resourceType": "Bundle", "entry": entries}})
    assert (case.proposed.maximum, case.complete) == (120, True)


@pytest.mark.parametrize("name", ["draftOrders", "medications"])
@pytest.mark.parametrize("hook", ["order-sign", "order-select", "medication-prescribe"])
def test_drafts_are_found_under_the_name_of_the_newer_or_the_older_hook(case_of, hook, name):
    resource = draft("d", "oxycodone 5")
    for content in (bundle(resource), [resource], [{"resource": resource}], resource, [bundle(resource)]):
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
