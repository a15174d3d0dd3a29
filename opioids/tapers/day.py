"""When what is left is taken: the doses of a day are spread over it anew when one of them falls away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from opioids.tapers.streams import State, Stream, with_dose, with_stream

_TWICE = 2


def spread_anew(before: State, after: State) -> State:
    """What is taken after a step, at dose times that suit what is left of it.

    Of four doses a day without the first two nobody would take the others in the evening and at bedtime: two doses a
    day are one in the morning and one in the evening. One dose a day is taken in the evening.
    """
    return _in_the_evening(_without_empty_times(before, after)) if any(one.amount for one in after) else after


def _without_empty_times(before: State, after: State) -> State:
    """Without the dose times at which a drug has just ceased to be taken, down to two a day."""
    days = {(one.ingredient, len(one.doses)) for one in after}
    fewer: dict[object, set[int]] = {}
    for day in days:
        emptied = sorted(_times(before, day) - _times(after, day))
        fewer[day] = set(emptied[: max(0, day[1] - _TWICE)])
    return tuple(_without(one, fewer[one.ingredient, len(one.doses)]) for one in after)


def _times(state: State, day: tuple[object, int]) -> set[int]:
    """The dose times, of so many a day, at which a drug is taken."""
    alike = (one for one in state if (one.ingredient, len(one.doses)) == day)
    return {time for one in alike for time, dose in enumerate(one.doses) if dose}


def _without(stream: Stream, times: Iterable[int]) -> Stream:
    if not times:
        return stream
    doses = tuple(dose for time, dose in enumerate(stream.doses) if time not in times)
    return replace(stream, doses=doses, at=())


def _in_the_evening(state: State) -> State:
    """The one dose a day that is left is taken in the evening."""
    times = [(index, time) for index, one in enumerate(state) for time, dose in enumerate(one.doses) if dose]
    index, time = times[0] if len(times) == 1 else (0, len(state[0].doses) - 1)
    stream = state[index]
    last = len(stream.doses) - 1
    if time == last:
        return state
    doses = with_dose(with_dose(stream.doses, time, Decimal(0)), last, stream.doses[time])
    return with_stream(state, index, replace(stream, doses=doses))
