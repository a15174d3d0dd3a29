"""How much falls of one opioid that the conversion table does not convert.

Its share of its own dose is the same in any measure: half of the milligrams is half of the dose. So it can be judged
against a pace, although no total in morphine equivalents can be told, and although others go on beside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from opioids.change import change_of
from opioids.later_steps import Measure
from opioids.mme import MmeTotal, before_and_after
from opioids.pace import Fall
from opioids.prescriptions import WITHOUT_A_FACTOR, Content, IgnoredReason
from opioids.regimen import Regimen


def fall_without_factor(
    taken: Regimen, totals: tuple[MmeTotal, MmeTotal], measures: Iterable[Measure], therapy_days: int | None
) -> Fall | None:
    """The step down, or the stop, of the only opioid for which the table in use has no factor by its route; else None.

    None where what is counted changes as well, or treatment of opioid use disorder begins: then another opioid may
    stand in for it. None, too, for the stop of the only opioid after a time that is not known.

    Args:
        taken: what is taken before and with the orders being written.
        totals: what the table in use makes of them.
        measures: by other tables; the first that converts the opioid by one factor tells its share.
        therapy_days: the length of therapy, None when it is not known.
    """
    now, then = totals
    without = _without_a_factor(now) | _without_a_factor(then)
    if not without or not _the_rest_stays(now, then):
        return None
    beside_others = then.holds_treatment or bool(then.counted)
    if therapy_days is None and not beside_others and not _without_a_factor(then):
        return None
    current, proposed = _only(taken.current, without), _only(taken.proposed, without)
    for measure in measures:
        before, after = before_and_after(current, proposed, measure.table, now.as_of, taken.written)
        change = change_of(before, after, measure.shelf, measure.practice)
        if change.cut > 0 and _in_one_measure(before, after):
            return Fall(
                day=now.as_of,
                before=before.maximum,
                after=after.maximum,
                change=change,
                therapy_days=therapy_days,
                beside_others=beside_others,
            )
    return None


def _without_a_factor(total: MmeTotal) -> frozenset[str]:
    """References of the orders that the table does not convert; none where something else could not be counted."""
    if any(one.reason not in WITHOUT_A_FACTOR for one in total.uncounted):
        return frozenset()
    partial = [one.reference for one in total.ignored if one.reason is IgnoredReason.PARTIAL_AGONIST]
    return frozenset([*(one.reference for one in total.uncounted), *partial])


def _the_rest_stays(now: MmeTotal, then: MmeTotal) -> bool:
    """Whether all that is counted stays as much as it was of each opioid, and no treatment begins."""
    if any(one.reason not in WITHOUT_A_FACTOR for one in (*now.uncounted, *then.uncounted)):
        return False
    known = {line.ingredient.name for line in now.counted} == {line.ingredient.name for line in then.counted}
    begins = then.holds_treatment and not now.holds_treatment
    return known and not begins and now.maximum == then.maximum


def _only(contents: Sequence[Content], references: frozenset[str]) -> list[Content]:
    return [one for one in contents if one.reference in references]


def _in_one_measure(before: MmeTotal, after: MmeTotal) -> bool:
    """Whether both are whole, and of one opioid by one factor."""
    lines = (*before.counted, *after.counted)
    return before.complete and after.complete and len({(line.ingredient.name, line.factor) for line in lines}) == 1
