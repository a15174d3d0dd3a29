"""The service and the naive calculator agree on orders of every shape."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from fhir_mappings.bundles import read_orders
from fhir_mappings.calculator import calculate
from opioids import knowledge as known
from opioids.mme import MmeTotal, mme_total
from opioids.regimen import regimen
from tests.bundles import bundle
from tests.oracle.drugs import RXNORM, Drug, drug_of
from tests.oracle.factors import TABLES
from tests.oracle.orders import judge, supplied_a_day
from tests.oracle.regimens import judge_all, judge_current, judge_proposed
from tests.oracle.verdicts import Outcome, Verdict
from tests.releases import all_releases
from tests.strategies import TODAY, charts, orders, regimens

KNOWN = known.load()

CLOSE = Fraction(1, 10**15)


def outcomes(body, table="cdc-2022") -> dict[str, list[Outcome]]:
    return outcomes_of(calculate(body, knowledge=KNOWN, table=KNOWN.tables[table], as_of=TODAY))


def outcomes_of(total: MmeTotal) -> dict[str, list[Outcome]]:
    found: dict[str, list[Outcome]] = {}
    for line in total.counted:
        mme = line.mme_per_day
        one = Outcome("counted", "", Fraction(mme.scheduled), Fraction(mme.maximum))
        found.setdefault(line.reference.partition("/")[2], []).append(one)
    for kind, items in (("uncounted", total.uncounted), ("ignored", total.ignored)):
        for other in items:
            found.setdefault(other.reference.partition("/")[2], []).append(Outcome(kind, other.reason.value))
    return found


def allows(verdict: Verdict, found: Outcome) -> bool:
    return any(
        one.kind == found.kind
        and one.reason == found.reason
        and abs(one.scheduled - found.scheduled) <= CLOSE
        and abs(one.maximum - found.maximum) <= CLOSE
        for one in verdict
    )


@settings(max_examples=1000)
@given(orders())
def test_an_order_comes_to_what_the_naive_calculator_says(order):
    [found] = outcomes(order)["a"]
    verdict = judge(order, TODAY)
    event(f"{found.kind} {found.reason}")
    assert allows(verdict, found), (found, verdict)


@settings(max_examples=250)
@given(charts())
def test_orders_together_come_to_what_the_naive_calculator_says(chart):
    found = outcomes(bundle(chart))
    for order, verdict in zip(chart, judge_all(chart, TODAY), strict=True):
        assert any(allows(verdict, one) for one in found[order["id"]]), (order["id"], found, verdict)


@settings(max_examples=250)
@given(regimens())
def test_drafts_over_an_active_list_come_to_what_the_naive_calculator_says(lists):
    active, drafts = lists
    read = [read_orders(bundle(each), KNOWN.recogniser, TODAY) if each else [] for each in lists]
    taken = regimen(*read, TODAY)
    table = KNOWN.tables["cdc-2022"]
    current = outcomes_of(mme_total(taken.current, table, TODAY))
    for order, verdict in zip(active, judge_current(active, TODAY), strict=True):
        assert any(allows(verdict, one) for one in current[order["id"]]), (order["id"], current, verdict)
    proposed = outcomes_of(mme_total(taken.proposed, table, TODAY, being_written=taken.written))
    for order, verdict in zip([*active, *drafts], judge_proposed(active, drafts, TODAY), strict=True):
        assert any(allows(verdict, one) for one in proposed[order["id"]]), (order["id"], proposed, verdict)


@settings(max_examples=200)
@given(
    st.lists(st.tuples(st.sampled_from([1, 2, 3]), st.sampled_from([1, 2, 4]), st.booleans()), min_size=1, max_size=4)
)
def test_banded_factor_is_that_of_the_patients_total(doses):
    """Methadone before 2022, by hand: (above, up_to] 20, 40, 60 mg a day of all orders together."""
    chart, amounts = [], []
    for number, (tablets, a_day, needed) in enumerate(doses):
        chart.append(methadone(f"o{number}", tablets, a_day, as_needed=needed))
        amounts.append((Fraction(0 if needed else 10 * tablets * a_day), Fraction(10 * tablets * a_day)))
    total = calculate(bundle(chart), knowledge=KNOWN, table=KNOWN.tables["cdc-2016"], as_of=TODAY)
    scheduled, maximum = (sum(amount[index] for amount in amounts) for index in (0, 1))
    assert (total.scheduled, total.maximum) == (
        scheduled * methadone_in_2016(scheduled),
        maximum * methadone_in_2016(maximum),
    )


def methadone_in_2016(milligrams):
    return 4 if milligrams <= 20 else 8 if milligrams <= 40 else 10 if milligrams <= 60 else 12


def methadone(key, tablets, a_day, *, as_needed):
    timing = {"repeat": {"frequency": a_day, "period": 1, "periodUnit": "d"}}
    dose = {"doseQuantity": {"value": tablets, "unit": "tablet"}}
    return {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"coding": [{"system": RXNORM[0], "code": "864706"}]},
        "dosageInstruction": [{"timing": timing, "doseAndRate": [dose], "asNeededBoolean": as_needed}],
    }


@settings(max_examples=120)
@given(orders(extra="supply"))
def test_supply_is_stated_where_it_is_a_fifth_off_and_serves_where_nothing_else_is_written(order):
    drug = drug_of(order)
    assume(isinstance(drug, Drug))
    # Of steps nobody knows which of them a supply is for.
    assume(not any("sequence" in one or "bounds" in str(one) for one in order["dosageInstruction"]))
    supplied = supplied_a_day(order, drug)
    for line in calculate(order, knowledge=KNOWN, table=KNOWN.tables["cdc-2022"], as_of=TODAY).counted:
        counted = Fraction(line.dose_per_day.maximum)
        said = any("the dispensed supply comes to" in one for one in line.assumptions)
        served = any("counted from the dispensed quantity" in one for one in line.assumptions)
        event(f"said {said}, served {served}")
        assert not served or supplied is not None
        assert said is (supplied is not None and not served and abs(supplied - counted) > counted / 5)


@settings(max_examples=200)
@given(*[st.sampled_from([1, 2, 3, 4])] * 4)
def test_written_directions_are_stated_where_they_are_a_tenth_off(tablets, a_day, written_tablets, written_a_day):
    order = methadone("a", tablets, a_day, as_needed=False)
    words = f"take {written_tablets} tablets by mouth {written_a_day} times a day"
    order["dosageInstruction"][0]["text"] = words
    [line] = calculate(order, knowledge=KNOWN, table=KNOWN.tables["cdc-2022"], as_of=TODAY).counted
    counted, written = tablets * a_day, written_tablets * written_a_day
    assert line.dose_per_day.maximum == 10 * counted
    said = any(f"the written directions come to {10 * written} mg/day" in one for one in line.assumptions)
    assert said is (10 * abs(written - counted) > counted)


@settings(max_examples=250)
@given(orders())
def test_an_order_means_the_same_in_every_release_that_can_say_it(order):
    written = all_releases(order)
    event(" ".join(written))
    assert {release: outcomes(body) for release, body in written.items()} == dict.fromkeys(written, outcomes(order))


@pytest.mark.parametrize("table", TABLES)
@settings(max_examples=80)
@given(order=orders())
def test_an_order_comes_to_the_same_in_every_table(table, order):
    [found] = outcomes(order, table)["a"]
    verdict = judge(order, TODAY, table)
    event(f"{found.kind} {found.reason}")
    assert allows(verdict, found), (found, verdict)
