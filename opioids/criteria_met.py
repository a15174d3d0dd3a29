"""Which criteria of a guideline a case meets."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from opioids.case import Case
from opioids.criteria import Circumstance, Criterion
from opioids.guideline import Guideline
from opioids.outcomes import Benefit


def met(case: Case, criteria: Iterable[Criterion], guideline: Guideline) -> tuple[Criterion, ...]:
    """Those of some criteria that the case meets, in their order."""
    past = case.patient.past
    # Most look for a condition or a medicine, and every rule asks: a look into a set, and no call for each of them.
    recorded = {*case.patient.conditions, *[one.drug_class for one in case.companions]}
    found: list[Criterion] = []
    for one in criteria:
        sought = one.looks_for
        if sought in recorded:
            shown = not one.present or sought not in past
        else:
            shown = sought in _SHOWN and _SHOWN[sought](case, guideline, one)
        if shown and _is_within(case.therapy_days, one):
            found.append(one)
    return tuple(found)


def suffices(case: Case, criterion: Criterion, guideline: Guideline) -> bool:
    """Whether a criterion that is met suffices alone."""
    return criterion.explicit and (not criterion.long_term or case.is_long_term(guideline))


def exclusions(case: Case, guideline: Guideline) -> tuple[Criterion, ...]:
    """Why the guideline's advice on doses and tapering is not meant for this patient; a suspicion is no reason."""
    suspected = case.patient.suspected
    return tuple([one for one in met(case, guideline.exclusions, guideline) if one.looks_for not in suspected])


def _is_within(days: int | None, criterion: Criterion) -> bool:
    """Whether therapy is known to be as long, and no longer, than the criterion asks."""
    least, most = criterion.from_days, criterion.to_days
    if least is None and most is None:
        return True
    return days is not None and (least is None or days >= least) and (most is None or days <= most)


def _is_reached(case: Case, guideline: Guideline, criterion: Criterion) -> bool:
    return criterion.point is not None and case.reaches(guideline, criterion.point)


def _is_tapering(case: Case, guideline: Guideline, _: Criterion) -> bool:
    lowered = case.is_taper or case.stops_unknown or case.unconverted_fall is not None or case.stops_treatment
    return lowered and case.therapy_days_at_least(guideline.long_term_days)


def _is_unproven(case: Case, guideline: Guideline, _: Criterion) -> bool:
    return case.is_long_term(guideline) and case.benefit is not Benefit.IMPROVED


def _is_at_risk(case: Case, guideline: Guideline, _: Criterion) -> bool:
    return bool(met(case, [one for one in guideline.naloxone if not one.explicit], guideline))


_SHOWN: dict[str, Callable[[Case, Guideline, Criterion], bool]] = {
    Circumstance.DOSE_POINT: _is_reached,
    Circumstance.START_DOSE: lambda case, guideline, one: case.starting and _is_reached(case, guideline, one),
    Circumstance.TAPERING: _is_tapering,
    Circumstance.RESTORED: lambda case, guideline, _: case.is_raised and case.lost_tolerance(guideline),
    Circumstance.TREATMENT: lambda case, *_: case.in_treatment,
    Circumstance.AGE_65: lambda case, *_: case.patient.is_older,
    Circumstance.UNDER_18: lambda case, *_: case.patient.is_child,
    Circumstance.THERAPY: lambda *_: True,
    Circumstance.LONG_TERM: lambda case, guideline, _: case.is_long_term(guideline),
    Circumstance.LONG_TERM_UNPROVEN: _is_unproven,
    Circumstance.STARTING: lambda case, *_: case.starting,
    Circumstance.NOT_IMPROVED: lambda case, *_: case.benefit is Benefit.NOT_IMPROVED,
    Circumstance.GOALS_NOT_MET: lambda case, *_: case.goals_not_met,
    Circumstance.HOSPITAL: lambda case, *_: case.in_hospital,
    Circumstance.AT_RISK: _is_at_risk,
}
"""Whether a case shows a circumstance. No condition and no class of medicines has the name of one."""
