"""Which steps and parts of a direction hang together so that only one reading is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from opioids.sigs.clock import Meals, Moments, Weekdays
from opioids.sigs.frequency import Contradiction, part_of_day
from opioids.sigs.intervals import Rate
from opioids.sigs.parts import Outline, Part
from opioids.sigs.remarks import Mark

# ---- steps ----


def split_steps(direction: Outline) -> None:
    """In "2 tabs bid x 7 days, 1 tab bid x 7 days", parts that each have their own length follow one another.

    In "2 tabs in the morning, then 1 tab at night" they do not: it is one day.
    """
    parts = [part for step in direction.steps for part in step]
    if not direction.stops and all(part.length is None and _at_named_times(part) for part in parts):
        direction.steps = [parts]
        return
    direction.steps = [one for step in direction.steps for one in _split(step)]


def _split(step: list[Part]) -> list[list[Part]]:
    lasting = all(part.length and not part.length.at_most and part.often for part in step) and step[0].dose
    apart = all(part.link in (None, Mark.SEPARATOR) for part in step[1:])
    needed = {part.as_needed for part in step}
    if not lasting or not apart or len(needed) > 1 or _may_be_together(step):
        return [step]
    note = "each part for its own days: read as steps that follow one another"
    for part in step[1:]:
        if part.dose is not None:
            part.dose = replace(part.dose, assumptions=(*part.dose.assumptions, note))
    return [[part] for part in step]


_LONGEST_SURE_STEP = 14


def _may_be_together(step: Sequence[Part]) -> bool:
    """Whether parts of the same days may be taken at once: two products, times of one day, or a month's supply."""
    if any(_at_named_times(part) or (part.dose is not None and part.dose.of_strength) for part in step):
        return True
    lengths = {part.length.days for part in step if part.length}
    return len(step) == 2 and len(lengths) == 1 and max(lengths) > _LONGEST_SURE_STEP


def carry_doses(steps: Sequence[Sequence[Part]]) -> None:
    """In "1 tab tid for 7 days, then bid", a step that names no dose goes on with the one before it."""
    for before, step in pairwise(steps):
        dose = before[0].dose
        if step[0].dose is not None or dose is None:
            continue
        if len(before) > 1:
            raise Contradiction("a step without a dose")
        step[0].dose = replace(dose, assumptions=(*dose.assumptions, "the dose of the step before goes on"))


def check_steps(direction: Outline) -> None:
    """Refuses steps of which nobody can tell when they end or what belongs to them."""
    steps = direction.steps
    timed = steps if direction.stops else steps[:-1]
    if any(step[-1].length is None for step in timed):
        raise Contradiction("a step without a duration")
    if len(steps) == 1:
        return
    if any(step[-1].length is not None and step[-1].length.at_most for step in steps):
        raise Contradiction("a step without a certain duration")
    if any(part.maxima for step in steps for part in step):
        raise Contradiction("a maximum of which step")
    if any(not part.often for step in steps for part in step):
        raise Contradiction("a step without a frequency")
    _check_like_units([part for step in steps for part in step])
    if len({part.dose is None for step in steps for part in step}) > 1:
        raise Contradiction("a step without a dose")
    _check_as_needed_steps(steps)


def _check_as_needed_steps(steps: Sequence[Sequence[Part]]) -> None:
    """At the end of the last step "as needed" may mean all of them, unless it stands before that step's duration."""
    needed = [any(part.as_needed for part in step) for step in steps]
    if any(needed[:-1]) and not all(needed):
        raise Contradiction("which steps are as needed")
    if needed[-1] and not all(needed) and steps[-1][-1].needed_after_length:
        raise Contradiction("which steps are as needed")


def _check_like_units(parts: Sequence[Part]) -> None:
    doses = [part.dose.dose for part in parts if part.dose is not None]
    if len({dose.unit for dose in doses}) > 1 or len({dose.noun for dose in doses if dose.noun}) > 1:
        raise Contradiction("doses in different units")


# ---- one dose or another ----

_WIDEST_CHOICE = 4


def choose(step: list[Part]) -> list[Part]:
    """In "1 tab for moderate pain or 2 tabs for severe pain every 4 hours as needed", one part with a range."""
    if len(step) == 1 or not (all(part.severity for part in step) or any(part.link is Mark.OR for part in step[1:])):
        return step
    timed = [part for part in step if part.often]
    doses = [part.dose for part in step if part.dose is not None]
    if any(part.link is Mark.OR for part in step[1:]) and not all(part.severity for part in step):
        raise Contradiction("one dose or another")
    if len(timed) > 1 or not any(part.as_needed for part in step):
        return step
    _check_like_units(step)
    sizes = sorted([dose.dose for dose in doses], key=lambda dose: dose.low)
    if any(dose.low != dose.high for dose in sizes) or sizes[-1].high > _WIDEST_CHOICE * sizes[0].low:
        raise Contradiction("one dose or another")
    if any(part.length or part.maxima for part in step[:-1]):
        raise Contradiction("a duration or a maximum of which dose")
    note = f"one dose or another by how bad the pain is: counted as {len(sizes)} ends of a range"
    whole = replace(
        doses[0],
        dose=replace(sizes[0], high=sizes[-1].high),
        assumptions=(*(said for dose in doses for said in dose.assumptions), note),
    )
    return [replace(step[-1], dose=whole, often=[one for part in timed for one in part.often], as_needed=True)]


# ---- parts taken together ----


def share_frequency(step: Sequence[Part]) -> None:
    """In "one 10 mg tablet and one 5 mg tablet twice daily", both are taken twice daily."""
    *before, last = step
    if any(part.often or part.as_needed or part.reason or part.length or part.maxima for part in before):
        return
    strengths = all(part.dose is not None and part.dose.of_strength for part in step)
    if strengths and all(part.link is Mark.AND for part in step[1:]):
        for part in before:
            part.often, part.as_needed, part.shares = list(last.often), last.as_needed, True


def check_together(parts: Sequence[Part]) -> None:
    """Refuses parts of which nobody can tell whether they are added, are alternatives or correct each other."""
    _check_like_units(parts)
    if any(not part.often or part.dose is None for part in parts):
        raise Contradiction("a dose without its frequency")
    if any(part.maxima for part in parts[:-1]) or any(most.doses for most in parts[-1].maxima):
        raise Contradiction("a maximum of which dose")
    if any(part.length for part in parts[:-1]):
        raise Contradiction("a duration of which dose")
    if sum(part.reason for part in parts) > 1:
        # "1 tab for moderate pain and 2 tabs for severe pain" are alternatives.
        raise Contradiction("two doses as needed, or for two reasons")
    if all(part.shares for part in parts[:-1]):
        return
    if sum(part.as_needed for part in parts) > 1:
        raise Contradiction("two doses as needed, or for two reasons")
    trailing = parts[-1].as_needed and _at_named_times(parts[-1]) and not parts[-1].extra
    if parts[0].needed_before_dose or trailing:
        raise Contradiction("'as needed' may mean all doses or one")
    _check_times(parts)


def _check_times(parts: Sequence[Part]) -> None:
    if all(_at_named_times(part) for part in parts) or all(_on_named_days(part) for part in parts):
        for one, other in combinations(parts, 2):
            _check_disjoint(one, other)
        return
    if any(part.link is None for part in parts[1:]):
        raise Contradiction("two doses side by side")
    if any(part.link is not Mark.AND for part in parts[1:]) and not _adds_a_named_time(parts):
        raise Contradiction("two doses without 'and'")
    repeated = [part for part in parts if not _at_named_times(part)]
    regular = [part for part in repeated if not part.as_needed]
    by_interval = any(isinstance(each, Rate) and each.interval for part in regular for each in part.often)
    # "1 in the morning and 2 every 4 hours": nobody can tell whether the morning's is one of those.
    crossing = len(repeated) < len(parts) and by_interval
    if len(regular) > 1 or crossing or any(_rarer_than_daily(part) for part in repeated):
        raise Contradiction("two doses without named times")


def _adds_a_named_time(parts: Sequence[Part]) -> bool:
    """Whether a list goes on with another dose at a named time: "5 mg bid, 10 mg at bedtime"."""
    *before, last = parts
    regular = not any(part.as_needed or part.reason for part in parts)
    return regular and len(before) == 1 and _at_named_times(last) and last.link is Mark.SEPARATOR


def _at_named_times(part: Part) -> bool:
    named = [each for each in part.often if isinstance(each, Moments)]
    others = [
        each for each in part.often if not isinstance(each, Moments) and not (isinstance(each, Rate) and each.weak)
    ]
    return bool(named) and not others


def _on_named_days(part: Part) -> bool:
    return any(isinstance(each, Weekdays) for each in part.often)


def _rarer_than_daily(part: Part) -> bool:
    placed = (Moments, Meals)
    return any(not isinstance(each, Rate) or each.low < 1 for each in part.often if not isinstance(each, placed))


def _check_disjoint(one: Part, other: Part) -> None:
    first, second = _labels(one), _labels(other)
    by_clock = {":" in label for label in first | second}
    if len(by_clock) > 1:
        # "1 at 8am and 2 in the morning": the clock and the part of the day may be the same time.
        first, second = {part_of_day(label) for label in first}, {part_of_day(label) for label in second}
    if first & second:
        raise Contradiction("two doses at one time")


def _labels(part: Part) -> set[str]:
    kind = Weekdays if _on_named_days(part) else Moments
    return {label for each in part.often if isinstance(each, kind) for label in each.labels}
