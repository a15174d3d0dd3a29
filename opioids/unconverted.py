"""How much falls of one opioid that the conversion table does not convert.

Where nothing else is taken, its share of the dose is the same in any measure: half of the milligrams is half of
the dose. So it can be judged against a pace, although no total in morphine equivalents can be told.
"""

from __future__ import annotations

from collections.abc import Iterable

from opioids.change import Change, change_of
from opioids.later_falls import Measure
from opioids.mme import MmeTotal, before_and_after
from opioids.pace import Fall
from opioids.prescriptions import UncountedReason
from opioids.regimen import Regimen

_WITHOUT_A_FACTOR = frozenset({UncountedReason.NO_FACTOR, UncountedReason.ROUTE_NOT_CONVERTIBLE})
"""The table has no factor for the drug, or none for it by this route (fentanyl as a lozenge). A partial agonist is told
apart by the table itself."""


def fall_without_factor(
    taken: Regimen, totals: tuple[MmeTotal, MmeTotal], measures: Iterable[Measure], therapy_days: int | None
) -> Fall | None:
    """The step down of the only opioid that is taken, where the table in use has no factor by its route; else None.

    Args:
        taken: what is taken before and with the orders being written.
        totals: what the table in use makes of them.
        measures: by other tables; the first that converts the opioid by one factor tells its share.
        therapy_days: the length of therapy, None when it is not known.
    """
    if not all(map(_lacks_a_factor_alone, totals)):
        return None
    day = totals[0].as_of
    for measure in measures:
        before, after = before_and_after(taken.current, taken.proposed, measure.table, day, taken.written)
        change = change_of(before, after, measure.shelf, measure.practice)
        if _is_step_down(before, after, change):
            return Fall(day=day, before=before.maximum, after=after.maximum, change=change, therapy_days=therapy_days)
    return None


def _lacks_a_factor_alone(total: MmeTotal) -> bool:
    reasons = {one.reason for one in total.uncounted}
    return not total.counted and (bool(reasons) or total.holds_partial_agonist) and reasons <= _WITHOUT_A_FACTOR


def _is_step_down(before: MmeTotal, after: MmeTotal, change: Change) -> bool:
    """Whether both are whole, of one opioid by one factor, and less is taken after."""
    lines = (*before.counted, *after.counted)
    one_measure = len({(line.ingredient.name, line.factor) for line in lines}) == 1
    return before.complete and after.complete and one_measure and change.cut > 0
