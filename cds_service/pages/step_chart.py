"""A taper as a staircase: how high each step stands and how long it lasts, as geometry.

No dose point of a guideline is drawn: beside a taper it would look like a dose to get to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cds_service.pages.charts import FONT, GAP, LINE, PAD, WIDE, Box, Chart, Scale, Stroke, Words, nice_ticks
from cds_service.pages.words_in_boxes import width_of
from opioids.quantities import shown

PLOT_HEIGHT = 210.0
_LEVELS = 5
_MONTHS_APART = (1, 2, 3, 6, 12, 24, 60, 120, 240)
_MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Tread:
    """One step of the stairs: from a day on, so many MME/day."""

    start: date
    mme: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Stairs:
    """What is drawn: the steps in the order of their days, the day after the last one, and the scales' ends.

    Charts that stand side by side are drawn with the same `until` and `most`, so that they can be compared.
    """

    treads: tuple[Tread, ...]
    until: date
    most: Decimal


def step_chart(
    stairs: Stairs,
    month: Callable[[date], str] = lambda day: f"{day:%Y-%m}",
    *,
    width: float = WIDE,
    unit: str = "MME/day",
) -> Chart:
    """The stairs over time, from nothing at the foot to the highest step.

    Args:
        stairs: at least one step.
        month: the name of a month, as it stands below the chart.
        width: the width of the whole chart.
        unit: what the heights are, in the reader's language.
    """
    levels = nice_ticks(stairs.most, _LEVELS)
    left = max(width_of(shown(level), FONT) for level in levels) + 3 * PAD
    head = LINE + GAP
    plot = _Plot(stairs=stairs, left=left, right=width - PAD, head=head, foot=head + PLOT_HEIGHT, top=levels[-1])
    months = tuple(plot.month_labels(month, width))
    return Chart(
        width=width,
        height=plot.foot + LINE + 2 * PAD,
        strokes=(
            *(Stroke(x1=left, y1=plot.y(one), x2=plot.right, y2=plot.y(one), role="tick") for one in levels),
            Stroke(x1=left, y1=plot.foot, x2=plot.right, y2=plot.foot, role="axis"),
            *(Stroke(x1=at, y1=plot.foot, x2=at, y2=plot.foot + PAD, role="axis") for at, _ in months),
        ),
        boxes=tuple(plot.boxes()),
        words=(
            Words(x=PAD, y=LINE, text=unit, role="tick"),
            *(
                Words(x=left - 2 * PAD, y=plot.y(one) + FONT / 3, text=shown(one), role="tick", anchor="end")
                for one in levels
            ),
            *(words for _, words in months),
        ),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Plot:
    """Where days and doses stand."""

    stairs: Stairs
    left: float
    right: float
    head: float
    foot: float
    top: Decimal

    def x(self, day: date) -> float:
        start = self.stairs.treads[0].start
        share = (day - start).days / max(1, (self.stairs.until - start).days)
        return self.left + share * (self.right - self.left)

    def y(self, mme: Decimal) -> float:
        return Scale(left=self.foot, right=self.head, top=self.top).at(mme)

    def boxes(self) -> Iterator[Box]:
        """One box for each step that is not nothing, as wide as it is long."""
        treads = self.stairs.treads
        for tread, end in zip(treads, (*(one.start for one in treads[1:]), self.stairs.until), strict=True):
            if tread.mme:
                x, y = self.x(tread.start), self.y(tread.mme)
                yield Box(x=x, y=y, width=max(0.0, self.x(end) - x), height=self.foot - y, role="scheduled")

    def month_labels(self, month: Callable[[date], str], width: float) -> Iterator[tuple[float, Words]]:
        """The place of each named month's first day and its name below: as many as stand apart."""
        start, until = self.stairs.treads[0].start, self.stairs.until
        room = width_of(month(start), FONT) + GAP
        months = (until.year - start.year) * _MONTHS_OF_A_YEAR + until.month - start.month + 1
        fitting = max(1, int((self.right - self.left) / room))
        apart = next((one for one in _MONTHS_APART if months <= one * fitting), _MONTHS_APART[-1])
        taken = 0.0
        for day in _firsts(start, until, apart):
            half = width_of(month(day), FONT) / 2
            at = self.x(day)
            words = Words(
                x=min(max(at, PAD + half), width - PAD - half),
                y=self.foot + LINE,
                text=month(day),
                role="tick",
                anchor="middle",
            )
            if words.left >= taken:
                yield at, words
                taken = words.right + PAD


def _firsts(start: date, until: date, apart: int) -> Iterator[date]:
    """The first day of every so many months: the start itself, when no month begins before the end."""
    count = start.year * _MONTHS_OF_A_YEAR + start.month - 1 + (start.day > 1)
    found = False
    while (day := date(count // _MONTHS_OF_A_YEAR, count % _MONTHS_OF_A_YEAR + 1, 1)) <= until:
        yield day
        found = True
        count += apart
    if not found:
        yield start
