"""Where things stand in a chart: inside it, in proportion, and not on top of one another."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cds_service.pages.charts import FONT, NARROW, WIDE, Chart, Entry, bar_chart
from cds_service.pages.words_in_boxes import broken, width_of
from opioids.quantities import shown

PRODUCTS = Path(__file__).resolve().parents[3] / "opioids" / "knowledge" / "formulary" / "products.csv"
NEARLY = 1e-6


def longest_names() -> list[str]:
    with PRODUCTS.open(encoding="utf-8", newline="") as file:
        return sorted({row["name"] for row in csv.DictReader(file)}, key=len)[-5:]


def entry(label: str, scheduled: object, maximum: object, **more: bool) -> Entry:
    if maximum is None:
        return Entry(label=label, value="not computed", scheduled=None, maximum=None)
    low, high = Decimal(str(scheduled)), Decimal(str(maximum))
    return Entry(label=label, value=shown(high), scheduled=low, maximum=high, **more)


def overlaps(chart: Chart) -> list[tuple[str, str]]:
    """Pairs of words that stand on top of one another."""
    words = chart.words
    return [
        (one.text, other.text)
        for index, one in enumerate(words)
        for other in words[index + 1 :]
        if abs(one.y - other.y) < FONT and one.left < other.right - NEARLY and other.left < one.right - NEARLY
    ]


def assert_sound(chart: Chart) -> None:
    for words in chart.words:
        assert words.left >= -NEARLY, words
        assert words.right <= chart.width + NEARLY, words
        assert FONT <= words.y <= chart.height, words
    for box in chart.boxes:
        assert box.x >= 0
        assert box.width >= 0
        assert box.x + box.width <= chart.width
        assert box.y + box.height <= chart.height
        for words in chart.words:
            if abs(words.y - FONT / 2 - (box.y + box.height / 2)) < box.height / 2:
                assert words.left >= box.x + box.width - NEARLY, (words, box)
    assert overlaps(chart) == []


AMOUNTS = st.decimals(min_value=0, max_value=3000, places=2)
LABELS = st.text(max_size=80)
ENTRIES = st.lists(
    st.one_of(
        st.builds(lambda label, low, more: entry(label, low, low + more), LABELS, AMOUNTS, AMOUNTS),
        st.builds(lambda label: entry(label, None, None), LABELS),
        st.builds(lambda low: entry("Total", low, low, sum=True, at_least=True), AMOUNTS),
    ),
    max_size=6,
)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@settings(max_examples=25)
@given(entries=ENTRIES, points=st.lists(AMOUNTS, max_size=4))
def test_all_words_stand_inside_and_apart_whatever_is_drawn(width, entries, points):
    assert_sound(bar_chart(entries, points, width=width))


@settings(max_examples=25)
@given(amounts=st.lists(AMOUNTS, min_size=2, max_size=5), points=st.lists(AMOUNTS, max_size=2))
def test_bars_are_as_long_as_their_amounts(amounts, points):
    chart = bar_chart([entry("drug", amount, amount) for amount in amounts], points)
    lengths = [box.width for box in chart.boxes]
    for length, amount in zip(lengths, amounts, strict=True):
        assert length * float(max(amounts)) == pytest.approx(max(lengths) * float(amount), abs=1e-3)


def test_a_dose_point_stands_where_a_bar_of_that_dose_ends():
    chart = bar_chart([entry("drug", 50, 50), entry("drug", 120, 120)], [Decimal(50)])
    (point,) = [stroke for stroke in chart.strokes if stroke.role == "point"]
    assert point.x1 == point.x2 == pytest.approx(chart.boxes[0].x + chart.boxes[0].width)
    assert point.y2 >= max(box.y + box.height for box in chart.boxes)


def test_a_dose_point_above_every_bar_is_on_the_scale():
    chart = bar_chart([entry("drug", 1, 1)], [Decimal(90)])
    (point,) = [stroke for stroke in chart.strokes if stroke.role == "point"]
    assert point.x1 <= chart.width
    assert chart.boxes[0].width > 0


def test_dose_points_that_are_close_have_their_names_one_below_the_other():
    chart = bar_chart([entry("drug", 500, 500)], [Decimal(50), Decimal(51)])
    names = [words for words in chart.words if words.role == "point"]
    assert names[0].y < names[1].y


def test_equal_dose_points_are_one_line():
    chart = bar_chart([entry("drug", 100, 100)], [Decimal(50), Decimal("50.0")])
    assert len([stroke for stroke in chart.strokes if stroke.role == "point"]) == 1


def test_as_needed_doses_begin_where_the_scheduled_ones_end():
    scheduled, needed = bar_chart([entry("drug", 60, 90)]).boxes
    assert (scheduled.role, needed.role) == ("scheduled", "as-needed")
    assert needed.x == pytest.approx(scheduled.x + scheduled.width)
    assert needed.width == pytest.approx(scheduled.width / 2)


def test_what_is_not_computed_is_a_bar_of_its_own_kind_over_the_whole_scale():
    known, unknown = bar_chart([entry("a", 100, 100), entry("b", None, None)]).boxes
    assert unknown.role == "unknown"
    assert (unknown.x, unknown.width) == (known.x, pytest.approx(known.width))


def test_a_sum_that_is_only_a_floor_goes_on_as_not_known():
    boxes = bar_chart([entry("a", 300, 300), entry("Total", 120, 120, sum=True, at_least=True)]).boxes
    assert [box.role for box in boxes] == ["scheduled", "scheduled", "unknown"]
    assert boxes[2].x == pytest.approx(boxes[1].x + boxes[1].width)


@pytest.mark.parametrize("width", [NARROW, WIDE])
@pytest.mark.parametrize("name", [*longest_names(), "x" * 255, "W" * 255, "オピオイド" * 51, "a\u202eb\x00c"])
def test_the_longest_names_are_shown_whole(width, name):
    chart = bar_chart([entry(name, 100, 100), entry(name, None, None)], [Decimal(50)], width=width)
    assert_sound(chart)
    shown_words = "".join(words.text for words in chart.words if words.role == "name")
    wanted = "".join(name.replace("\u202e", " ").replace("\x00", " ").split())
    assert shown_words.replace(" ", "") == wanted * 2


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (0, ["0", "1"]),
        ("0.3", ["0", "0.05", "0.1", "0.15", "0.2", "0.25", "0.3"]),
        (7, ["0", "1", "2", "3", "4", "5", "6", "7"]),
        (120, ["0", "20", "40", "60", "80", "100", "120"]),
        ("142.5", ["0", "50", "100", "150"]),
        (1000, ["0", "200", "400", "600", "800", "1000"]),
    ],
)
def test_the_scale_goes_in_round_steps(most, ticks):
    chart = bar_chart([entry("drug", most, most)])
    assert [words.text for words in chart.words if words.role == "tick"] == ticks


def test_without_bars_there_is_an_empty_scale():
    assert_sound(bar_chart([], [Decimal(50)]))


@given(text=st.text(max_size=200), room=st.floats(20, 900))
def test_lines_fit_their_room_and_leave_nothing_out(text, room):
    lines = broken(text, room, FONT)
    assert all(width_of(line, FONT) <= room for line in lines)
    kept = "".join(letter for letter in text if letter.isprintable() and not letter.isspace())
    assert "".join(letter for line in lines for letter in line if letter.isprintable() and letter != " ") == kept


def test_words_break_between_words_before_they_break_inside_one():
    assert broken("oxycodone hydrochloride", width_of("oxycodone hyd", FONT), FONT)[0] == "oxycodone"


@pytest.mark.parametrize(("most", "last"), [(0, "1"), (1, "1"), (3, "3"), (7, "7"), (240, "250")])
def test_scale_of_counts_has_whole_numbers_only(most, last):
    ticks = [words.text for words in bar_chart([entry("week", most, most)], whole=True).words if words.role == "tick"]
    assert ticks[-1] == last
    assert all("." not in tick for tick in ticks)
