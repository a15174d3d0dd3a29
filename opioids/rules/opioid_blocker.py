"""Naltrexone (or another long-acting blocker) together with an opioid: it brings on withdrawal at once.

For everybody, whatever the guideline excludes: this is about the two medicines, not about doses. An opioid
that is stopped on the day the blocker starts is still in the body.
"""

from __future__ import annotations

from opioids.case import Case, Focus
from opioids.drug_classes import DrugClass
from opioids.guideline import Guideline
from opioids.recommendations import BLOCKER_RULE, HeldBack, Recommendation, Topic, Urgency, make_recommendation


def opioid_blocker(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Warn of a blocker beside an opioid; critical when the blocker is what is being started."""
    del guideline  # a matter of pharmacology, the same everywhere
    if case.focus in (Focus.NEITHER, Focus.RESCUE):
        return HeldBack.NOT_IN_FOCUS
    blockers = [one for one in case.companions if one.drug_class is DrugClass.BLOCKER]
    if not blockers:
        return HeldBack.NO_BLOCKER
    if not (case.takes_any_opioid or case.would_take_any_opioid):
        return HeldBack.NO_OPIOID
    started = case.takes_any_opioid and any(one.is_new for one in blockers)
    return make_recommendation(
        topic=Topic.SEDATIVE_OVERLAP, urgency=Urgency.CRITICAL if started else Urgency.WARNING, rule=BLOCKER_RULE
    )
