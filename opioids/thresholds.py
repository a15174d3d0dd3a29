"""Thresholds that a site may set in place of a guideline's own, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from opioids.criteria import PointName
from opioids.guideline import DosePoint, Guideline


class Threshold(StrEnum):
    """What can be set: MME a day, days, percent."""

    CAUTION_MME = "caution_mme"
    HIGH_MME = "high_mme"
    LONG_TERM_DAYS = "long_term_days"
    NEW_THERAPY_DAYS = "new_therapy_days"
    IMPROVEMENT_PERCENT = "improvement_percent"
    RISE_PERCENT = "rise_percent"
    NALOXONE_LOOKBACK_DAYS = "naloxone_lookback_days"


_POINTS = {Threshold.CAUTION_MME: PointName.CAUTION, Threshold.HIGH_MME: PointName.HIGH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A threshold that a site has set. `stated` is the guideline's own, None where it names no number."""

    threshold: Threshold
    stated: Decimal | None
    value: Decimal


class UnsuitableThreshold(ValueError):
    """A threshold that makes no sense with this guideline; the message says why."""

    def __init__(self, threshold: Threshold, reason: str) -> None:
        super().__init__(f"{threshold}: {reason}")
        self.threshold = threshold
        self.reason = reason


def thresholds_of(guideline: Guideline) -> Mapping[Threshold, Decimal | None]:
    """The guideline's thresholds; a dose point that it does not know is not among them."""
    points = {threshold: guideline.point(name) for threshold, name in _POINTS.items()}
    return {
        **{threshold: point.mme_per_day for threshold, point in points.items() if point is not None},
        Threshold.LONG_TERM_DAYS: Decimal(guideline.long_term_days),
        Threshold.NEW_THERAPY_DAYS: Decimal(guideline.new_therapy_days),
        Threshold.IMPROVEMENT_PERCENT: guideline.benefit.improvement_percent,
        Threshold.RISE_PERCENT: guideline.rise_percent,
        Threshold.NALOXONE_LOOKBACK_DAYS: Decimal(guideline.naloxone_lookback_days),
    }


def with_thresholds(
    guideline: Guideline, values: Mapping[Threshold, Decimal]
) -> tuple[Guideline, tuple[Override, ...]]:
    """The guideline as a site wants it, and what differs from the guideline's own.

    Raises:
        UnsuitableThreshold: a dose point that the guideline does not know, or one out of order.
    """
    stated = thresholds_of(guideline)
    for threshold in values:
        if threshold not in stated:
            raise UnsuitableThreshold(threshold, f"{guideline.id} knows no such dose point")
    overrides = tuple(
        Override(threshold=threshold, stated=stated[threshold], value=value)
        for threshold, value in values.items()
        if value != stated[threshold]
    )
    return _changed(guideline, overrides), overrides


def _changed(guideline: Guideline, overrides: Iterable[Override]) -> Guideline:
    values = {one.threshold: one.value for one in overrides}
    whole = {name: int(values[name]) for name in values if name.endswith("_days")}
    points = tuple(_point(point, values) for point in guideline.dose_points)
    _check_order(points, values)
    return replace(
        guideline,
        dose_points=points,
        long_term_days=whole.get(Threshold.LONG_TERM_DAYS, guideline.long_term_days),
        new_therapy_days=whole.get(Threshold.NEW_THERAPY_DAYS, guideline.new_therapy_days),
        naloxone_lookback_days=whole.get(Threshold.NALOXONE_LOOKBACK_DAYS, guideline.naloxone_lookback_days),
        rise_percent=values.get(Threshold.RISE_PERCENT, guideline.rise_percent),
        benefit=replace(
            guideline.benefit,
            improvement_percent=values.get(Threshold.IMPROVEMENT_PERCENT, guideline.benefit.improvement_percent),
        ),
    )


def _point(point: DosePoint, values: Mapping[Threshold, Decimal]) -> DosePoint:
    threshold = next(threshold for threshold, name in _POINTS.items() if name is point.name)
    if threshold not in values:
        return point
    return replace(point, mme_per_day=values[threshold], stated=point.mme_per_day, set_by_site=True)


def _check_order(points: Iterable[DosePoint], values: Mapping[Threshold, Decimal]) -> None:
    doses = [point.mme_per_day for point in points if point.mme_per_day is not None]
    if doses != sorted(doses):
        set_here = next(threshold for threshold in _POINTS if threshold in values)
        raise UnsuitableThreshold(set_here, "expected caution_mme to be no more than high_mme")
