"""Values that are written alike are found again; those that are not, never."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_mappings.written import LONGEST_REMEMBERED, as_written, read_again

LEAVES = st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(
    LEAVES.filter(lambda one: one not in (float("inf"), float("-inf"))),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)

DIFFERENT = {
    "a whole number and a decimal one": (1, 1.0),
    "a number and its text": (5, "5"),
    "yes and one": (True, 1),
    "nothing and an empty text": (None, ""),
    "an element and none": ({"text": None}, {}),
    "one and a list of it": ("a", ["a"]),
    "two orders of a list": (["a", "b"], ["b", "a"]),
}

NOT_REMEMBERED = {
    "too long": "x" * LONGEST_REMEMBERED,
    "a number that no library of JSON writes": 2**70,
    "half a character": "\ud800",
    "nested beyond reason": None,
}


@given(VALUES)
def test_value_is_read_again_as_it_was(value):
    written = as_written(value)
    assert written is not None
    assert repr(read_again(written)) == repr(value)


@pytest.mark.parametrize(("one", "other"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_is_not_written_alike_is_told_apart(one, other):
    assert as_written(one) != as_written(other)


@pytest.mark.parametrize("value", NOT_REMEMBERED.values(), ids=NOT_REMEMBERED)
def test_what_is_not_worth_remembering_has_no_bytes(value):
    assert as_written(_nested() if value is None else value) is None


def _nested():
    value: list = []
    for _ in range(5000):
        value = [value]
    return value


def test_longest_value_that_is_remembered():
    assert as_written("x" * (LONGEST_REMEMBERED - 2)) is not None
