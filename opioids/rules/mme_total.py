"""The daily total, when it reaches the guideline's first dose point or could not be completed."""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency, make_recommendation
from opioids.rules.deprescribing_review import deprescribing_review


def mme_total(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Say how the total adds up, unless no opioid is at stake or it is complete and low.

    A rotation always gets its total, because the total is what it must not be calculated from.
    """
    if case.focus not in (Focus.OPIOID, Focus.CHART):
        return HeldBack.NOT_IN_FOCUS
    if not case.has_opioid:
        return HeldBack.NO_OPIOID
    point = guideline.highest_reached(case.proposed.maximum)
    if point is None and case.complete and not case.change.rotation and not _matters(case, guideline):
        return HeldBack.NOT_REACHED
    if case.change.to_zero and case.list_seen and not case.change.rotation:
        # Nothing is left to add up, and what could not be counted before is told with the stop.
        return HeldBack.NOT_REACHED
    # Below every dose point the total is told for another reason, and no statement is about it; nor is one about a
    # start, where the point was reached before.
    applies = point and (not point.of_a_start or case.starting or not point.reached_by(case.current.maximum))
    return make_recommendation(
        topic=Topic.MME_TOTAL,
        urgency=Urgency.INFO,
        rule=point.statement if point else guideline.basis[Topic.MME_TOTAL][0],
        statements=(point.statement,) if point and applies else (),
    )


def _matters(case: Case, guideline: Guideline) -> bool:
    """Whether anything rests on a total that reaches no dose point: only where the guideline names no dose."""
    if guideline.names_a_dose:
        return False
    # At a start there is one order whose dose is in view.
    changed = bool(case.change.cut) and bool(case.current.counted)
    return changed or isinstance(deprescribing_review(case, guideline), Recommendation)
