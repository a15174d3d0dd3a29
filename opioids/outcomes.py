"""What opioids have done for the patient, as far as scores in the record show."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum, auto

from opioids.guideline import BenefitLimits
from opioids.record_codes import Measured


class Benefit(StrEnum):
    """What scores of pain and function in the record show."""

    IMPROVED = auto()
    NOT_IMPROVED = auto()
    NOT_DOCUMENTED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """One score on one day, on a scale from 0 (best) to 10 (worst). `scale` is its code: only like scales compare."""

    scale: str
    kind: Measured
    day: date
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """The first and the last score on one scale, far enough apart to mean something."""

    first: Score
    last: Score

    @property
    def percent_better(self) -> Decimal:
        """How much lower the last score is, in percent of the first, which is never 0; negative when it is worse."""
        return 100 * (self.first.value - self.last.value) / self.first.value


def courses_of(scores: Iterable[Score], limits: BenefitLimits, on: date) -> tuple[Course, ...]:
    """One course for each scale with two scores far enough apart, pain and function before pain alone.

    Where the first score is 0 nothing could get better, and a last score from long before the day `on` says
    nothing about now: such scales tell nothing.
    """
    by_scale: dict[str, list[Score]] = {}
    for score in scores:
        by_scale.setdefault(score.scale, []).append(score)
    found = []
    for each in by_scale.values():
        each.sort(key=lambda score: (score.day, score.value))
        first, last = each[0], each[-1]
        apart, ago = (last.day - first.day).days, (on - last.day).days
        if first.value and apart >= limits.apart_days and ago <= limits.recent_days:
            found.append(Course(first=first, last=last))
    return tuple(sorted(found, key=lambda one: (one.last.kind is Measured.PAIN, one.last.scale)))


def benefit_of(courses: Iterable[Course], limits: BenefitLimits) -> Benefit:
    """A benefit is documented when any scale got better by as much as the limits ask for."""
    known = list(courses)
    if not known:
        return Benefit.NOT_DOCUMENTED
    better = any(one.percent_better >= limits.improvement_percent for one in known)
    return Benefit.IMPROVED if better else Benefit.NOT_IMPROVED
