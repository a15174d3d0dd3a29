"""Charts as geometry: where every bar, line and word of a chart stands. The templates draw it as SVG.

A chart is as wide as it is told to be and as high as it needs to be; the page scales it with the text around
it. Nothing here knows colours or fonts (the stylesheet does), and no word is cut off: long names take more lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal

from cds_service.pages.words_in_boxes import broken, width_of
from opioids.quantities import shown

WIDE, NARROW = 680, 320
"""Widths for a screen and for a telephone, in units of which the words are 14 high."""
WIDTHS = (("wide", WIDE), ("narrow", NARROW))
"""Each chart is drawn for both; the stylesheet shows the one that fits."""

FONT = 14.0
LINE = 19.0
BAR = 22.0
GAP = 16.0
PAD = 4.0
_BETWEEN_TICKS = 90.0
_LEAST_SCALE = Decimal("0.1")
_NICE = (Decimal(1), Decimal(2), Decimal(5), Decimal(10))


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One bar: what it is for, and MME/day scheduled and at most; None for an amount that is not known.

    `value` is the amount in words. A `sum` adds up the entries before it; a sum that is only a floor says so
    by `at_least`.
    """

    label: str
    value: str
    scheduled: Decimal | None
    maximum: Decimal | None
    sum: bool = False
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """A line of words; `y` is its baseline, `anchor` the end of it that stands at `x`."""

    x: float
    y: float
    text: str
    role: str
    anchor: str = "start"

    @property
    def left(self) -> float:
        """Where the words begin, as far as can be told without a browser."""
        return self.x - {"start": 0.0, "middle": 0.5, "end": 1.0}[self.anchor] * width_of(self.text, FONT)

    @property
    def right(self) -> float:
        """Where they end."""
        return self.left + width_of(self.text, FONT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle. `role` is `scheduled`, `as-needed` or `unknown`."""

    x: float
    y: float
    width: float
    height: float
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stroke:
    """A straight line; `role` is `tick`, `axis`, `point` (a dose point) or `rule`."""

    x1: float
    y1: float
    x2: float
    y2: float
    role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """All that is to be drawn, in this order: strokes, boxes, words."""

    width: float
    height: float
    strokes: tuple[Stroke, ...]
    boxes: tuple[Box, ...]
    words: tuple[Words, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """From an amount to a place on the line from `left` to `right`; `top` is the amount at the right end."""

    left: float
    right: float
    top: Decimal

    def at(self, amount: Decimal) -> float:
        """The place of an amount."""
        return self.left + float(amount / self.top) * (self.right - self.left)


def bar_chart(
    entries: Sequence[Entry], points: Sequence[Decimal] = (), *, width: float = WIDE, whole: bool = False
) -> Chart:
    """One bar below the other, each under its name, on one scale that begins at zero.

    Args:
        entries: the bars, from the top.
        points: dose points in MME/day, drawn as marked lines across all bars.
        width: the width of the whole chart.
        whole: whether the bars are counts, of which there are no halves.
    """
    room = max((width_of(entry.value, FONT) for entry in entries), default=0.0)
    right = width - room - 4 * PAD
    most = max([*(entry.maximum for entry in entries if entry.maximum is not None), *points, Decimal(0)])
    most_ticks = max(3, int(right / _BETWEEN_TICKS))
    ticks = nice_ticks(most, max(1, min(most_ticks, int(most))) if whole else most_ticks)
    scale = Scale(left=PAD, right=right, top=ticks[-1])
    lines = sorted(set(points))
    labels = _point_labels(lines, scale, width)
    drawn = _Bars(scale=scale, width=width, y=max((words.y for words in labels), default=0.0) + GAP / 2)
    head = drawn.y
    for entry in entries:
        drawn.add(entry)
    foot = drawn.y
    return Chart(
        width=width,
        height=foot + LINE + 2 * PAD,
        strokes=(
            *(Stroke(x1=scale.at(tick), y1=head, x2=scale.at(tick), y2=foot, role="tick") for tick in ticks),
            *drawn.rules,
            Stroke(x1=scale.left, y1=foot, x2=scale.right, y2=foot, role="axis"),
            *(
                Stroke(x1=scale.at(point), y1=label.y + PAD, x2=scale.at(point), y2=foot, role="point")
                for point, label in zip(lines, labels, strict=True)
            ),
        ),
        boxes=tuple(drawn.boxes),
        words=(*labels, *drawn.words, *_tick_labels(ticks, scale, foot + LINE)),
    )


def nice_ticks(most: Decimal, at_most: int) -> list[Decimal]:
    """Zero and on, in the smallest steps of 1, 2 or 5 times a power of ten that reach `most` in `at_most` steps."""
    step = Decimal(1)
    if most > 0:
        most = max(most, _LEAST_SCALE)
        power = Decimal(1).scaleb((most / at_most).adjusted())
        step = next(power * nice for nice in _NICE if power * nice * at_most >= most)
    steps = max(1, int((most / step).to_integral_value(ROUND_CEILING)))
    return [step * count for count in range(steps + 1)]


class _Bars:
    """Bars under their names, added from the top down."""

    def __init__(self, *, scale: Scale, width: float, y: float) -> None:
        self.scale, self.width, self.y = scale, width, y
        self.words: list[Words] = []
        self.boxes: list[Box] = []
        self.rules: list[Stroke] = []

    def add(self, entry: Entry) -> None:
        if entry.sum:
            self.rules.append(Stroke(x1=PAD, y1=self.y, x2=self.width - PAD, y2=self.y, role="rule"))
            self.y += GAP / 2
        role = "sum" if entry.sum else "name"
        for line in broken(entry.label, self.width - 2 * PAD, FONT):
            self.y += LINE
            self.words.append(Words(x=PAD, y=self.y, text=line, role=role))
        self.y += 2 * PAD
        self.boxes.extend(self._boxes(entry))
        middle = self.y + BAR / 2 + FONT / 3
        self.words.append(Words(x=self.width - PAD, y=middle, text=entry.value, role="value", anchor="end"))
        self.y += BAR + GAP

    def _boxes(self, entry: Entry) -> Iterator[Box]:
        """What is scheduled, what is added by as-needed doses, and what is not known."""
        scheduled, maximum = entry.scheduled, entry.maximum
        if scheduled is None or maximum is None:
            yield self._box(Decimal(0), self.scale.top, "unknown")
            return
        yield self._box(Decimal(0), scheduled, "scheduled")
        if maximum > scheduled:
            yield self._box(scheduled, maximum, "as-needed")
        if entry.at_least and maximum < self.scale.top:
            yield self._box(maximum, self.scale.top, "unknown")

    def _box(self, start: Decimal, end: Decimal, role: str) -> Box:
        x = self.scale.at(start)
        return Box(x=x, y=self.y, width=self.scale.at(end) - x, height=BAR, role=role)


def _point_labels(points: Sequence[Decimal], scale: Scale, width: float) -> list[Words]:
    """The names of the lines, lowest first: at the top, inside the chart, a step down where two would meet."""
    labels: list[Words] = []
    for point in points:
        text = shown(point)
        half = width_of(text, FONT) / 2
        x = min(max(scale.at(point), PAD + half), width - PAD - half)
        words = Words(x=x, y=LINE, text=text, role="point", anchor="middle")
        while any(words.y == other.y and words.left < other.right + PAD for other in labels):
            words = Words(x=x, y=words.y + LINE, text=text, role="point", anchor="middle")
        labels.append(words)
    return labels


def _tick_labels(ticks: Sequence[Decimal], scale: Scale, y: float) -> Iterator[Words]:
    """The first and the last one stand within the scale, the others in the middle below their lines."""
    for index, tick in enumerate(ticks):
        anchor = "start" if index == 0 else "end" if index == len(ticks) - 1 else "middle"
        yield Words(x=scale.at(tick), y=y, text=shown(tick), role="tick", anchor=anchor)
