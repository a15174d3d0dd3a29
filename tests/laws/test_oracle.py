"""The service and the naive calculator agree on orders of every shape."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import event, given, settings

from fhir_mappings.calculator import calculate
from opioids import knowledge as known
from tests.oracle import Outcome, Verdict, judge, judge_all
from tests.releases import all_releases
from tests.strategies import TODAY, charts, orders

KNOWN = known.load()

CLOSE = Fraction(1, 10**15)


def bundle(resources):
    return {"resourceType": "Bundle", "entry": [{"resource": one} for one in resources]}


def outcomes(body, table="cdc-2022") -> dict[str, list[Outcome]]:
    total = calculate(body, knowledge=KNOWN, table=KNOWN.tables[table], as_of=TODAY)
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


@settings(max_examples=1500)
@given(orders())
def test_an_order_comes_to_what_the_naive_calculator_says(order):
    [found] = outcomes(order)["a"]
    verdict = judge(order, TODAY)
    event(f"{found.kind} {found.reason}")
    assert allows(verdict, found), (found, verdict)


@settings(max_examples=400)
@given(charts())
def test_orders_together_come_to_what_the_naive_calculator_says(chart):
    found = outcomes(bundle(chart))
    for order, verdict in zip(chart, judge_all(chart, TODAY), strict=True):
        assert any(allows(verdict, one) for one in found[order["id"]]), (order["id"], found, verdict)


@settings(max_examples=400)
@given(orders())
def test_an_order_means_the_same_in_every_release_that_can_say_it(order):
    written = all_releases(order)
    event(" ".join(written))
    assert {release: outcomes(body) for release, body in written.items()} == dict.fromkeys(written, outcomes(order))


@pytest.mark.parametrize("table", ["cdc-2016", "cdc-2022"])
@settings(max_examples=150)
@given(order=orders())
def test_no_table_makes_the_naive_calculator_disagree_on_what_is_ignored(table, order):
    [found] = outcomes(order, table)["a"]
    verdict = judge(order, TODAY, table)
    assert (found.kind == "ignored") <= any(one.kind == "ignored" for one in verdict)
