"""What could not be seen or computed although it matters; silence would be mistaken for safety."""

from __future__ import annotations

from opioids.case import Case, Focus, Gap
from opioids.guideline import Guideline
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency

_ALWAYS_SAID = {Gap.DRAFTS_NOT_SENT, Gap.OTHER_PATIENT}


def data_incomplete(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Say what is missing, unless nothing that is being looked at depends on it."""
    del guideline  # what could not be seen is the same under every guideline
    if case.focus is Focus.NEITHER and not _ALWAYS_SAID & set(case.gaps):
        return HeldBack.NOT_IN_FOCUS
    if not case.gaps and not case.current.uncounted and not case.proposed.uncounted:
        return HeldBack.NOTHING_MISSING
    return Recommendation(topic=Topic.DATA_INCOMPLETE, urgency=Urgency.INFO, rule="incomplete")
