"""Of which steps of a plan cards will speak: whole plans are walked in tests/spec/test_walks.py."""

from __future__ import annotations

import pytest

from opioids.tapers.foretold import spoken_of
from tests.spec.plans import planned, standard_of

PATCH, TABLETS = "rx:245135: 1 {patch} q72h", "rx:1049584: 1 {tbl} 2/d"


def foretold(knowledge, taken, asked="", *, guideline="us-cdc-2022", days=800):
    row = {"taken": taken, "guideline": guideline, "asked": asked}
    plan = planned(row, knowledge)
    standard = standard_of(knowledge, guideline, dict(word.split("=", 1) for word in asked.split()))
    return spoken_of(plan, standard, days)


def test_patches_have_no_step_that_is_small_enough(knowledge):
    assert foretold(knowledge, PATCH) == (1, 2, 3, 4)


def test_what_tablets_can_follow_is_not_spoken_of(knowledge):
    assert foretold(knowledge, TABLETS) == ()


@pytest.mark.parametrize(
    ("guideline", "steps"), [("ca-2017", (1, 2, 3, 4)), ("au-2022", (1, 3, 4)), ("uk-nice-ng215", (3, 4))]
)
def test_each_guideline_speaks_by_its_own_pace(knowledge, guideline, steps):
    table = knowledge.guidelines[guideline].default_table
    assert foretold(knowledge, PATCH, f"table={table}", guideline=guideline) == steps


def test_a_pace_that_is_faster_than_the_guidelines_is_spoken_of(knowledge):
    """A first step of 12.5% is rounding, as long as it is alone."""
    assert foretold(knowledge, TABLETS, "profile=va-faster pace=20") == (2, 3, 4, 5, 6, 7, 8, 9)


def test_a_length_that_is_not_known_is_taken_for_a_long_one(knowledge):
    assert foretold(knowledge, PATCH, days=None) == foretold(knowledge, PATCH, days=365) == (1, 2, 3, 4)


def test_of_a_short_therapy_no_card_speaks(knowledge):
    """Until it is long: the first step is on the 28th day of the plan."""
    assert foretold(knowledge, PATCH, days=61)[0] == 2
    assert foretold(knowledge, PATCH, days=62)[0] == 1


def test_percent_is_of_the_dose_at_which_a_taper_began(knowledge):
    """A last patch of 12 mcg/h is a tenth of 300 MME/day, and a quarter of what is left of 120."""
    taken = "rx:577057: 1 {patch} q72h"
    assert foretold(knowledge, taken) == (1,)
    assert foretold(knowledge, taken, "begun=300") == ()


def test_of_a_number_alone_there_is_nothing_to_order(knowledge):
    assert foretold(knowledge, "60 MME", "profile=va-faster") == ()
