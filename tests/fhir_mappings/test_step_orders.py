"""Plans as FHIR: valid, and read back to what the plan says."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from fhir.resources.R4B.bundle import Bundle

from fhir_mappings.bundles import read_orders
from fhir_mappings.calculator import calculate, taken_now
from fhir_mappings.care_plans import PlanWords, care_plans
from fhir_mappings.releases import Release
from fhir_mappings.step_orders import WRITABLE, drafts_of, replaces_all, step_order
from opioids.tapers.pacing import Wish
from opioids.tapers.planning import plans
from tests.bundles import bundle
from tests.opioids.tapers.conftest import standard  # noqa: F401 - a fixture
from tests.spec.notation import order_of

TODAY = date(2026, 1, 31)

REGIMENS = {
    "extended and as needed": ["rx:1049584: 1 {tbl} 2/d", "rx:1049621: 1 {tbl} 3/d prn"],
    "two tablets as needed": ["rx:1049584: 1 {tbl} 2/d", "rx:1049621: 2 {tbl} 3/d prn"],
    "two orders of one product": ["rx:1049584: 1 {tbl} 1/d", "rx:1049584: 1 {tbl} 1/d"],
    "two patches": ["rx:245136: 1 {patch} q72h", "rx:245134: 1 {patch} q72h"],
    "a solution": ["rx:892589: 10 mL q8h"],
    "a solution as needed": ["rx:892589: 10 mL q8h prn"],
    "six times a day": ["rx:1049683: 1 {tbl} q4h"],
    "two tablets six times a day": ["rx:1049683: 2 {tbl} q4h"],
    "a combination": ["rx:856999: 1 {tbl} 4/d"],
    "several strengths": ["rx:1049599: 1 {tbl} 2/d"],
}


@pytest.fixture
def made(knowledge, standard):  # noqa: F811 - the fixture
    """The orders of a regimen, and its first plan."""

    def make(regimen, **wish):
        resources = [order_of(f"o{index}", *cell.split(": ", 1), {})[0] for index, cell in enumerate(regimen)]
        orders = read_orders(bundle(resources), knowledge.recogniser, TODAY)
        total = taken_now(orders, table=knowledge.tables["cdc-2022"], as_of=TODAY)
        return resources, plans(total, standard(), Wish(start=TODAY, **wish))

    return make


def words(dose, count):
    return f"{dose.units} x {count}"


@pytest.mark.parametrize("release", sorted(WRITABLE))
@pytest.mark.parametrize("regimen", REGIMENS.values(), ids=REGIMENS)
def test_drafts_over_the_present_orders_come_to_the_first_step(regimen, release, made, knowledge):
    resources, found = made(regimen)
    for plan in found:
        now, first = plan.steps[:2]
        drafts = drafts_of(now, first)
        assert replaces_all(now, first, drafts)
        written = [
            {"id": f"new{number}", **step_order(draft, first, "Patient/example", release, words)}
            for number, draft in enumerate(drafts)
        ]
        total = calculate(
            bundle([*resources, *written]), knowledge=knowledge, table=knowledge.tables["cdc-2022"], as_of=TODAY
        )
        assert total.uncounted == ()
        assert round(total.maximum, 2) == round(first.mme, 2)


@pytest.mark.parametrize("release", sorted(WRITABLE))
@pytest.mark.parametrize("regimen", ["two tablets as needed", "a solution as needed"])
def test_what_is_taken_as_needed_stays_so_in_the_draft(regimen, release, made, knowledge):
    _, found = made(REGIMENS[regimen])
    now, first = found[-1].steps[:2]
    drafts = [one for one in drafts_of(now, first) if one.doses[0].at_most is not None]
    assert drafts
    for draft in drafts:
        [order] = read_orders(
            {"id": "new", **step_order(draft, first, "Patient/example", release, words)}, knowledge.recogniser, TODAY
        )
        assert [sig.as_needed for sig in order.content.sigs] == [True]


def test_drafts_that_leave_an_order_in_force_are_known(made):
    _, [plan] = made(["rx:1049584: 1 {tbl} 1/d", "rx:1049574: 1 {tbl} 1/d"], percent=15)
    now, first = plan.steps[:2]
    drafts = drafts_of(now, first)
    assert len(drafts) == 1
    assert not replaces_all(now, first, drafts)


def test_orders_that_end_without_a_draft_of_their_own_are_named_in_the_plan(made):
    _, found = made(["rx:1049584: 1 {tbl} 1/d", "rx:1049574: 1 {tbl} 1/d"], percent=15)
    (care, *_) = care_plans(found, [said(plan) for plan in found], "Patient/example")["entry"]
    ends = "Ends with the first step, and no draft says so: MedicationRequest/o0"
    assert [note["text"] for note in care["resource"]["note"]] == ["note", ends]
    _, found = made(REGIMENS["a solution"])
    (care, *_) = care_plans(found, [said(plan) for plan in found], "Patient/example")["entry"]
    assert [note["text"] for note in care["resource"]["note"]] == ["note"]


def test_statement_cannot_be_replaced_by_an_order(made, knowledge, standard):  # noqa: F811 - the fixture
    statement = order_of("s", "rx:892589", "10 mL q8h", {"statement": ""})[0]
    orders = read_orders(bundle([statement]), knowledge.recogniser, TODAY)
    [plan] = plans(taken_now(orders, table=knowledge.tables["cdc-2022"], as_of=TODAY), standard(), Wish(start=TODAY))
    drafts = drafts_of(*plan.steps[:2])
    assert not replaces_all(*plan.steps[:2], drafts)
    assert "priorPrescription" not in step_order(drafts[0], plan.steps[1], "Patient/p", Release.R4, words)


def test_equal_doses_at_named_times_are_written_with_their_times_and_whole_numbers_without_a_point(made):
    _, [plan] = made(["rx:1049584: 1 {tbl} 2/d"], percent=Decimal(25))  # 40 mg twice a day, and then 30 mg
    now, first = plan.steps[:2]
    [draft] = drafts_of(now, first)
    written = step_order(draft, first, "Patient/example", Release.R4, words)
    repeats = [one["timing"]["repeat"] for one in written["dosageInstruction"]]
    assert [(one["frequency"], one["when"]) for one in repeats] == [(1, ["MORN"]), (1, ["EVE"])]
    values = [one["doseAndRate"][0]["doseQuantity"]["value"] for one in written["dosageInstruction"]]
    assert [repr(one) for one in values] == ["1", "1"]


def test_what_stays_as_it_is_needs_no_order(made):
    _, [extended, _] = made(REGIMENS["extended and as needed"])
    drafts = drafts_of(extended.steps[0], extended.steps[1])
    assert [draft.product.rxcui for draft in drafts] == ["1049574", "1049584"]
    assert {draft.prior for draft in drafts} == {"MedicationRequest/o0"}


def test_without_a_patient_the_draft_is_for_the_patient(made):
    _, [plan] = made(REGIMENS["a solution"])
    [draft] = drafts_of(plan.steps[0], plan.steps[1])
    written = step_order(draft, plan.steps[1], "", Release.R4, words)
    assert written["subject"] == {"display": "the patient"}


@pytest.mark.parametrize("regimen", REGIMENS.values(), ids=REGIMENS)
def test_plans_are_valid_care_plans_with_every_step(regimen, made):
    _, found = made(regimen)
    written = care_plans(found, [said(plan) for plan in found], "Patient/example")
    Bundle.model_validate(written)
    resources = [entry["resource"] for entry in written["entry"]]
    assert len({one["id"] for one in resources}) == len(resources)
    care = [one for one in resources if one["resourceType"] == "CarePlan"]
    assert len(care) == len(found)
    for one, plan in zip(care, found, strict=True):
        starts = [activity["detail"].get("scheduledPeriod", {}).get("start") for activity in one["activity"]]
        assert set(starts) - {None} == {step.start.isoformat() for step in plan.steps}
        events = one["activity"][-1]["detail"]["scheduledTiming"]["event"]
        assert events == [day.isoformat() for step in plan.steps for day in step.reviews]
        assert one["period"]["end"] == plan.steps[-1].end.isoformat()


def said(plan):
    return PlanWords(title="plan", notes=["note"], steps=[f"step {one.number}" for one in plan.steps], directions=words)


def test_supply_of_a_step_is_for_its_days(made):
    _, [plan] = made(REGIMENS["a solution"])
    written = care_plans([plan], [said(plan)], "")
    first = written["entry"][1]["resource"]
    assert first["dispenseRequest"]["quantity"]["value"] == 9 * 3 * 28
    patches, _ = made(REGIMENS["two patches"])[1], None
    detail = care_plans(patches, [said(patches[0])], "")["entry"][0]["resource"]["activity"][0]["detail"]
    assert detail["quantity"]["value"] == 10


# ---- which order a draft takes the place of ----


def changed(dose, references):
    """The same product with one unit more, in an order of its own or of these."""
    return replace(dose, units=dose.units + 1, references=references)


def priors(now, *doses):
    return [draft.prior.rpartition("/")[2] for draft in drafts_of(now, replace(now, number=1, doses=doses))]


def test_each_draft_takes_the_place_of_an_order_of_its_own_product(made):
    _, (plan, *_) = made(REGIMENS["extended and as needed"])
    extended, needed = (now := plan.steps[0]).doses[0], plan.steps[0].doses[-1]
    assert [extended.references, needed.references] == [("MedicationRequest/o0",), ("MedicationRequest/o1",)]
    both = changed(extended, extended.references), changed(needed, needed.references)
    assert priors(now, *both) == ["o0", "o1"]
    assert priors(now, *reversed(both)) == ["o1", "o0"]


def test_patches_of_one_strength_that_are_changed_at_different_times_have_drafts_of_their_own(made):
    _, (plan, *_) = made(REGIMENS["two patches"])
    one, other = plan.steps[0].doses
    often = replace(one, product=other.product, changed_hours=Decimal(48), references=one.references)
    drafts = drafts_of(plan.steps[0], replace(plan.steps[1], doses=(other, often)))
    assert [(draft.doses, draft.prior) for draft in drafts] == [((often,), one.references[0])]


def test_of_several_orders_the_first_is_replaced_first(made):
    _, (plan, *_) = made(REGIMENS["two orders of one product"])
    now = plan.steps[0]
    one = now.doses[0]
    assert one.references == ("MedicationRequest/o0", "MedicationRequest/o1")
    assert priors(now, changed(one, one.references)) == ["o0"]
    new, other = (changed(replace(one, product=replace(one.product, name=name)), ()) for name in ("new", "other"))
    assert priors(now, new, other) == ["o0", "o1"]
    assert priors(now, new, other, replace(other, product=replace(one.product, name="third"))) == ["o0", "o1", ""]
