"""Naloxone beside the opioid, when the risk of an overdose is raised and none is at hand.

Basis: CDC 2022, recommendation 8 (NX01-NX06), FDA 2020 for treatment of opioid use disorder (NX23).
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import Recommendation, Topic, Urgency


def naloxone_offer(case: Case, guideline: Guideline) -> Recommendation | None:
    """Offer naloxone, naming every criterion that is met; supporting ones never suffice alone."""
    if case.focus is Focus.NEITHER or case.naloxone_at_hand:
        return None
    if not (case.has_opioid or case.in_treatment):
        return None
    met = tuple(one for one in guideline.naloxone if case.meets(one, guideline))
    explicit = [one for one in met if one.explicit]
    if not explicit:
        return None
    return Recommendation(
        topic=Topic.NALOXONE_OFFER, urgency=Urgency.WARNING, rule=explicit[0].id, reasons=met, statements=("US-N8",)
    )
