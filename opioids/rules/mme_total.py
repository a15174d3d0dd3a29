"""The daily total, when it reaches the guideline's first dose point or could not be completed."""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency


def mme_total(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Say how the total adds up, unless no opioid is at stake or it is complete and low.

    A rotation always gets its total, because the total is what it must not be calculated from.
    """
    if case.focus not in (Focus.OPIOID, Focus.CHART):
        return HeldBack.NOT_IN_FOCUS
    if not case.has_opioid:
        return HeldBack.NO_OPIOID
    if case.complete and not case.reaches(guideline) and not case.change.rotation:
        return HeldBack.NOT_REACHED
    statements = guideline.basis[Topic.MME_TOTAL]
    return Recommendation(topic=Topic.MME_TOTAL, urgency=Urgency.INFO, rule=statements[0], statements=statements)
