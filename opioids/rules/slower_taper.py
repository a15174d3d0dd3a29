"""A warning when an order lowers or stops long-term opioids faster than the guideline supports.

Basis: CDC 2022, recommendation 5 (US-H1, US-H2, US-H3); the tiers TA1 to TA5 are in the guideline's
data. Not for those whom the guideline excludes, and not for a rotation between opioids.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import Recommendation, Topic, Urgency

_MILDER = {Urgency.CRITICAL: Urgency.WARNING, Urgency.WARNING: Urgency.INFO}


def slower_taper(case: Case, guideline: Guideline) -> Recommendation | None:
    """Warn by the highest tier that the change reaches."""
    change = case.change
    if case.focus is not Focus.OPIOID or not case.is_taper:
        return None
    if case.exclusions(guideline) or not case.therapy_days_at_least(guideline.long_term_days):
        return None
    if change.smallest_step and change.cut <= guideline.pace.low_dose_mme:
        return None
    tier = _tier(case, guideline)
    if tier is None:
        return None
    rule, urgency = tier
    if change.only_as_needed and rule != "TA1":
        urgency = _MILDER[urgency]
    statement = "US-H2" if case.therapy_days_at_least(guideline.pace.long_therapy_days) else "US-H3"
    return Recommendation(topic=Topic.SLOWER_TAPER, urgency=urgency, rule=rule, statements=("US-H1", statement))


def _tier(case: Case, guideline: Guideline) -> tuple[str, Urgency] | None:
    """The highest tier reached. An unknown length of therapy is judged by the wider limits only."""
    change, pace = case.change, guideline.pace
    known = case.therapy_days is not None
    long = case.therapy_days_at_least(pace.long_therapy_days)
    if known and change.to_zero:
        return "TA1", Urgency.CRITICAL
    if change.percent >= pace.half_percent or (long and change.percent > pace.steep_percent):
        return "TA5", Urgency.CRITICAL
    if long and change.percent > pace.wide_percent:
        return "TA4", Urgency.WARNING
    rounded = change.smallest_step and change.percent <= pace.rounding_percent
    if known and change.percent > pace.most_percent and not rounded:
        return ("TA2" if long else "TA3"), Urgency.WARNING
    return None
