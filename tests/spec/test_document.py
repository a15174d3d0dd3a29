"""The document that people read says what the tables say."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.spec import render
from tests.spec.notation import Unreadable, instructions_of, medicine_of
from tests.spec.tables import WrongSum, charts_of, worked


def test_document_is_written_from_the_tables_as_they_are_now():
    on_disk = render.DOCUMENT.read_text(encoding="utf-8")
    assert on_disk == render.document(), "run `python -m tests.spec.render`"


def test_document_shows_every_chart():
    text = render.DOCUMENT.read_text(encoding="utf-8")  # written from the tables, as the test above says
    charts = [*charts_of("orders"), *charts_of("worked_examples")]
    assert len(charts) > 200
    assert [chart.id for chart in charts if f"\n| {chart.id} |" not in text] == []


def test_sum_that_does_not_come_to_what_it_says_is_refused():
    with pytest.raises(WrongSum):
        worked("2 x 5 x 1.5 = 16")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0", 0),
        ("1 x 5 x (3 / 7) x 1.5 = 3.21", Fraction(45, 14)),
        ("min(10 x 6, 40) x 1.5 = 60", 60),
        ("(60 - 120) / 60 x 100 = -100", -100),
    ],
)
def test_sum_is_exact(text, value):
    assert worked(text) == value


@pytest.mark.parametrize("cell", ["1 {tbl} sometimes", "1", "max 40 mg", "max 40 mg/fortnight", "1 {tbl} period often"])
def test_directions_outside_the_notation_are_refused(cell):
    with pytest.raises(Unreadable):
        instructions_of(cell)


@pytest.mark.parametrize("cell", ["1049621", "foo:1", "rx:", "ingredient=rx:7804@5mg"])
def test_medicine_outside_the_notation_is_refused(cell):
    with pytest.raises(Unreadable):
        medicine_of(cell)
