"""How large a step is and how long it lasts, by a published pace."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from opioids.conversion import ConversionTable
from opioids.guideline import Guideline
from opioids.shelf import Shelf
from opioids.tables import Review
from opioids.tapers.course import Bounds
from opioids.tapers.profiles import Basis, Practice, TaperProfile
from opioids.tapers.values import First, Obstacle, PlanNote

_A_WEEK, _A_MONTH = 7, 31


@dataclass(frozen=True, slots=True, kw_only=True)
class Standard:
    """By what a plan is made: a guideline, its conversion table, a pace, what can be dispensed, and practice."""

    guideline: Guideline
    table: ConversionTable
    profile: TaperProfile
    shelf: Shelf
    practice: Practice


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What patient and prescriber ask for. None means: as the profile says, or every order that makes sense.

    The dose stays as it is from `start` for one interval, and the first step follows. `target` is an end in
    MME/day; without one the plan goes on to nothing, and can be ended at any step. `begun_at` is the dose in
    MME/day at which a taper began that goes on: percentages are counted from it. Tablets are halved only where
    `halves` asks for it.
    """

    start: date
    percent: Decimal | None = None
    interval_days: int | None = None
    first: First | None = None
    target: Decimal | None = None
    begun_at: Decimal | None = None
    halves: bool = False


def senseless(wish: Wish, now: Decimal) -> Obstacle | None:
    """Why a wish makes no sense for what is taken now, in MME/day."""
    if wish.target is not None and wish.target >= now:
        return Obstacle.TARGET_NOT_BELOW
    if wish.begun_at is not None and wish.begun_at < now:
        return Obstacle.BEGUN_BELOW
    return None


class Pacing:
    """The pace of one plan, from what is taken now."""

    def __init__(self, standard: Standard, wish: Wish, now: Decimal) -> None:
        self.percent = wish.percent or standard.profile.percent
        self.interval_days = wish.interval_days or standard.profile.interval_days
        self.at_first = wish.begun_at or now
        self._basis = standard.profile.basis
        self._alone_for = standard.guideline.pace.tier_window_days
        self._practice = standard.practice
        self._end = wish.target or Decimal(0)

    def wanted(self, now: Decimal) -> Decimal:
        """How much less the next step should be, in MME/day."""
        return _share(self.percent, self._of(now))

    def bounds(self, now: Decimal) -> Bounds:
        """The same with what rounding to whole units may make of it.

        The warning about a pace allows for rounding where a step is the only one in its window (four weeks). Steps of
        less than that are not rounded up: two of 12.5% in four weeks would be a quarter more than the pace. Where
        little is left every unit is a large part: the pace at the start is what counts, and the step lasts longer.
        """
        wanted, at_first, low = self.wanted(now), _share(self.percent, self.at_first), self.is_low(now)
        pace = at_first if low else wanted
        apart = _share(self._practice.rounding_percent, self.at_first)
        rounds = self.interval_days >= self._alone_for or low
        return Bounds(
            wanted=wanted,
            at_first=at_first,
            pace=pace,
            most=max(apart if rounds else min(apart, at_first), wanted),
            apart=apart,
            half=_share(self._practice.half_percent, now),
            room=now - self._end,
        )

    def _of(self, now: Decimal) -> Decimal:
        """Of which dose the percentage is taken."""
        if self._basis is Basis.CURRENT:
            return now
        if self._basis is Basis.ORIGINAL or not self.is_low(now):
            return self.at_first
        return now

    def is_low(self, now: Decimal) -> bool:
        """Whether so little is left that steps are counted from the current dose."""
        return now <= _share(self._practice.until_percent, self.at_first)

    def days(self, before: Decimal, cut: Decimal, smallest: Decimal) -> int:
        """How long a step lasts: longer when it is beyond the pace and its rounding, to keep the pace over time.

        Of a low dose every tablet is a large part: steps of less than a month are then stretched up to one. `smallest`
        is the smallest step of what was lowered, in MME/day.
        """
        bounds, most_days = self.bounds(before), self._practice.review_days
        stretched = Decimal(0)
        if is_beyond(cut, smallest, bounds):
            stretched = self.interval_days * cut / bounds.pace
        if self.is_low(before) and self.interval_days < most_days and cut > bounds.wanted:
            stretched = max(stretched, min(self.interval_days * cut / bounds.wanted, Decimal(most_days)))
        return max(self.interval_days, math.ceil(stretched / _A_WEEK) * _A_WEEK)


def is_beyond(cut: Decimal, smallest: Decimal, bounds: Bounds) -> bool:
    """Whether a step is more than rounding to the nearest unit makes of the pace.

    A tablet that is six times a slow pace is no rounding of it, however small a part of the dose it is.
    """
    return cut > bounds.most or cut - bounds.pace >= smallest / 2


def _share(percent: Decimal, of: Decimal) -> Decimal:
    return percent * of / 100


def reviews(start: date, days: int, every: int) -> Iterator[date]:
    """The days on which patient and prescriber meet: every so many days, and before the next step.

    One that would be just before the next step is left out where they then still meet once in a month.
    """
    for day in range(every, days, every):
        if days - day > _A_MONTH - every:
            yield start + timedelta(days=day)
    yield start + timedelta(days=days)


def notes_of(profile: TaperProfile, guideline: Guideline) -> Iterator[PlanNote]:
    """What there is to say about where a pace comes from."""
    if profile.supervised:
        yield PlanNote.SUPERVISED
    if guideline.pace.most_percent is None and profile.guideline == guideline.id:
        yield PlanNote.NO_NUMBER
    if profile.review is Review.PROVISIONAL:
        yield PlanNote.PROVISIONAL
