"""The stairs of a taper: in proportion, inside the chart, and never on top of one another."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cds_service.pages.charts import NARROW, WIDE
from cds_service.pages.step_chart import PLOT_HEIGHT, Stairs, Tread, step_chart
from tests.cds_service.pages.test_charts import NEARLY, overlaps

START = date(2026, 11, 22)


def stairs(*steps: tuple[int, str]) -> Stairs:
    """Steps of so many days and MME/day each."""
    day, treads = START, []
    for days, mme in steps:
        treads.append(Tread(start=day, mme=Decimal(mme)))
        day += timedelta(days=days)
    return Stairs(treads=tuple(treads), until=day, most=max(one.mme for one in treads))


def test_each_step_is_as_high_as_its_dose_and_as_wide_as_it_is_long():
    boxes = step_chart(stairs((28, "100"), (56, "50"), (28, "25"), (28, "0"))).boxes
    assert [box.height for box in boxes] == pytest.approx([PLOT_HEIGHT, PLOT_HEIGHT / 2, PLOT_HEIGHT / 4])
    assert boxes[1].width == pytest.approx(2 * boxes[0].width)
    assert boxes[2].x == pytest.approx(boxes[1].x + boxes[1].width)
    assert len({round(box.y + box.height, 6) for box in boxes}) == 1


def test_charts_on_one_scale_can_be_compared():
    short, long = stairs((28, "60"), (28, "0")), stairs((28, "120"), (280, "0"))
    alike = [step_chart(Stairs(treads=one.treads, until=long.until, most=long.most)) for one in (short, long)]
    assert alike[1].boxes[0].height == pytest.approx(2 * alike[0].boxes[0].height)
    assert alike[0].boxes[0].width == pytest.approx(alike[1].boxes[0].width)


def test_months_are_named_below_at_their_first_day():
    chart = step_chart(stairs((28, "60"), (28, "30"), (28, "0")))
    assert [one.text for one in chart.words if len(one.text) == 7 and one.text[4] == "-"] == [
        "2026-12",
        "2027-01",
        "2027-02",
    ]


def test_a_plan_of_days_within_one_month_names_its_start():
    chart = step_chart(stairs((2, "60"), (2, "0")))
    assert [one.text for one in chart.words if len(one.text) == 7 and one.text[4] == "-"] == ["2026-11"]


@pytest.mark.parametrize("width", [NARROW, WIDE])
@given(steps=st.lists(st.tuples(st.integers(1, 400), st.integers(0, 3000)), min_size=1, max_size=60))
def test_all_stands_inside_and_words_apart_whatever_the_plan(width, steps):
    chart = step_chart(stairs(*((days, str(mme)) for days, mme in steps)), width=width)
    for words in chart.words:
        assert words.left >= -NEARLY
        assert words.right <= chart.width + NEARLY
        assert 0 < words.y <= chart.height
    for box in chart.boxes:
        assert box.x >= 0
        assert box.x + box.width <= chart.width
        assert box.y >= 0
        assert box.y + box.height <= chart.height
    assert overlaps(chart) == []
    assert any(words.text.startswith("20") and "-" in words.text for words in chart.words)


def test_the_last_month_is_left_out_where_its_name_would_stand_on_the_one_before():
    chart = step_chart(stairs((436, "60")))
    assert overlaps(chart) == []
    assert [words.text for words in chart.words if "-" in words.text][-1] == "2027-12"
