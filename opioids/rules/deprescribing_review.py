"""A conversation about whether benefits still outweigh harms.

The reasons are the guideline's data. Never for those whom the guideline excludes, never for treatment
of opioid use disorder, and not when the dose is already being lowered.
"""

from __future__ import annotations

from decimal import Decimal

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import Recommendation, Topic, Urgency


def deprescribing_review(case: Case, guideline: Guideline) -> Recommendation | None:
    """Invite to a review when one of the guideline's reasons is met; supporting ones never suffice alone."""
    if case.focus not in (Focus.OPIOID, Focus.CHART) or not case.has_opioid:
        return None
    if case.exclusions(guideline) or case.in_treatment or case.change.cut > Decimal(0):
        return None
    if _only_for_cough(case):
        return None
    met = tuple(one for one in guideline.review_reasons if case.meets(one, guideline))
    explicit = [one for one in met if one.explicit]
    if not explicit:
        return None
    return Recommendation(
        topic=Topic.DEPRESCRIBING_REVIEW,
        urgency=Urgency.INFO,
        rule=explicit[0].id,
        reasons=met,
        statements=guideline.basis[Topic.DEPRESCRIBING_REVIEW],
    )


def _only_for_cough(case: Case) -> bool:
    """Cough-and-cold opioids count, but alone they are no reason for a review."""
    return not case.proposed.uncounted and all(line.product.cough_and_cold for line in case.proposed.counted)
