"""Written directions ("take 1-2 tabs po q4-6h prn pain, max 8/day") read whole, or refused.

A direction is cut into tokens (`tokens`), the tokens into statements (`statements`), and the statements into parts
that are taken together ("and") and steps that follow one another ("then", `parts`). Nothing is skipped and nothing
is guessed: a word that is not known, two statements that contradict each other, or one that may belong to either of two
parts refuses the whole direction. `tests/spec/directions.csv` shows what is read and what is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

from opioids.prescriptions import Refusal, Restated, Sig, UncountedReason
from opioids.products import Route
from opioids.quantities import Dose, Frequency, Unit, evenly
from opioids.sigs.ceilings import ceilings_of, check_maxima_of_all, check_sums
from opioids.sigs.checks import carry_doses, check_steps, check_together, choose, share_frequency, split_steps
from opioids.sigs.frequency import Contradiction, HowOften, together
from opioids.sigs.limits import Maximum
from opioids.sigs.parts import Outline, Part, outline
from opioids.sigs.remarks import Mark
from opioids.sigs.statements import doses_first, statements
from opioids.sigs.words import PATCH

LONGEST_DIRECTION = 500
EACH_MEAL = "with each meal: counted as three a day"
DAYS_ASIDE = "the days named in the directions are set aside: counted as if taken today"
_LONGEST_QUOTE = 80


def read_sig(text: str) -> tuple[Sig, ...] | Refusal:
    """What a written direction says: one `Sig` for each part that is taken, or why it cannot be read.

    Parts taken together bear no `sequence`; steps that follow one another bear 1, 2, … Answers for any text.
    """
    if len(text) > LONGEST_DIRECTION:
        return _unreadable(f"the direction is longer than {LONGEST_DIRECTION} characters")
    return _remembered(text)


@lru_cache(maxsize=4096)
def _remembered(text: str) -> tuple[Sig, ...] | Refusal:
    stated, unread = statements(text)
    if unread:
        return _unreadable(f"could not read: {_quoted(unread)}")
    try:
        sigs = _sigs(outline(doses_first(stated)))
    except Contradiction as contradiction:
        return _unreadable(f"could not read as one direction: {contradiction}")
    if all(sig.dose is None and sig.frequency is None and not sig.ceilings for sig in sigs):
        return Refusal(reason=UncountedReason.DOSE_MISSING, detail="no dose and no frequency are written")
    return sigs


def read_frequency(text: str) -> tuple[Frequency, bool] | None:
    """A frequency alone ("every 4 hours", "q4-6h prn") and whether it is as needed; None when it says more or less."""
    read = read_sig(text)
    if isinstance(read, Refusal) or len(read) != 1:
        return None
    sig = read[0]
    if sig.dose is not None or sig.route is not None or sig.duration is not None or sig.ceilings:
        return None
    return (sig.frequency, sig.as_needed) if isinstance(sig.frequency, Frequency) else None


_ASIDE = (Mark.ADVICE, Mark.VERB, Mark.SEPARATOR, Mark.BRACKET)


def only_advises(text: str) -> bool:
    """Whether words were read whole and say nothing of how much or how often: "Take with food. Swallow whole."."""
    if len(text) > LONGEST_DIRECTION:
        return False
    stated, unread = statements(text)
    return not unread and Mark.ADVICE in stated and all(one in _ASIDE for one in stated)


def _unreadable(detail: str) -> Refusal:
    return Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail=detail)


def _quoted(unread: Sequence[str]) -> str:
    words = ", ".join(f"'{each}'" for each in unread)
    return words if len(words) <= _LONGEST_QUOTE else f"{words[:_LONGEST_QUOTE]}…"


def _sigs(direction: Outline) -> tuple[Sig, ...]:
    split_steps(direction)
    direction.steps = [choose(step) for step in direction.steps]
    for step in direction.steps:
        share_frequency(step)
    carry_doses(direction.steps)
    check_steps(direction)
    if direction.directed and any(part.dose is None or not part.often for step in direction.steps for part in step):
        raise Contradiction("'as directed' without a dose and a frequency")
    route = _route(direction)
    several = len(direction.steps) > 1
    sigs = tuple(
        replace(sig, route=route, sequence=number if several else None)
        for number, step in enumerate(direction.steps, start=1)
        for sig in (_together(step, route) if len(step) > 1 else (_sig(step[0], step[0].maxima, route),))
    )
    check_sums(direction.sums, sigs)
    return _set_dates_aside(sigs) if direction.dated else sigs


def _set_dates_aside(sigs: tuple[Sig, ...]) -> tuple[Sig, ...]:
    """Days in a direction are not counted from, so that none of them can end a dose; nor is how long it is taken.

    A length would be counted from the day of the order, which may be long before the day that is named.
    """
    if any(sig.sequence is not None for sig in sigs):
        raise Contradiction("steps beside days")
    return tuple(replace(sig, duration=None, assumptions=(*sig.assumptions, DAYS_ASIDE)) for sig in sigs)


def _together(parts: Sequence[Part], route: Route | None) -> tuple[Sig, ...]:
    check_together(parts)
    length = parts[-1].length
    sigs = tuple(_sig(part, (), route) for part in parts)
    check_maxima_of_all(parts[-1].maxima, sigs)
    return tuple(replace(sig, duration=length.days if length else None) for sig in sigs)


def _sig(part: Part, maxima: Sequence[Maximum], route: Route | None) -> Sig:
    often = _how_often(part, route)
    as_needed = _is_as_needed(part, often)
    dose, notes = _dose(part, often)
    again = part.dose.again if part.dose and often.divided == 1 else None
    return Sig(
        dose=dose,
        restated=(Restated(dose=again, of_one_kind=False),) if again else (),
        frequency=often.frequency,
        as_needed=as_needed,
        ceilings=ceilings_of(maxima, often.most, dose, again, alone=often.frequency is None),
        duration=part.length.days if part.length else None,
        days=() if often.once else None,
        assumptions=notes,
    )


def _how_often(part: Part, route: Route | None) -> HowOften:
    dose = part.dose.dose if part.dose else None
    often = together(part.often)
    if often.oral_only and route is not Route.ORAL and (dose is None or dose.noun not in ("tablet", "capsule")):
        raise Contradiction("'od' is also the right eye")
    if dose is not None and (dose.unit is Unit.MCG_PER_HOUR or dose.noun == PATCH):
        if part.length is not None and not part.often:
            raise Contradiction("how long a patch is worn, or how long it is ordered")
        if often.divided > 1:
            raise Contradiction("a patch cannot be divided")
    elif (often.a_day or often.divided > 1) and dose is None:
        raise Contradiction("an amount a day without the amount")
    return often


def _dose(part: Part, often: HowOften) -> tuple[Dose | None, tuple[str, ...]]:
    """The dose at a time, and what was assumed."""
    if part.dose is None:
        return None, ()
    dose, notes = part.dose.dose, list(part.dose.assumptions)
    if often.divided > 1:
        low, high = evenly(dose.low, often.divided), evenly(dose.high, often.divided)
        if low is None or high is None:
            raise Contradiction("an amount that cannot be divided evenly")
        dose = replace(dose, low=low, high=high)
        notes.append(f"the amount is a day's, in {often.divided} doses")
    if often.a_day and not dose.low == dose.high == 1:
        notes.append("the amount is a day's: in how many doses it is taken is not written")
    if often.meals:
        notes.append(EACH_MEAL)
    if often.month or (part.length and part.length.month):
        notes.append("a month is counted as 30 days")
    return dose, tuple(notes)


def _is_as_needed(part: Part, often: HowOften) -> bool:
    if part.as_needed and part.regularly:
        raise Contradiction("regularly and as needed")
    if part.permitted and not part.as_needed and not part.extra:
        raise Contradiction("'may take' without 'as needed'")
    if part.as_needed and often.extra:
        raise Contradiction("'as needed' may mean all doses or one")
    # "May take 1 additional tablet at bedtime" leaves it to the patient.
    return part.as_needed or part.permitted


def _route(direction: Outline) -> Route | None:
    routes = set(direction.routes)
    doses = [part.dose.dose for step in direction.steps for part in step if part.dose]
    if Route.TOPICAL in routes and any(dose.noun == "patch" or dose.unit is Unit.MCG_PER_HOUR for dose in doses):
        # Of a patch, "topically" only says where it is put: what it gives goes through the skin.
        routes = (routes - {Route.TOPICAL}) | {Route.TRANSDERMAL}
    if len(routes) > 1:
        raise Contradiction("two different routes")
    return next(iter(routes), None)
