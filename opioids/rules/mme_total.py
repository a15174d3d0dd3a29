"""The daily total, when it reaches the guideline's first dose point or could not be completed."""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import Recommendation, Topic, Urgency


def mme_total(case: Case, guideline: Guideline) -> Recommendation | None:
    """Say how the total adds up, unless no opioid is at stake or it is complete and low.

    A rotation always gets its total, because the total is what it must not be calculated from.
    """
    if case.focus not in (Focus.OPIOID, Focus.CHART) or not case.has_opioid:
        return None
    if case.complete and not case.reaches(guideline) and not case.change.rotation:
        return None
    statements = guideline.basis[Topic.MME_TOTAL]
    return Recommendation(topic=Topic.MME_TOTAL, urgency=Urgency.INFO, rule=statements[0], statements=statements)
