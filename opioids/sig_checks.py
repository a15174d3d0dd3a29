"""Which steps and parts of a direction hang together so that only one reading is left."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations, pairwise

from opioids.sig_clock import Moments, Weekdays
from opioids.sig_frequency import Contradiction, part_of_day
from opioids.sig_parts import Outline, Part
from opioids.sig_remarks import Mark
from opioids.sig_times import Rate

# ---- steps ----


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


# ---- parts taken together ----


def check_together(parts: Sequence[Part]) -> None:
    """Refuses parts of which nobody can tell whether they are added, are alternatives or correct each other."""
    _check_like_units(parts)
    if any(not part.often for part in parts):
        raise Contradiction("a dose without its frequency")
    if any(part.maxima for part in parts[:-1]) or any(most.doses for most in parts[-1].maxima):
        raise Contradiction("a maximum of which dose")
    if any(part.length for part in parts[:-1]):
        raise Contradiction("a duration of which dose")
    if sum(part.reason for part in parts) > 1 or sum(part.as_needed for part in parts) > 1:
        # "1 tab for moderate pain and 2 tabs for severe pain" are alternatives.
        raise Contradiction("two doses as needed, or for two reasons")
    if parts[0].needed_before_dose or (parts[-1].as_needed and _at_named_times(parts[-1])):
        raise Contradiction("'as needed' may mean all doses or one")
    _check_times(parts)


def _check_times(parts: Sequence[Part]) -> None:
    if all(_at_named_times(part) for part in parts) or all(_on_named_days(part) for part in parts):
        for one, other in combinations(parts, 2):
            _check_disjoint(one, other)
        return
    if any(part.link is not Mark.AND for part in parts[1:]):
        raise Contradiction("two doses without 'and'")
    repeated = [part for part in parts if not _at_named_times(part)]
    regular = [part for part in repeated if not part.as_needed]
    # "1 in the morning and 2 every 4 hours": nobody can tell whether the morning's is one of those.
    crossing = len(repeated) < len(parts) and any(_by_interval(part) for part in regular)
    if len(regular) > 1 or crossing or any(_rarer_than_daily(part) for part in repeated):
        raise Contradiction("two doses without named times")


def _at_named_times(part: Part) -> bool:
    named = [each for each in part.often if isinstance(each, Moments)]
    others = [
        each for each in part.often if not isinstance(each, Moments) and not (isinstance(each, Rate) and each.weak)
    ]
    return bool(named) and not others


def _on_named_days(part: Part) -> bool:
    return any(isinstance(each, Weekdays) for each in part.often)


def _by_interval(part: Part) -> bool:
    return any(isinstance(each, Rate) and each.interval for each in part.often)


def _rarer_than_daily(part: Part) -> bool:
    return any(not isinstance(each, Rate) or each.low < 1 for each in part.often if not isinstance(each, Moments))


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
