"""Orders and statements of every release into the domain's orders: standing, dates, links, purpose."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fhir_mappings.bundles import read_orders
from fhir_mappings.elements import UnsuitableBody
from fhir_mappings.references import DEEPEST_BUNDLE
from fhir_mappings.timing import TURNED_ROUND
from opioids.prescriptions import IgnoredReason, Prescription, Purpose, Standing, Uncounted, UncountedReason
from opioids.products import Route

RX = "http://www.nlm.nih.gov/research/umls/rxnorm"
TODAY = date(2026, 1, 31)


def concept(code, system=RX):
    return {"coding": [{"system": system, "code": code}]}


TWICE = {
    "timing": {"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}},
    "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}],
}


def adherence(code):
    return {"code": {"coding": [{"code": code}]}}


def request(**given):
    return {
        "resourceType": "MedicationRequest",
        "id": "a",
        "status": "active",
        "medicationCodeableConcept": concept("1049621"),
        "dosageInstruction": [TWICE],
        **given,
    }


def statement(**given):
    return {
        "resourceType": "MedicationStatement",
        "id": "a",
        "status": "active",
        "medicationCodeableConcept": concept("1049621"),
        "dosage": [TWICE],
        **given,
    }


@pytest.fixture
def read(knowledge):
    def only(resource, on=TODAY):
        [order] = read_orders(resource, knowledge.recogniser, on)
        return order

    return only


def bundle(*resources):
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


# ---- which resources ----


@pytest.mark.parametrize("kind", ["MedicationRequest", "MedicationOrder", "MedicationStatement"])
def test_single_resource_is_an_order(kind, read):
    assert read({**request(), "resourceType": kind}).key == f"{kind}/a"


def test_order_without_an_id_is_named_by_its_place(read, knowledge):
    nameless = {name: value for name, value in request().items() if name != "id"}
    assert read(nameless).reference == "MedicationRequest"
    orders = read_orders(bundle({"resourceType": "Patient"}, nameless), knowledge.recogniser, TODAY)
    assert [one.reference for one in orders] == ["Bundle.entry[1].resource"]


def test_other_resources_of_a_bundle_are_passed_over(knowledge):
    body = bundle({"resourceType": "Patient", "id": "p"}, request(), {"resourceType": "MedicationDispense"})
    assert [one.key for one in read_orders(body, knowledge.recogniser, TODAY)] == ["MedicationRequest/a"]


@pytest.mark.parametrize(
    "entry",
    [
        {"fullUrl": "urn:uuid:8d5c1bd5-6c1c-4a3c-9b1e-1a2b3c4d5e6f"},
        {"fullUrl": "https://ehr.example.org/fhir/Medication/m"},
        {"response": {"status": "201 Created", "location": "MedicationRequest/a/_history/1"}},
        {"fullUrl": "https://ehr.example.org/fhir/MedicationRequest/a", "response": {"status": "304 Not Modified"}},
        {"request": {"method": "GET", "url": "MedicationRequest?patient=p"}},
        {"link": [{"relation": "self", "url": "https://ehr.example.org"}]},
    ],
)
def test_entry_around_no_resource_is_no_order(entry, knowledge):
    body = {"resourceType": "Bundle", "entry": [entry, {"resource": request()}]}
    assert [one.reference for one in read_orders(body, knowledge.recogniser, TODAY)] == ["MedicationRequest/a"]


@pytest.mark.parametrize(
    "entry",
    [
        {"fullUrl": "https://ehr.example.org/fhir/MedicationRequest/b"},
        {"response": {"status": "500"}},
        {"response": {"status": "404 Not Found"}},
        {"response": {}},
        {"request": {"method": "POST", "url": "MedicationRequest"}},
        {"fullUrl": "urn:uuid:1", "resurce": {"resourceType": "MedicationRequest"}},
    ],
)
def test_entry_behind_which_an_order_may_be_is_named(entry, knowledge):
    (order,) = read_orders({"resourceType": "Bundle", "entry": [entry]}, knowledge.recogniser, TODAY)
    assert order.content.reason is UncountedReason.RESOURCE_INVALID


@pytest.mark.parametrize("entry", [None, "x", {}, {"resource": None}, {"resource": []}, {"resource": {"id": "a"}}])
def test_entry_that_is_no_resource_is_invalid_and_spoils_nothing(entry, knowledge):
    body = {"resourceType": "Bundle", "entry": [entry, {"resource": request()}]}
    broken, good = read_orders(body, knowledge.recogniser, TODAY)
    assert isinstance(broken.content, Uncounted)
    assert broken.content.reason is UncountedReason.RESOURCE_INVALID
    assert "entry[0]" in broken.content.detail
    assert isinstance(good.content, Prescription)


def test_bundle_within_a_bundle_is_read(knowledge):
    orders = read_orders(bundle(bundle(request())), knowledge.recogniser, TODAY)
    assert [one.key for one in orders] == ["MedicationRequest/a"]


@pytest.mark.parametrize(
    "kind", ["", " ", "medicationRequest", "MEDICATIONREQUEST", "MedicationPrescription", "MedicationUsage"]
)
def test_type_that_may_mean_an_order_is_not_passed_over(kind, knowledge):
    body = bundle({**request(), "resourceType": kind}, {"resourceType": "MedicationKnowledge"}, request())
    unread, good = read_orders(body, knowledge.recogniser, TODAY)
    assert isinstance(unread.content, Uncounted)
    assert unread.content.reason is UncountedReason.RESOURCE_INVALID
    assert isinstance(good.content, Prescription)


def test_bundles_that_nest_too_deep_may_hold_orders(knowledge):
    deepest = request()
    for _ in range(DEEPEST_BUNDLE + 1):
        deepest = bundle(deepest)
    assert [one.key for one in read_orders(deepest, knowledge.recogniser, TODAY)] == ["MedicationRequest/a"]
    (unread,) = read_orders(bundle(deepest), knowledge.recogniser, TODAY)
    assert isinstance(unread.content, Uncounted)


def test_single_entry_is_read_where_the_list_belongs(knowledge):
    inner = {"resourceType": "Bundle", "entry": {"resource": request()}}
    for body in (inner, bundle(inner)):
        (order,) = read_orders(body, knowledge.recogniser, TODAY)
        assert isinstance(order.content, Prescription)


@pytest.mark.parametrize("entry", ["x", 1])
def test_entries_of_an_inner_bundle_that_are_no_list_may_hold_orders(entry, knowledge):
    (unread,) = read_orders(bundle({"resourceType": "Bundle", "entry": entry}), knowledge.recogniser, TODAY)
    assert isinstance(unread.content, Uncounted)
    assert "entry[0].resource.entry" in unread.content.detail


@pytest.mark.parametrize("body", [{"resourceType": "Bundle"}, {"resourceType": "Bundle", "entry": []}])
def test_empty_bundle_holds_no_orders(body, knowledge):
    assert read_orders(body, knowledge.recogniser, TODAY) == []


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"resourceType": "Patient"}, "resourceType"),
        ({}, "resourceType"),
        (None, "resourceType"),
        ({"resourceType": "Bundle", "entry": {}}, "entry"),
        ({"resourceType": "Bundle", "entry": "x"}, "entry"),
    ],
)
def test_any_other_body_is_refused_with_the_path_of_the_fault(body, path, knowledge):
    with pytest.raises(UnsuitableBody) as refused:
        read_orders(body, knowledge.recogniser, TODAY)
    assert refused.value.path == path


# ---- standing ----


@pytest.mark.parametrize(
    ("given", "standing"),
    [
        ({}, Standing.ACTIVE),
        ({"status": "recorded"}, Standing.ACTIVE),
        ({"status": "intended"}, Standing.ENDED),
        ({"status": "not-taken"}, Standing.WITHDRAWN),
        ({"status": "stopped"}, Standing.WITHDRAWN),
        ({"status": "draft"}, Standing.UNKNOWN),
        ({"taken": "n"}, Standing.WITHDRAWN),
        ({"taken": "n", "status": "completed"}, Standing.ENDED),
        ({"taken": "y"}, Standing.ACTIVE),
        ({"wasNotTaken": True}, Standing.WITHDRAWN),
        ({"wasNotTaken": False}, Standing.ACTIVE),
        ({"notTaken": "true"}, Standing.WITHDRAWN),
        ({"adherence": adherence("taking")}, Standing.ACTIVE),
        ({"adherence": adherence("taking-not-as-directed")}, Standing.ACTIVE),
        ({"adherence": adherence("not-taking")}, Standing.WITHDRAWN),
        ({"adherence": adherence("not-taken")}, Standing.WITHDRAWN),
        ({"adherence": adherence("stopped-as-directed")}, Standing.WITHDRAWN),
        ({"adherence": adherence("on-hold-as-directed")}, Standing.ON_HOLD),
        ({"adherence": adherence("unknown")}, Standing.ACTIVE),
    ],
)
def test_statement_may_say_that_the_drug_is_not_taken(given, standing, read):
    assert read(statement(**given)).standing is standing


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (request(), "active"),
        (request(status=None), ""),
        (request(status="on-hold"), "on hold"),
        (request(status="on-hold", statusReason={"text": "surgery  planned"}), "on hold (surgery planned)"),
        (request(status="stopped", reasonEnded={"coding": [{"display": "rash"}]}), "stopped (rash)"),
        (request(status="stopped", statusReason={"text": "x" * 200}), f"stopped ({'x' * 80})"),
        (request(status="active", statusReason={"text": "surgery"}), "active"),
        (request(status="paused" * 50), ("paused" * 50)[:80]),
        (statement(taken="n", reasonNotTaken=[{"text": "nausea"}]), "not taken (nausea)"),
        (statement(status="not-taken", statusReason=[{}, {"text": "no money"}]), "not taken (no money)"),
        (statement(adherence=adherence("on-hold")), "on hold"),
        (statement(adherence=adherence("stopped-as-directed")), "stopped as directed"),
    ],
)
def test_state_is_told_in_the_words_of_the_record(given, words, read):
    assert read(given).state == words


def test_words_of_statements_mean_nothing_in_a_request(read):
    assert read(request(taken="n", wasNotTaken=True)).standing is Standing.ACTIVE


@pytest.mark.parametrize("intent", ["plan", "proposal", "option", "directive", "PLAN"])
def test_plan_is_no_order(intent, read):
    assert read(request(intent=intent)).plan.reason is IgnoredReason.NOT_AN_ORDER


# ---- dates ----


def days(offset):
    return (TODAY + timedelta(days=offset)).isoformat()


@pytest.mark.parametrize(("ended", "outside"), [(-1, True), (0, False), (1, False)])
def test_order_of_dstu2_tells_the_day_on_which_it_was_stopped(ended, outside, read):
    order = {**request(), "resourceType": "MedicationOrder", "dateEnded": days(ended)}
    assert (read(order).outside is not None) is outside


@pytest.mark.parametrize("period", [None, {}, [], "2026"], ids=str)
def test_a_period_without_anything_in_it_takes_no_day_of_its_end_away(period, read):
    order = {**request(), "resourceType": "MedicationOrder", "effectiveDosePeriod": period, "dateEnded": days(-1)}
    assert read(order).outside is not None


@pytest.mark.parametrize(
    ("instruction", "taken"),
    [
        ({"text": "1 tablet x 1 dose"}, (TODAY,)),
        ({"text": "1 tablet one time only", "timing": {"code": {"text": "BID"}}}, None),
    ],
)
def test_dose_that_the_words_give_once_is_of_the_first_day(instruction, taken, read):
    (sig,) = read(request(authoredOn=days(0), dosageInstruction=[instruction])).content.sigs
    assert sig.days == taken


def supplied(**given):
    return {"expectedSupplyDuration": {"value": 30, "unit": "days"}, **given}


@pytest.mark.parametrize(
    ("written", "dispense", "ends"),
    [
        ("2025-10-01", supplied(), "2025-10-31"),
        ("2025-10-01", supplied(numberOfRepeatsAllowed=1), "2025-11-30"),
        ("2025-10-01", supplied(numberOfRepeatsAllowed=-3), "2025-10-31"),
        ("2025-10-01", supplied(validityPeriod={"end": "2025-12-24"}), "2025-12-24"),
        ("2025-10-01", {"quantity": {"value": 60, "unit": "tablet"}}, "2025-10-31"),
        ("2025-10-01", {"quantity": {"value": 60, "unit": "mL"}}, None),
        ("2025-10-01", supplied(initialFill={"duration": {"value": 7, "code": "d"}}), "2025-10-31"),
        (
            "2025-10-01",
            supplied(initialFill={"duration": {"value": 7, "code": "d"}}, numberOfRepeatsAllowed=2),
            "2025-12-07",
        ),
        (
            "2025-10-01",
            supplied(initialFill={"quantity": {"value": 20, "unit": "tablet"}}, numberOfRepeatsAllowed=1),
            "2025-11-10",
        ),
        ("2025-10-01", supplied(initialFill={}, numberOfRepeatsAllowed=1), "2025-11-30"),
        ("2025-10-01", {}, None),
        (None, supplied(), None),
    ],
)
def test_last_day_of_the_supply(written, dispense, ends, read):
    given = {"authoredOn": written} if written else {}
    found = read(request(dispenseRequest=dispense, **given)).supply_ends
    wanted = ends and date.fromisoformat(ends)
    # Whether the day of the order is the first day of the supply, or the day before, is left open.
    assert (found is None) if wanted is None else abs((found - wanted).days) <= 1


@pytest.mark.parametrize(
    ("dispense", "lasts"),
    [
        (supplied(), 30),
        (supplied(numberOfRepeatsAllowed=1), 60),
        (supplied(numberOfRepeatsAllowed=99), 3000),
        (supplied(numberOfRepeatsAllowed=100), 3000),
        (supplied(validityPeriod={"end": "2026-12-24"}), 30),
        ({"quantity": {"value": 61, "unit": "tablet"}}, 30),
        ({"validityPeriod": {"end": "2026-12-24"}}, None),
        ({"expectedSupplyDuration": {"value": 0, "unit": "days"}}, None),
        ({"expectedSupplyDuration": {"value": 36_500, "unit": "days"}}, 36_500),
        ({"expectedSupplyDuration": {"value": 36_501, "unit": "days"}}, None),
    ],
)
def test_days_of_the_supply_are_those_of_its_fills(dispense, lasts, read):
    assert read(request(dispenseRequest=dispense)).supply_days == lasts


SIXTY = {"quantity": {"value": 60, "unit": "tablet"}}


def as_needed(tablets, **more):
    return {"dosageInstruction": [{**TWICE, "asNeededBoolean": True, **more}],
            "dispenseRequest": {"quantity": {"value": tablets, "unit": "tablet"}}}  # fmt: skip


@pytest.mark.parametrize(
    ("given", "lasts"),
    [
        (as_needed(60), 30),
        (as_needed(60, asNeededBoolean=False), 30),
        (as_needed(60, maxDosePerPeriod={"numerator": {"value": 1, "unit": "tablet"},
                                         "denominator": {"value": 1, "code": "d"}}), 60),
        (as_needed(60, maxDosePerPeriod={"numerator": {"value": 10, "unit": "mg"},
                                         "denominator": {"value": 1, "code": "d"}}), 30),
        (as_needed(60, timing={}), None),
        ({**as_needed(60), "dispenseRequest": {"quantity": {"value": 60, "unit": "tablet"},
                                               "numberOfRepeatsAllowed": 2}}, 90),
        ({**as_needed(60), "dispenseRequest": {"quantity": {"value": 60, "unit": "tablet"},
                                               "numberOfRepeatsAllowed": 100}}, 3000),
        ({**as_needed(60), "dispenseRequest": {}}, None),
        ({**as_needed(60), "dosageInstruction": [TWICE, {**TWICE, "asNeededBoolean": True}]}, 15),
        (as_needed(60) | {"dispenseRequest": {**SIXTY, "expectedSupplyDuration": {"value": 90, "code": "d"}}}, 90),
    ],
    ids=["as often as permitted", "scheduled", "a maximum a day", "a maximum in another unit", "no frequency",
         "refills", "more refills than there are", "no quantity", "scheduled as well", "the days are told"],
)  # fmt: skip
def test_what_is_as_needed_lasts_at_least_as_long_as_it_is_taken_whenever_permitted(given, lasts, read):
    assert read(request(**given)).supply_days == lasts


def begun_on(day):
    return {"dosageInstruction": [{**TWICE, "timing": {"repeat": {"boundsPeriod": {"start": day}}}}]}


@pytest.mark.parametrize(
    ("given", "begins"),
    [
        ({}, None),
        ({"authoredOn": "2026-01-31"}, None),
        ({"dispenseRequest": {"validityPeriod": {"start": "2026-02-28"}}}, "2026-02-28"),
        (begun_on("2026-02-28"), "2026-02-28"),
        ({**begun_on("2026-02-28"), "dispenseRequest": {"validityPeriod": {"start": "2026-02-20"}}}, "2026-02-28"),
        ({**begun_on("2026-01-31"), "dispenseRequest": {"validityPeriod": {"start": "2026-02-20"}}}, "2026-02-20"),
        ({"effectiveDosePeriod": {"start": "2026-02-28"}}, "2026-02-28"),
        ({"authoredOn": "2026-02-01", **begun_on("2026-02-01")}, "2026-01-31"),
        ({"authoredOn": "2026-02-01", "dispenseRequest": {"validityPeriod": {"start": "2026-02-01"}}}, "2026-01-31"),
        ({"authoredOn": "2026-02-01", **begun_on("2026-03-01")}, "2026-03-01"),
    ],
    ids=["nothing said", "only written", "not to be filled before", "its first dose", "the dose is later",
         "the fill is later", "the period of R5", "written this evening, the dose", "written this evening, the fill",
         "written this evening for later"],
)  # fmt: skip
def test_day_from_which_on_it_is_taken(given, begins, read):
    found = read(request(**given)).begins
    assert (found and found.isoformat()) == begins


ONCE = {**TWICE, "timing": {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}}


@pytest.mark.parametrize(
    ("instructions", "ends"),
    [
        ([TWICE, ONCE], "2025-10-21"),
        ([TWICE, {**ONCE, "asNeededBoolean": True}], None),
        ([TWICE, {"text": "as directed"}], None),
        ([{**TWICE, "sequence": 1}, {**ONCE, "sequence": 1}], "2025-10-21"),
        ([{**TWICE, "sequence": 1}, {**ONCE, "sequence": 2}], None),
        ([], None),
    ],
    ids=["added", "one as needed", "one unreadable", "taken together", "steps", "none"],
)
def test_quantity_lasts_as_long_as_all_that_is_scheduled_of_it(instructions, ends, read):
    given = request(dispenseRequest=SIXTY, authoredOn="2025-10-01", dosageInstruction=instructions)
    assert read(given).supply_ends == (ends and date.fromisoformat(ends))


@pytest.mark.parametrize(
    "instruction",
    [
        {**TWICE, "asNeededBoolean": True},
        {"text": "as directed"},
        {"doseAndRate": TWICE["doseAndRate"]},
        {**TWICE, "doseAndRate": [{"doseQuantity": {"value": 0, "unit": "tablet"}}]},
    ],
)
def test_quantity_tells_no_length_when_it_is_open_how_fast_it_is_used(instruction, read):
    order = request(
        authoredOn="2025-10-01",
        dispenseRequest={"quantity": {"value": 60, "unit": "tablet"}},
        dosageInstruction=[instruction],
    )
    assert read(order).supply_ends is None


def test_rate_that_is_said_to_be_supplied_tells_no_length(read):
    rate = {"value": 25, "unit": "mcg/h"}
    worn = {"timing": {"repeat": {"frequency": 1, "period": 72, "periodUnit": "h"}},
            "doseAndRate": [{"doseQuantity": rate}]}  # fmt: skip
    order = request(
        authoredOn="2025-10-01",
        medicationCodeableConcept={"text": "fentanyl 25 mcg/h patch"},
        dispenseRequest={"quantity": {"value": 250, "unit": "mcg/h"}},
        dosageInstruction=[worn],
    )
    assert read(order).supply_ends is None


def test_lengths_of_all_steps_are_the_supply(read):
    steps = [
        {
            **TWICE,
            "sequence": number,
            "timing": {"repeat": {**TWICE["timing"]["repeat"], "boundsDuration": {"value": 7, "code": "d"}}},
        }
        for number in (1, 2)
    ]
    found = read(request(authoredOn="2026-01-01", dosageInstruction=steps)).supply_ends
    assert abs((found - date(2026, 1, 14)).days) <= 1


@pytest.mark.parametrize(
    ("given", "started"),
    [
        ({"authoredOn": "2025-05-01"}, "2025-05-01"),
        ({"dateWritten": "2025-05-01T10:00:00Z"}, "2025-05-01"),
        ({"resourceType": "MedicationStatement", "dateAsserted": "2025-05-01"}, "2025-05-01"),
        ({"authoredOn": "2025-05-01", "effectivePeriod": {"start": "2025-06-01"}}, "2025-06-01"),
        (
            {
                "authoredOn": "2025-05-01",
                "dosageInstruction": [
                    {
                        **TWICE,
                        "timing": {"repeat": {**TWICE["timing"]["repeat"], "boundsPeriod": {"start": "2025-05-10"}}},
                    }
                ],
            },
            "2025-05-10",
        ),
        ({}, None),
        ({"authoredOn": "soon"}, None),
    ],
)
def test_first_day_of_an_order(given, started, read):
    assert read(request(**given)).started == (started and date.fromisoformat(started))


# ---- links ----


def ref(*names):
    return [{"reference": name} for name in names]


def test_order_names_the_orders_that_it_replaces_fulfils_or_is(read):
    order = read(
        request(
            priorPrescription={"reference": "MedicationRequest/p"},
            basedOn=ref("https://ehr.example.org/fhir/MedicationRequest/q/_history/1", "MedicationRequest/a"),
            derivedFrom=ref("MedicationRequest/r"),
        )
    )
    assert order.replaces == {"MedicationRequest/p"}
    assert order.fulfils == {"MedicationRequest/q"}
    assert order.same_as == {"MedicationRequest/r"}


@pytest.mark.parametrize("value", [None, [], "x", {"display": "old one"}, [{"reference": 5}]])
def test_link_that_names_nothing_is_none(value, read):
    order = read(request(priorPrescription=value, basedOn=value))
    assert (order.replaces, order.fulfils) == (frozenset(), frozenset())


# ---- what it is for ----

METHADONE = concept("864706")
DISORDER, PAIN = concept("F11.20", "http://hl7.org/fhir/sid/icd-10-cm"), {"text": "low back pain"}
CONDITION = {"resourceType": "Condition", "id": "c", "code": DISORDER}


@pytest.mark.parametrize(
    ("given", "purpose"),
    [
        ({}, Purpose.NOT_STATED),
        ({"reasonCode": [PAIN]}, Purpose.PAIN),
        ({"reasonCode": [DISORDER]}, Purpose.OPIOID_USE_DISORDER),
        ({"reasonCode": [PAIN, DISORDER]}, Purpose.OPIOID_USE_DISORDER),
        ({"reasonCodeableConcept": DISORDER}, Purpose.OPIOID_USE_DISORDER),
        ({"reasonForUseCodeableConcept": DISORDER}, Purpose.OPIOID_USE_DISORDER),
        ({"reason": [{"concept": DISORDER}]}, Purpose.OPIOID_USE_DISORDER),
        ({"reason": [{"reference": {"reference": "Condition/c"}}]}, Purpose.OPIOID_USE_DISORDER),
        ({"reasonReference": ref("Condition/c")}, Purpose.OPIOID_USE_DISORDER),
        ({"reasonReference": ref("#c"), "contained": [CONDITION]}, Purpose.OPIOID_USE_DISORDER),
        ({"reasonReference": [{"display": "Opioid use disorder"}]}, Purpose.OPIOID_USE_DISORDER),
        ({"reasonReference": ref("Condition/elsewhere")}, Purpose.PAIN),
        ({"dosageInstruction": [{"text": "10 mg daily for opioid use disorder"}]}, Purpose.OPIOID_USE_DISORDER),
        ({"dosageInstruction": [{"text": "10 mg daily, not for opioid use disorder"}]}, Purpose.NOT_STATED),
        ({"dosageInstruction": [{"text": "10 mg daily. Do not take for opioid withdrawal"}]}, Purpose.NOT_STATED),
        ({"dosageInstruction": [{"text": "10 mg daily for pain"}]}, Purpose.NOT_STATED),
        (
            {"dosageInstruction": [], "dosage": [{"text": "10 mg daily for opioid use disorder"}]},
            Purpose.OPIOID_USE_DISORDER,
        ),
        ({"reasonForUseReference": ref("Condition/c")}, Purpose.OPIOID_USE_DISORDER),
    ],
)
def test_reason_of_methadone_is_looked_for_wherever_it_may_stand(given, purpose, knowledge):
    body = bundle({**request(medicationCodeableConcept=METHADONE), **given}, CONDITION)
    [order] = read_orders(body, knowledge.recogniser, TODAY)
    assert order.content.purpose is purpose


def test_reason_of_other_opioids_changes_nothing(read):
    assert read(request(reasonCode=[DISORDER])).content.purpose is not Purpose.OPIOID_USE_DISORDER


# ---- directions ----


@pytest.mark.parametrize("name", ["dosageInstruction", "dosage"])
@pytest.mark.parametrize("as_list", [True, False])
def test_directions_are_found_under_either_name(name, as_list, read):
    order = {key: value for key, value in request().items() if key != "dosageInstruction"}
    assert len(read({**order, name: [TWICE] if as_list else TWICE}).content.sigs) == 1


def test_timing_of_drafts_of_dstu2_is_found(read):
    instruction = {"scheduledTiming": TWICE["timing"], "doseQuantity": {"value": 1, "unit": "tablet"}}
    [sig] = read(request(dosageInstruction=[instruction])).content.sigs
    assert sig.frequency.high.rate == 2


def test_rendered_directions_of_r5_serve_when_there_are_no_others(read):
    order = {key: value for key, value in request().items() if key != "dosageInstruction"}
    [sig] = read({**order, "renderedDosageInstruction": "1 tablet twice a day"}).content.sigs
    assert (sig.dose.high, sig.frequency.high.rate) == (1, 2)


@pytest.mark.parametrize("instructions", [[{}], [{"timing": TWICE["timing"]}], {"sequence": 1}])
def test_rendered_directions_of_r5_complete_the_only_instruction_where_it_has_no_words(instructions, read):
    order = request(dosageInstruction=instructions, renderedDosageInstruction="1 tablet twice a day")
    [sig] = read(order).content.sigs
    assert (sig.dose.high, sig.frequency.high.rate) == (1, 2)


def test_rendered_directions_of_r5_stand_behind_an_instructions_own_words(read):
    own = [{"text": "2 tablets twice a day"}]
    for instructions in (own, [{"patientInstruction": "2 tablets twice a day"}], [*own, *own]):
        order = request(dosageInstruction=instructions, renderedDosageInstruction="1 tablet twice a day")
        assert {sig.dose.high for sig in read(order).content.sigs} == {2}


@pytest.mark.parametrize("name", ["text", "patientInstruction"])
def test_written_directions_that_say_more_than_the_structure_are_kept_to_be_compared(name, read):
    one = {**TWICE, "doseAndRate": [{"doseQuantity": {"value": 1, "unit": "tablet"}}], name: "2 tablets twice a day"}
    [written] = read(request(dosageInstruction=[one])).content.written
    assert written.dose.high == 2


TURNED = {"start": "2199-01-01", "end": "1999-01-01"}


@pytest.mark.parametrize(
    "given",
    [
        {"effectivePeriod": TURNED},
        {"effectiveDosePeriod": TURNED},
        {"dispenseRequest": {"validityPeriod": TURNED}},
        {"effectivePeriod": {"start": "2026-01-02", "end": "2026-01-01"}},
    ],
)
def test_a_period_that_ends_before_it_begins_takes_no_order_away_and_is_said(given, read):
    order = read(request(**given))
    assert (order.outside, order.started, order.supply_ends) == (None, read(request()).started, None)
    assert order.content.assumptions == (TURNED_ROUND,)


@pytest.mark.parametrize("given", [{}, {"effectivePeriod": {"start": "2026-01-01", "end": "2026-01-01"}}])
def test_a_period_of_one_day_is_not_turned_round(given, read):
    assert read(request(**given)).content.assumptions == ()


PATCH = concept("245134")  # fentanyl 25 mcg/h
RATES = {
    "rateQuantity": lambda rate: {"rateQuantity": {"value": rate, "unit": "ug/h"}},
    "rateRatio": lambda rate: {"rateRatio": {"numerator": {"value": rate, "unit": "ug"}, "denominator": HOUR}},
}
HOUR = {"value": 1, "unit": "h"}
CHANGED = {"timing": {"repeat": {"frequency": 1, "period": 72, "periodUnit": "h"}}}


@pytest.mark.parametrize("flat", [True, False], ids=["flat", "in the list"])
@pytest.mark.parametrize("name", RATES)
@pytest.mark.parametrize(("patches", "rate", "others"), [(1, 25, [25]), (2, 50, [50]), (1, 75, [75])])
def test_what_a_patch_gives_an_hour_restates_how_many_are_worn(patches, rate, others, name, flat, read):
    said = {"doseQuantity": {"value": patches, "unit": "patch"}, **RATES[name](rate)}
    one = {**CHANGED, **(said if flat else {"doseAndRate": [said]})}
    [sig] = read(request(medicationCodeableConcept=PATCH, dosageInstruction=[one])).content.sigs
    assert (sig.dose.high, sig.dose.noun) == (patches, "patch")
    assert [(other.dose.high, other.of_one_kind) for other in sig.restated] == [(one, True) for one in others]


@pytest.mark.parametrize("rate", [{"rateQuantity": {"value": 5, "unit": "mL/h"}}, {"rateRange": {"low": {"value": 1}}}])
def test_the_rate_of_an_infusion_restates_no_dose(rate, read):
    said = {"doseQuantity": {"value": 10, "unit": "mg"}, **rate}
    [sig] = read(request(dosageInstruction=[{**TWICE, "doseAndRate": [said]}])).content.sigs
    assert (sig.dose.high, sig.restated) == (10, ())


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({}, False),
        ({"asNeededBoolean": True}, True),
        ({"asNeededBoolean": False}, False),
        ({"asNeeded": True}, True),
        ({"asNeededCodeableConcept": PAIN}, True),
        ({"asNeededFor": [PAIN]}, True),
        ({"asNeededFor": []}, False),
        ({"text": "1 tablet twice a day as needed for pain"}, True),
        ({"text": "1 tablet twice a day as needed for pain", "asNeededBoolean": False}, False),
    ],
)
def test_as_needed_is_found_where_each_release_puts_it(given, needed, read):
    [sig] = read(request(dosageInstruction=[{**TWICE, **given}])).content.sigs
    assert sig.as_needed is needed


@pytest.mark.parametrize(
    ("beside", "count"),
    [
        ({"text": "Take with food."}, 1),
        ({"sequence": 2, "patientInstruction": "Swallow whole"}, 1),
        ({"text": "Take with food", "timing": TWICE["timing"]}, 2),
        ({"text": "take 1 tablet at bedtime"}, 2),
        ({"text": "and one more if the pain is bad"}, 2),
        ({"text": "as needed"}, 2),
        ({}, 2),
    ],
)
def test_instruction_that_only_advises_adds_nothing(beside, count, read):
    assert len(read(request(dosageInstruction=[TWICE, beside])).content.sigs) == count
    assert len(read(request(dosageInstruction=[beside])).content.sigs) == 1


@pytest.mark.parametrize(
    ("given", "needed"),
    [
        ({}, True),
        ({"asNeededBoolean": False}, False),
        ({"timing": TWICE["timing"]}, False),
        ({"doseQuantity": {"value": 1, "unit": "tablet"}}, False),
        ({"maxDosePerPeriod": {"numerator": {"value": 2}, "denominator": {"value": 1, "unit": "d"}}}, False),
    ],
)
def test_words_that_only_say_the_most_leave_the_rest_to_the_patient(given, needed, read):
    for words in ("take up to 2 tablets a day", "take up to 2 tablets a day by mouth"):
        [sig] = read(request(dosageInstruction=[{**given, "text": words}])).content.sigs
        assert (sig.as_needed, len(sig.ceilings)) == (needed, 1)


@pytest.mark.parametrize(
    ("bounds", "words", "length"),
    [
        ({"boundsDuration": {"value": 14, "code": "d"}}, "1 tablet twice a day", 14),
        ({}, "1 tablet twice a day for 7 days", 7),
        ({"boundsDuration": {"value": 14, "code": "d"}}, "1 tablet twice a day for 7 days", 14),
    ],
)
def test_length_comes_from_the_structure_or_else_from_the_words(bounds, words, length, read):
    timing = {"repeat": {**TWICE["timing"]["repeat"], **bounds}}
    [sig] = read(request(dosageInstruction=[{"timing": timing, "text": words}])).content.sigs
    assert sig.duration == length


MOST = {"numerator": {"value": 4, "unit": "tablet"}, "denominator": {"value": 1, "unit": "d"}}


def test_route_and_maximum_come_from_the_structure_where_it_has_them(read):
    given = {
        "route": {"text": "rectal"},
        "maxDosePerPeriod": MOST,
        "text": "1 tablet by mouth every 4 hours, max 8/day",
    }
    [sig] = read(request(dosageInstruction=[given])).content.sigs
    assert (sig.dose.high, sig.route, [one.value for one in sig.ceilings]) == (1, Route.RECTAL, [4])


def test_parts_in_words_belong_to_the_step_that_they_stand_in(read):
    parts = "1 tab in the morning and 2 at bedtime"
    steps = [{"sequence": 1, "text": parts}, {"sequence": 2, "text": parts.replace("2", "1")}]
    assert [sig.sequence for sig in read(request(dosageInstruction=steps)).content.sigs] == [1, 1, 2, 2]


def test_words_beside_steps_are_not_compared_with_all_of_them(read):
    steps = [{**TWICE, "sequence": number, "text": f"{number} tablets 4 times a day"} for number in (1, 2)]
    assert read(request(dosageInstruction=steps)).content.written == ()
    assert len(read(request(dosageInstruction=steps[1:])).content.written) == 1


def test_very_long_directions_are_read_like_short_ones(read):
    long = [{**TWICE, "additionalInstruction": [{"text": "x" * 5000}]}]
    assert read(request(dosageInstruction=long)).content.sigs == read(request()).content.sigs


@pytest.mark.parametrize(("authored", "counted_days"), [("2026-01-20", (date(2026, 1, 20),)), (None, ())])
def test_one_time_dose_is_taken_on_the_day_of_its_order(authored, counted_days, read):
    once = {"doseAndRate": TWICE["doseAndRate"], "timing": {"repeat": {"count": 1}}}
    given = {"authoredOn": authored} if authored else {}
    [sig] = read(request(dosageInstruction=[once], **given)).content.sigs
    assert sig.days == counted_days
    once["timing"]["repeat"]["boundsPeriod"] = {"start": "2026-01-25"}
    [sig] = read(request(dosageInstruction=[once], **given)).content.sigs
    assert sig.days == (date(2026, 1, 25),), "the day that is stated"


# ---- how orders name one another ----


def of_bundle(knowledge, *entries):
    body = {"resourceType": "Bundle", "entry": [{"fullUrl": url, "resource": one} for url, one in entries]}
    return read_orders(body, knowledge.recogniser, TODAY)


def test_method_tells_an_injection_where_no_route_is_stated(read):
    def routes(**given):
        found = read(request(medicationCodeableConcept={"text": "morphine"}, dosageInstruction=[{**TWICE, **given}]))
        return [sig.route_of(found.prescription.product) for sig in found.prescription.sigs]

    assert routes(method={"text": "Inject"}) == [Route.INJECTION]
    assert routes(method={"text": "Inject"}, route={"text": "oral"}) == [Route.ORAL]
    assert routes(method={"text": "Swallow"}) == [None]


@pytest.mark.parametrize("inside", [False, True])
def test_modifier_extension_that_nobody_knows_is_said(inside, read):
    modifier = {"modifierExtension": [{"url": "urn:example:reversed", "valueBoolean": True}]}
    found = read(request(dosageInstruction=[{**TWICE, **modifier}]) if inside else request(**modifier)).prescription
    said = found.sigs[0].assumptions if inside else found.assumptions
    assert said == ("the order holds a modifier extension that is not known here: counted without it",)


def test_order_is_known_by_its_identifiers(read):
    found = read(request(identifier=[{"system": "urn:x", "value": "1"}, {"value": "2"}, {"system": "urn:y"}]))
    assert found.names == {"urn:x|1", "|2"}


def test_order_may_name_another_by_identifier(read):
    named = {"identifier": {"system": "urn:x", "value": "1"}}
    assert read(request(priorPrescription=named)).replaces == {"urn:x|1"}
    assert read(request(priorPrescription={**named, "reference": "MedicationRequest/b"})).replaces == {
        "MedicationRequest/b"
    }


@pytest.mark.parametrize("id_", ["b", None])
def test_order_may_name_another_by_its_address_in_the_bundle(id_, knowledge):
    prior = {name: value for name, value in request(id=id_).items() if value is not None}
    draft = request(priorPrescription={"reference": "urn:uuid:1"})
    first, second = of_bundle(knowledge, ("urn:uuid:1", prior), ("urn:uuid:2", draft))
    assert second.replaces == {first.key}
    assert first.reference == ("MedicationRequest/b" if id_ else "Bundle.entry[0].resource")


def test_address_that_is_not_in_the_bundle_stays_as_it_is(knowledge):
    [only] = of_bundle(knowledge, ("urn:uuid:1", request(basedOn=[{"reference": "urn:uuid:9"}])))
    assert only.fulfils == {"urn:uuid:9"}
