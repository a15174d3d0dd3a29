"""What is said beside the numbers: figures of another table, and every assumption word for word."""

from __future__ import annotations

from fractions import Fraction

import pytest

from fhir_mappings.calculator import calculate
from tests.arithmetic import redone
from tests.releases import all_releases
from tests.spec.notation import options_of, order_of
from tests.spec.tables import AS_OF, tables_of, worked

[BESIDE] = tables_of("beside")
[ASSUMPTIONS] = tables_of("assumptions")


def totals_of(row, knowledge):
    """The total of a row's order in every release that can say it."""
    options = options_of(row["order"])
    order, beside = order_of("order", row["coded as"], row["directions"], options)
    body = {"resourceType": "Bundle", "entry": [{"resource": one} for one in (*beside, order)]}
    table = knowledge.tables[options.get("table", "cdc-2022")]
    return [calculate(one, knowledge=knowledge, table=table, as_of=AS_OF) for one in all_releases(body).values()]


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in BESIDE.rows])
def test_figure_beside_the_total_is_that_of_the_table(row, knowledge):
    for total in totals_of(row, knowledge):
        [order] = (*total.uncounted, *total.ignored)
        assert (total.maximum, order.reason.value) == (0, row["outcome"].partition(": ")[2])
        assert bool(total.supplements) is bool(row["maximum"])
        for one in total.supplements:
            assert (one.uncounted, one.table) == (order, "heal-2025")
            assert Fraction(one.mme_per_day.maximum) == worked(row["maximum"])
            assert Fraction(one.mme_per_day.scheduled) == worked(row["scheduled"])
            assert redone(one.arithmetic).maximum == one.mme_per_day.maximum


@pytest.mark.parametrize("row", [pytest.param(row, id=row["id"]) for row in ASSUMPTIONS.rows])
def test_line_says_what_was_assumed(row, knowledge):
    for total in totals_of(row, knowledge):
        [line] = total.counted
        assert " ;; ".join(line.assumptions) == row["says"]
