"""A product that is only for people who are used to opioids, begun by somebody who by the chart is not.

For everybody, whatever the guideline excludes: this is what the label says, and no matter of doses or tapers. Not in
hospital and not at the end of life, where others watch and decide.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import (
    WITHOUT_TOLERANCE_RULE,
    HeldBack,
    Recommendation,
    Topic,
    Urgency,
    make_recommendation,
)
from opioids.tolerance import begun_without


def without_tolerance(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Warn where such a product is begun, the list could be seen, and less is taken than the label asks for."""
    del guideline  # labels of the product, the same for every guideline held here
    if case.focus is not Focus.OPIOID:
        return HeldBack.NOT_IN_FOCUS
    taken, days = case.until_now
    unknown = not case.list_seen or taken.uncounted or case.in_treatment or taken.holds_partial_agonist
    if unknown:
        return HeldBack.NOT_RAISED
    if not begun_without(taken, case.proposed, days):
        return HeldBack.TOLERANT
    if case.in_hospital:
        return HeldBack.IN_HOSPITAL
    if case.patient.is_at_end_of_life:
        return HeldBack.EXCLUDED
    return make_recommendation(topic=Topic.DOSE_ESCALATION, urgency=Urgency.WARNING, rule=WITHOUT_TOLERANCE_RULE)
