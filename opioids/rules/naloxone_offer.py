"""Naloxone beside the opioid, when the risk of an overdose is raised and none is at hand.

The criteria (NX01 to NX25) are the guideline's data. In palliative care and terminal illness it is information, and
no warning: whether it fits is for those who lead the care.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.criteria_met import met, suffices
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency, make_recommendation


def naloxone_offer(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Offer naloxone, naming every criterion that is met; supporting ones never suffice alone."""
    if case.focus is Focus.NEITHER:
        return HeldBack.NOT_IN_FOCUS
    if not (case.takes_any_opioid or case.would_take_any_opioid):
        return HeldBack.NO_OPIOID
    if case.in_hospital:
        return HeldBack.IN_HOSPITAL
    if case.naloxone_at_hand:
        return HeldBack.NALOXONE_AT_HAND
    reasons = met(case, guideline.naloxone, guideline)
    explicit = [one for one in reasons if suffices(case, one, guideline)]
    if not explicit:
        return HeldBack.NO_CRITERION
    is_mild = all(one.mild for one in explicit) or case.patient.is_at_end_of_life
    return make_recommendation(
        topic=Topic.NALOXONE_OFFER,
        urgency=Urgency.INFO if is_mild else Urgency.WARNING,
        rule=explicit[0].id,
        reasons=reasons,
        statements=guideline.basis[Topic.NALOXONE_OFFER],
    )
