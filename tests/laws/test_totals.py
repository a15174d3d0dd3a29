"""Laws that hold for the total of any orders, sensible or not."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from opioids.quantities import shown
from tests.arithmetic import redone
from tests.bundles import bundle
from tests.laws.totals import KNOWN, fates, total_of
from tests.oracle.drugs import INGREDIENTS, PRODUCTS, RXNORM
from tests.strategies import HARMLESS, SHAPES, SNOMED, charts, concept, ingredient_of, orders

LISINOPRIL = {
    "resourceType": "MedicationRequest",
    "id": "lisinopril",
    "status": "active",
    "intent": "order",
    "medicationCodeableConcept": {**concept(RXNORM[0], "314076"), "text": "lisinopril 10 MG Oral Tablet"},
    "dosageInstruction": [{"text": "1 tablet daily"}],
}


TABLES = sorted(KNOWN.tables)
WITHOUT_NUMBERS = str.maketrans("", "", "0123456789.")


@settings(max_examples=150)
@given(chart=charts(), randomly=st.randoms(use_true_random=False))
def test_total_does_not_depend_on_the_order_of_entries(chart, randomly):
    shuffled = list(chart)
    randomly.shuffle(shuffled)
    assert fates(total_of(bundle(shuffled))) == fates(total_of(bundle(chart)))


@settings(max_examples=200)
@given(charts())
def test_each_order_is_counted_or_uncounted_or_ignored_exactly_once(chart):
    total = total_of(bundle(chart))
    counted = {line.reference for line in total.counted}
    others = [one.reference for one in (*total.uncounted, *total.ignored)]
    given_ = Counter(f"MedicationRequest/{order['id']}" for order in chart)
    assert Counter([*counted, *others]) == given_


@settings(max_examples=200)
@given(charts())
def test_total_is_the_sum_of_its_lines_and_complete_when_nothing_is_uncounted(chart):
    total = total_of(bundle(chart))
    for name in ("scheduled", "maximum"):
        exact = sum((Fraction(getattr(line.mme_per_day, name)) for line in total.counted), Fraction(0))
        assert abs(Fraction(getattr(total, name)) - exact) <= Fraction(1, 2 * 10**6)
    assert total.complete is (not total.uncounted)


@settings(max_examples=150)
@given(charts())
def test_an_unrelated_order_changes_nothing(chart):
    before = fates(total_of(bundle(chart)))
    after = fates(total_of(bundle([*chart, LISINOPRIL])))
    assert after.pop("MedicationRequest/lisinopril")[0][:2] == ("ignored", "not-an-opioid")
    assert after == before


@settings(max_examples=200)
@given(orders())
def test_what_is_scheduled_is_never_more_than_the_maximum(order):
    total = total_of(order)
    for line in total.counted:
        assert 0 <= line.mme_per_day.scheduled <= line.mme_per_day.maximum
        assert 0 <= line.dose_per_day.scheduled <= line.dose_per_day.maximum
        assert line.mme_per_day.maximum <= 2000
    assert total.scheduled <= total.maximum


@settings(max_examples=200)
@given(orders())
def test_a_stated_maximum_never_raises(order):
    capped = [one for one in order["dosageInstruction"] if "maxDosePerPeriod" in one]
    assume(capped)
    free = {
        **order,
        "dosageInstruction": [
            {name: value for name, value in one.items() if name != "maxDosePerPeriod"}
            for one in order["dosageInstruction"]
        ],
    }
    [with_], [without] = fates(total_of(order)).values(), fates(total_of(free)).values()
    if with_[0][0] == without[0][0] == "counted":
        event("counted")
        assert with_[0][3] <= without[0][3]
        assert with_[0][2] <= without[0][2]


@settings(max_examples=200)
@given(order=orders(), randomly=st.randoms(use_true_random=False))
def test_the_order_of_codings_never_matters(order, randomly):
    codings = same_drug(order)
    fate = fates(total_of(with_codings(order, codings)))
    randomly.shuffle(codings)
    assert fates(total_of(with_codings(order, codings))) == fate


def same_drug(order):
    """The order's coding with less specific ones of the same drug, and a local one that says nothing."""
    name = ingredient_of(order)
    codings = [*order["medicationCodeableConcept"]["coding"], {"system": "urn:example:local", "code": "4711"}]
    if name in INGREDIENTS:
        row = INGREDIENTS[name]
        for system, code in ((RXNORM[0], row["rxcui"]), (SNOMED, row["snomed"].split("|")[0])):
            if code:
                codings.append({"system": system, "code": code})
    return codings


def with_codings(order, codings):
    return {**order, "medicationCodeableConcept": {"coding": codings}}


@settings(max_examples=200)
@given(order=orders(), case=st.sampled_from([str.upper, str.lower, str.title]))
def test_the_letter_case_of_a_unit_never_matters(order, case):
    def changed(node):
        if isinstance(node, dict):
            return {name: case(value) if name == "unit" else changed(value) for name, value in node.items()}
        return [changed(one) for one in node] if isinstance(node, list) else node

    instructions = [
        {**one, "doseAndRate": changed(one["doseAndRate"])} if "doseAndRate" in one else one
        for one in order["dosageInstruction"]
    ]
    assert fates(total_of({**order, "dosageInstruction": instructions})) == fates(total_of(order))


@settings(max_examples=200)
@given(orders())
def test_an_undated_order_comes_to_the_same_whether_it_is_written_or_taken(order):
    undated = {name: value for name, value in order.items() if name not in ("authoredOn", "dispenseRequest")}
    assume("bounds" not in str(order["dosageInstruction"]) and "count" not in str(order["dosageInstruction"]))
    assume(order["intent"] not in ("plan", "proposal", "option"))
    active, draft = ({**undated, "status": status} for status in ("active", "draft"))
    assert fates(total_of(draft)) == fates(total_of(active))


@settings(max_examples=150)
@given(orders(), st.sampled_from(TABLES))
def test_the_arithmetic_of_a_line_can_be_redone_by_hand(order, table):
    for line in total_of(order, table).counted:
        found = redone(line.arithmetic)
        event(line.arithmetic.partition("; ")[0].translate(WITHOUT_NUMBERS)[-40:])
        assert found.maximum == Decimal(shown(line.mme_per_day.maximum))
        if found.scheduled is None:
            assert line.mme_per_day.scheduled in (0, line.mme_per_day.maximum)
        else:
            assert found.scheduled == Decimal(shown(line.mme_per_day.scheduled))


@settings(max_examples=100)
@given(st.lists(orders(), min_size=2, max_size=4))
def test_orders_that_do_not_speak_of_one_another_add_up(found):
    alone: dict[str, list] = {}
    chart = []
    for number, order in enumerate(found):
        named = {**order, "id": f"o{number}", "status": "active"}
        chart.append(named)
        alone |= fates(total_of(named))
    assert fates(total_of(bundle(chart))) == alone


@pytest.mark.parametrize(("system", "code"), HARMLESS)
def test_what_is_no_opioid_is_ignored(system, code):
    [[fate]] = fates(total_of({**LISINOPRIL, "medicationCodeableConcept": concept(system, code)})).values()
    assert fate[0] == "ignored"


def test_every_product_of_the_formulary_is_found_by_its_code():
    for rxcui, rows in PRODUCTS.items():
        [[fate]] = fates(total_of({**LISINOPRIL, "medicationCodeableConcept": concept(RXNORM[0], rxcui)})).values()
        if rows[0]["use"] == "veterinary":
            assert fate[:2] == ("ignored", "not-an-opioid"), rxcui
            continue
        assert fate[1] not in ("not-an-opioid", "product-unknown", "resource-invalid", "antagonist"), rxcui


def test_strategies_draw_from_every_product():
    assert {rxcui for shape in SHAPES for rxcui in shape} == set(PRODUCTS)
