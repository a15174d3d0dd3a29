"""The tables of taper plans: every step to the tablet, with its date, its MME and its percentages."""

from __future__ import annotations

import pytest

from tests.spec.plans import planned, row_of
from tests.spec.tables import tables_of

[ASKED, *PLANS] = tables_of("tapers")


def test_every_case_has_its_plan():
    assert [plan.heading for plan in PLANS] == [row["id"] for row in ASKED.rows]


@pytest.mark.parametrize(
    ("row", "plan"), list(zip(ASKED.rows, PLANS, strict=True)), ids=[row["id"] for row in ASKED.rows]
)
def test_plan_goes_as_the_table_says(row, plan, knowledge):
    made = planned(row, knowledge)
    assert [row_of(step, made) for step in made.steps] == list(plan.rows)
