"""What could not be seen or computed although it matters; silence would be mistaken for safety."""

from __future__ import annotations

from opioids.case import Case, Focus, Gap
from opioids.guideline import Guideline
from opioids.prescriptions import Uncounted, UncountedReason
from opioids.products import Route
from opioids.recommendations import HeldBack, Recommendation, Topic, Urgency, make_recommendation

_ALWAYS_SAID = {Gap.DRAFTS_NOT_SENT, Gap.OTHER_PATIENT}


def data_incomplete(case: Case, guideline: Guideline) -> Recommendation | HeldBack:
    """Say what is missing, unless nothing that is being looked at depends on it, or the total says it all."""
    del guideline  # what could not be seen is the same under every guideline
    if case.focus in (Focus.NEITHER, Focus.RESCUE) and not _ALWAYS_SAID & set(case.gaps):
        return HeldBack.NOT_IN_FOCUS
    if not case.gaps and not case.current.uncounted and not case.proposed.uncounted:
        return HeldBack.NOTHING_MISSING
    if _is_usual_on_a_ward(case):
        return HeldBack.IN_HOSPITAL
    return make_recommendation(topic=Topic.DATA_INCOMPLETE, urgency=Urgency.INFO, rule="incomplete")


def _is_usual_on_a_ward(case: Case) -> bool:
    """Whether only routes have no factor, in hospital, where that is how opioids are given: nobody can mend it.

    The total says so itself, where there is one.
    """
    uncounted = (*case.current.uncounted, *case.proposed.uncounted)
    by_route = all(one.reason is UncountedReason.ROUTE_NOT_CONVERTIBLE or _is_injected(one) for one in uncounted)
    told = case.focus in (Focus.OPIOID, Focus.CHART) and bool(case.proposed.uncounted)
    return case.in_hospital and by_route and told and not case.gaps


def _is_injected(one: Uncounted) -> bool:
    """Whether a drug without any factor is given as an injection: sufentanil, nalbuphine and others of a ward."""
    by_route = one.kind is not None and one.kind[1] is Route.INJECTION
    return by_route and one.reason is UncountedReason.NO_FACTOR
