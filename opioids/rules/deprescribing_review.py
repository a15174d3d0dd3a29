"""A conversation about whether benefits still outweigh harms.

Basis: CDC 2022, recommendation 5 (US-W1) and the first dose point (US-D2). Never for those whom the
guideline excludes, never for treatment of opioid use disorder, and not when the dose is already
being lowered.
"""

from __future__ import annotations

from decimal import Decimal

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import Recommendation, Topic, Urgency


def deprescribing_review(case: Case, guideline: Guideline) -> Recommendation | None:
    """Invite to a review from the first dose point on, or when therapy is long-term."""
    if case.focus not in (Focus.OPIOID, Focus.CHART) or not case.has_opioid:
        return None
    if case.exclusions(guideline) or case.in_treatment or case.change.cut > Decimal(0):
        return None
    if _only_for_cough(case):
        return None
    if case.reaches(guideline):
        rule = "US-D2"
    elif case.is_long_term(guideline):
        rule = "US-W1"
    else:
        return None
    return Recommendation(
        topic=Topic.DEPRESCRIBING_REVIEW, urgency=Urgency.INFO, rule=rule, statements=("US-W1", "US-H1")
    )


def _only_for_cough(case: Case) -> bool:
    """Cough-and-cold opioids count, but alone they are no reason for a review."""
    return not case.proposed.uncounted and all(line.product.cough_and_cold for line in case.proposed.counted)
