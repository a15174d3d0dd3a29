"""A dose that is taken up again after a time on less: tolerance may be lost (TA7).

Basis: the review in the NEJM of 2025 and the VA's taper tool: tolerance falls within a week. Going back to the
last dose that was enough can be right; the full earlier dose is not simply resumed.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.criteria_met import exclusions
from opioids.guideline import Guideline
from opioids.recommendations import RESTORED_RULE, HeldBack, Recommendation, Topic, Urgency, make_recommendation


def restored_dose(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Warn when a dose rises that had been lowered, and was lower for long enough to lose tolerance."""
    if case.focus is not Focus.OPIOID:
        return HeldBack.NOT_IN_FOCUS
    if not case.is_raised:
        return HeldBack.NOT_RAISED
    if exclusions(case, guideline):
        return HeldBack.EXCLUDED
    if not case.lost_tolerance(guideline):
        return HeldBack.NOT_LOWERED_BEFORE
    return make_recommendation(
        topic=Topic.DOSE_ESCALATION,
        urgency=Urgency.WARNING,
        rule=RESTORED_RULE,
        statements=guideline.basis.get(Topic.DOSE_ESCALATION, ()),
    )
