"""What could not be seen or computed although it matters; silence would be mistaken for safety."""

from __future__ import annotations

from opioids.case import Case, Focus, Gap
from opioids.guideline import Guideline
from opioids.prescriptions import WITHOUT_A_FACTOR
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency

_ALWAYS_SAID = {Gap.DRAFTS_NOT_SENT, Gap.OTHER_PATIENT}


def data_incomplete(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Say what is missing, unless nothing that is being looked at depends on it, or the total says it all."""
    del guideline  # what could not be seen is the same under every guideline
    if case.focus in (Focus.NEITHER, Focus.RESCUE) and not _ALWAYS_SAID & set(case.gaps):
        return HeldBack.NOT_IN_FOCUS
    if not case.gaps and not case.current.uncounted and not case.proposed.uncounted:
        return HeldBack.NOTHING_MISSING
    if _is_told_by_the_total(case):
        return HeldBack.NO_FACTOR
    return Recommendation(topic=Topic.DATA_INCOMPLETE, urgency=Urgency.INFO, rule="incomplete")


def _is_told_by_the_total(case: Case) -> bool:
    """Whether all that was not counted has no factor: nobody can mend that, and the total, or the stop, says it."""
    uncounted = (*case.current.uncounted, *case.proposed.uncounted)
    told = case.focus in (Focus.OPIOID, Focus.CHART) and not case.gaps
    return told and all(one.reason in WITHOUT_A_FACTOR for one in uncounted)
