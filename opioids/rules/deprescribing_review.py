"""A conversation about whether benefits still outweigh harms.

The reasons are the guideline's data. Never for those whom the guideline excludes, never for treatment
of opioid use disorder, and not when the dose is already being lowered.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.criteria_met import exclusions, met, suffices
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency, make_recommendation


def deprescribing_review(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Invite to a review when one of the guideline's reasons is met; supporting ones never suffice alone."""
    if case.focus not in (Focus.OPIOID, Focus.CHART):
        return HeldBack.NOT_IN_FOCUS
    if not case.has_opioid:
        return HeldBack.NO_OPIOID
    if exclusions(case, guideline):
        return HeldBack.EXCLUDED
    if case.in_treatment:
        return HeldBack.IN_TREATMENT
    if case.change.cut > 0 or case.unconverted_fall:
        return HeldBack.BEING_LOWERED
    if _only_for_cough(case):
        return HeldBack.ONLY_FOR_COUGH
    reasons = met(case, guideline.review_reasons, guideline)
    explicit = [one for one in reasons if suffices(case, one, guideline)]
    if not explicit:
        return HeldBack.NO_CRITERION
    return make_recommendation(
        topic=Topic.DEPRESCRIBING_REVIEW,
        urgency=Urgency.INFO,
        rule=explicit[0].id,
        reasons=reasons,
        statements=(explicit[0].id,),
    )


def _only_for_cough(case: Case) -> bool:
    """Cough-and-cold opioids count, but alone they are no reason for a review."""
    return not case.proposed.uncounted and all(line.product.cough_and_cold for line in case.proposed.counted)
