"""A dose that is raised past a dose point: reassess first.

Past a point is a dose that reaches it and did not before, or one that was past it and rises by the
guideline's `rise_percent` or more: small changes of a high dose get the review instead. A first opioid is no
escalation (the review at the start speaks of it), and what was taken before has to be known.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.criteria_met import exclusions
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency, make_recommendation


def dose_escalation(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Invite to reassess before a dose is raised past one of the guideline's points."""
    if case.focus is not Focus.OPIOID:
        return HeldBack.NOT_IN_FOCUS
    if not (case.list_seen and case.is_raised and case.current.maximum > 0):
        return HeldBack.NOT_RAISED
    if exclusions(case, guideline):
        return HeldBack.EXCLUDED
    point = guideline.highest_reached(case.proposed.maximum)
    if point is None:
        return HeldBack.NOT_PAST_A_POINT
    if point.reached_by(case.current.maximum) and -case.change.percent < guideline.rise_percent:
        return HeldBack.NOT_PAST_A_POINT
    return make_recommendation(
        topic=Topic.DOSE_ESCALATION,
        urgency=Urgency.INFO,
        rule=point.raise_statement,
        statements=(point.raise_statement, *guideline.basis.get(Topic.DOSE_ESCALATION, ())),
    )
