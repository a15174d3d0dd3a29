"""A dose that is taken up again after a time on less: tolerance may be lost (TA7).

Basis: the review in the NEJM of 2025 and the VA's taper tool: tolerance falls within a week. Going back to the
last dose that was enough can be right; the full earlier dose is not simply resumed.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import RESTORED_RULE, HeldBack, Recommendation, Topic, Urgency


def restored_dose(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Warn when a dose rises that had been lowered, and was lower for long enough to lose tolerance."""
    if case.focus is not Focus.OPIOID:
        return HeldBack.NOT_IN_FOCUS
    change, past, pace = case.change, case.past, guideline.pace
    if change.cut >= Decimal(0) or change.rotation or not change.judgeable:
        return HeldBack.NOT_RAISED
    if case.exclusions(guideline):
        return HeldBack.EXCLUDED
    if not past.last_fell or (case.today - past.levels[-1].since).days < pace.restored_after_days:
        return HeldBack.NOT_LOWERED_BEFORE
    since = case.today - timedelta(days=pace.lookback_days)
    highest = past.highest_stable(pace.stable_days, since, case.today)
    if highest is None or highest <= case.current.maximum:
        return HeldBack.NOT_LOWERED_BEFORE
    return Recommendation(
        topic=Topic.DOSE_ESCALATION,
        urgency=Urgency.WARNING,
        rule=RESTORED_RULE,
        statements=guideline.basis[Topic.DOSE_ESCALATION],
    )
