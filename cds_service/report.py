"""How often each card was shown, would have been shown or was held back, and what prescribers did with it.

A plain value, made by `cds_service.storage.reports.report` and written here as text, JSON or CSV.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, timedelta
from typing import Any

from cds_service.terminal import printable

FOUR_WEEKS = timedelta(days=27)
"""From the first day to the last, both included: what a report is of where nobody asks for other days."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """How much there was to do. `prescriber_days` counts each prescriber once a day; None when nobody is told apart."""

    calls: int = 0
    orders: int = 0
    prescriber_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One topic's cards: shown, `shadow` (would have been shown), held back by a snooze; and the answers to them.

    A card that was accepted counts as accepted, whatever else was said of it. `reasons` counts the
    overridden ones by the code of the reason, "" where none was given.
    """

    shown: int = 0
    shadow: int = 0
    snoozed: int = 0
    accepted: int = 0
    overridden: int = 0
    reasons: Mapping[str, int] = field(default_factory=dict)

    @property
    def due(self) -> int:
        """Shown, or would have been."""
        return self.shown + self.shadow


@dataclass(frozen=True, slots=True, kw_only=True)
class TopicLine:
    """One topic at one service, in one week (its Monday) or, where `week` is None, in the whole time."""

    week: date | None
    service: str
    hook: str
    topic: str
    tally: Tally
    volume: Volume

    @property
    def per_100_orders(self) -> float | None:
        """Cards due for each hundred orders; None without orders."""
        return _rate(100 * self.tally.due, self.volume.orders)

    @property
    def per_prescriber_day(self) -> float | None:
        """Cards due to one prescriber on one day; None when prescribers are not told apart."""
        return _rate(self.tally.due, self.volume.prescriber_days)


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """From one day to another, both included. `unknown_cards`: feedback in that time about cards nobody noted."""

    start: date
    end: date
    volumes: Mapping[str, Volume]
    topics: tuple[TopicLine, ...]
    weeks: tuple[TopicLine, ...]
    unknown_cards: int

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "from": self.start.isoformat(),
            "to": self.end.isoformat(),
            "services": [{"service": name, **asdict(volume)} for name, volume in self.volumes.items()],
            "topics": [_plain(line) for line in self.topics],
            "weeks": [_plain(line) for line in self.weeks],
            "feedback_about_unknown_cards": self.unknown_cards,
        }

    def as_csv(self) -> Iterator[tuple[str, ...]]:
        """One count a row, to be pivoted: week, service, hook, topic, what is counted, reason, count."""
        yield ("week", "service", "hook", "topic", "measure", "reason", "count")
        for line in self.weeks:
            start = (line.week.isoformat() if line.week else "", line.service, line.hook, line.topic)
            for measure in ("shown", "shadow", "snoozed", "accepted", "overridden"):
                yield (*start, measure, "", str(getattr(line.tally, measure)))
            for reason, number in line.tally.reasons.items():
                yield (*start, "overridden for", _harmless(reason or "none given"), str(number))
        for name, volume in self.volumes.items():
            for measure, number in asdict(volume).items():
                yield ("", name, "", "", measure, "", "" if number is None else str(number))

    def as_text(self) -> Iterator[str]:
        """Lines for a terminal."""
        yield f"Cards from {self.start} to {self.end}"
        for name, volume in self.volumes.items():
            days = "unknown" if volume.prescriber_days is None else volume.prescriber_days
            yield f"\n{name}: {volume.calls} calls, {volume.orders} orders, prescriber-days {days}"
            lines = [line for line in self.topics if line.service == name]
            yield from _table(lines) if lines else ("  no cards",)
        if not self.volumes:
            yield "\nNothing was noted in this time."
        if self.unknown_cards:
            yield f"\nFeedback about cards that were not noted: {self.unknown_cards}"


HEADINGS = ("topic", "shown", "shadow", "held back", "per 100 orders", "per prescriber-day", "accepted", "overridden")


def _table(lines: list[TopicLine]) -> Iterator[str]:
    rows = [HEADINGS]
    for line in lines:
        tally = line.tally
        rates = (_shown(line.per_100_orders), _shown(line.per_prescriber_day))
        counts = (str(tally.shown), str(tally.shadow), str(tally.snoozed))
        rows.append((line.topic, *counts, *rates, str(tally.accepted), str(tally.overridden)))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row, reasons in zip(rows, ({}, *(line.tally.reasons for line in lines)), strict=True):
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  " + "  ".join((row[0].ljust(widths[0]), *cells))
        if reasons:
            told = (f"{printable(reason) or 'no reason given'}: {number}" for reason, number in reasons.items())
            yield f"    overridden for {', '.join(told)}"


def _plain(line: TopicLine) -> dict[str, Any]:
    return {
        **({"week": line.week.isoformat()} if line.week else {}),
        "service": line.service,
        "hook": line.hook,
        "topic": line.topic,
        **asdict(line.tally),
        "per_100_orders": line.per_100_orders,
        "per_prescriber_day": line.per_prescriber_day,
    }


def _rate(number: int, of: int | None) -> float | None:
    return round(number / of, 2) if of else None


def _shown(rate: float | None) -> str:
    return "-" if rate is None else f"{rate:.2f}"


def _harmless(text: str) -> str:
    """A cell that no spreadsheet takes for a formula: reasons come from outside."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text
