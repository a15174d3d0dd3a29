"""A warning when an order lowers or stops long-term opioids faster than the guideline supports.

The tiers TA1 to TA5 and the statements behind them are the guideline's data. Not for those whom the
guideline excludes, and not for a rotation between opioids.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency

_MILDER = {Urgency.CRITICAL: Urgency.WARNING, Urgency.WARNING: Urgency.INFO}


def slower_taper(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Warn by the highest tier that the change reaches."""
    change = case.change
    if case.focus is not Focus.OPIOID:
        return HeldBack.NOT_IN_FOCUS
    if not case.is_taper:
        return HeldBack.NOT_LOWERED
    if case.exclusions(guideline):
        return HeldBack.EXCLUDED
    if not case.therapy_days_at_least(guideline.long_term_days):
        return HeldBack.NOT_LONG_TERM
    if change.smallest_step and change.cut <= guideline.pace.low_dose_mme:
        return HeldBack.SMALLEST_STEP
    tier = _tier(case, guideline)
    if tier is None:
        return HeldBack.WITHIN_PACE
    rule, urgency = tier
    if change.only_as_needed and rule != "TA1":
        urgency = _MILDER[urgency]
    pace = guideline.pace
    by_length = pace.long_statement if case.therapy_days_at_least(pace.long_therapy_days) else pace.short_statement
    statements = tuple(dict.fromkeys((pace.abrupt_statement, by_length)))
    return Recommendation(topic=Topic.SLOWER_TAPER, urgency=urgency, rule=rule, statements=statements)


def _tier(case: Case, guideline: Guideline) -> tuple[str, Urgency] | None:
    """The highest tier reached. An unknown length of therapy is judged by the wider limits only."""
    change, pace = case.change, guideline.pace
    known = case.therapy_days is not None
    long = case.therapy_days_at_least(pace.long_therapy_days)
    monthly = case.therapy_days_at_least(pace.monthly_tiers_from_days)
    most = pace.most_percent if long else pace.short_most_percent
    if known and change.to_zero:
        return "TA1", Urgency.CRITICAL
    if change.percent >= pace.half_percent or (monthly and change.percent > pace.steep_percent):
        return "TA5", Urgency.CRITICAL
    if monthly and pace.wide_percent is not None and change.percent > pace.wide_percent:
        return "TA4", Urgency.WARNING
    rounded = change.smallest_step and change.percent <= pace.rounding_percent
    if known and most is not None and change.percent > most and not rounded:
        return ("TA2" if long else "TA3"), Urgency.WARNING
    return None
