"""How fast a dose falls, against the pace of a guideline.

A fall is measured from the baseline, not from the dose before: 10% of the dose at the start is 40% of what is
left near the end. Earlier falls within a window count together with the one that is judged. Tiers TA1 to TA6;
what is our own choice in them stands in the guidelines' data.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from opioids.change import Change
from opioids.guideline import Pace
from opioids.past_doses import NOTHING_KNOWN, PastDoses
from opioids.values import quickly_made


class Tier(StrEnum):
    """How much too fast a fall is, gravest first; `END` is the last step of a taper."""

    ABRUPT = "TA1"
    CRITICAL = "TA5"
    WIDE = "TA4"
    PACE = "TA2"
    SHORT_PACE = "TA3"
    END = "TA1-end"
    TWO_CUTS = "TA6"


@quickly_made
class Fall:
    """One step down: what it changes from `before` to `after` MME/day on a day, and what came before it.

    `therapy_days` is the length of therapy on that day, None when it is not known. `beside_others` is true where
    only one of several opioids is measured, and the others go on as they are.
    """

    day: date
    before: Decimal
    after: Decimal
    change: Change
    therapy_days: int | None
    past: PastDoses = NOTHING_KNOWN
    beside_others: bool = False

    def may_last(self, days: int) -> bool:
        """Whether therapy is, or for all that is known may be, at least so many days long."""
        return self.therapy_days is None or self.therapy_days >= days


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A fall against a pace. `percent` is of the baseline, and of all that fell within the pace's window;
    `earlier` tells whether a part of that fell before this step. `tier` is None within the pace.
    """

    fall: Fall
    tier: Tier | None
    baseline: Decimal
    percent: Decimal
    window_days: int
    earlier: bool


def judged(fall: Fall, pace: Pace) -> Judged:
    """Measure a fall against a pace."""
    measure = _Measure(fall, pace)
    window = measure.window_days
    return Judged(
        fall=fall,
        tier=next(measure.tiers(), None),
        baseline=measure.baseline,
        percent=measure.percent(window),
        window_days=window,
        earlier=measure.follows_a_cut(window),
    )


class _Measure:
    """The numbers behind one judgement."""

    def __init__(self, fall: Fall, pace: Pace) -> None:
        self._fall, self._pace = fall, pace
        since = fall.day - timedelta(days=pace.lookback_days)
        stable = fall.past.highest_stable(pace.stable_days, since, fall.day) or Decimal(0)
        self.baseline = max(stable, fall.before)

    @property
    def window_days(self) -> int:
        """The window of the guideline's pace for this length of therapy."""
        return self._pace.window_after(self._fall.therapy_days)

    @property
    def _most(self) -> Decimal | None:
        """The guideline's pace for this length of therapy, in percent; None where it names no number."""
        return self._pace.percent_after(self._fall.therapy_days)

    @property
    def _alone_for(self) -> int:
        """For how many days the smallest step of a low dose must be the only one: a week where there is no pace."""
        return self._pace.short_window_days if self._most is None else self.window_days

    def fallen(self, days: int) -> Decimal:
        """MME/day that fell within the last so many days, this step included."""
        pace = self._pace
        reach = days - pace.grace_days if days >= pace.tier_window_days else days
        at_first = self._fall.past.on(self._fall.day - timedelta(days=reach))
        return max(at_first or Decimal(0), self._fall.before) - self._fall.after

    def percent(self, days: int) -> Decimal:
        """The same in percent of the baseline."""
        return 100 * self.fallen(days) / self.baseline

    def tiers(self) -> Iterator[Tier]:
        """The tiers that are reached, gravest first."""
        fall, pace = self._fall, self._pace
        low = (
            fall.change.smallest_step
            and fall.change.cut <= pace.low_dose_mme
            and not self.follows_a_cut(self._alone_for)
        )
        if fall.change.to_zero and fall.therapy_days is not None:
            yield Tier.END if low or self._is_tail else Tier.ABRUPT
        if not low:
            yield from self._by_size()
        long = fall.therapy_days is not None and fall.may_last(pace.long_therapy_days)
        if pace.two_cuts_days and long and self.follows_a_cut(pace.two_cuts_days):
            yield Tier.TWO_CUTS

    def _by_size(self) -> Iterator[Tier]:
        pace = self._pace
        monthly = self._fall.may_last(pace.monthly_tiers_from_days)
        in_window = self.percent(pace.tier_window_days)
        if self._fall.change.percent >= pace.half_percent or (monthly and in_window > pace.steep_percent):
            yield Tier.CRITICAL
        if monthly and pace.wide_percent is not None and in_window > pace.wide_percent:
            yield Tier.WIDE
        most = self._most
        if self._fall.therapy_days is None or most is None:
            return
        if self.percent(self.window_days) > most and not self._is_rounding(most):
            yield Tier.PACE if self._pace.is_long(self._fall.therapy_days) else Tier.SHORT_PACE

    def _is_rounding(self, most: Decimal) -> bool:
        """Whether only whole units stand between the fall and the pace, and nothing fell shortly before."""
        change, cut = self._fall.change, self._fall.before - self._fall.after
        step = max(change.step or Decimal(0), change.unit or Decimal(0))
        if not step or self.fallen(self._pace.tier_window_days) > cut:
            return False
        if 100 * cut > self._pace.rounding_percent * self.baseline:
            return False
        beyond = cut - most * self.baseline / 100
        return cut <= step or beyond <= step / 2

    @property
    def _is_tail(self) -> bool:
        return 100 * self._fall.before <= self._pace.tail_percent * self.baseline

    def follows_a_cut(self, days: int) -> bool:
        """Whether more than this step fell within the last so many days."""
        return self.fallen(days) > self._fall.before - self._fall.after
