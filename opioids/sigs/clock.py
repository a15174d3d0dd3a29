"""Named times: "in the morning and at bedtime", "at 0800 and 2000", "with breakfast", "on Mon, Wed and Fri"."""

from __future__ import annotations

from dataclasses import dataclass

from opioids.sigs.tokens import Direction, Found, Kind, phrase, skip
from opioids.sigs.words import (
    BEFORE_A_MEAL,
    DAYS_OF_WORK,
    MEAL_MOMENTS,
    MEAL_PREFIXES,
    MEALS,
    MOMENT_PREFIXES,
    MOMENTS,
    OF_EACH_WEEK,
    UNITS,
    WEEK,
    WEEKDAYS,
)

_MOST_AT_A_TIME = 4
_HALF_A_DAY = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """Named times of day, by the part of the day ("morning") or the clock ("08:00")."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Weekdays:
    """Named days of the week."""

    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meals:
    """The words "with meals", and how many other named times stand beside them.

    `each`: they say how often ("with every meal"); without that they only place doses that are counted otherwise.
    """

    beside: int = 0
    each: bool = False


def moments(direction: Direction, at: int) -> Found[Moments] | None:
    """A list of named times: "morning, noon and night", "at 8am and 8pm", "with breakfast and at bedtime"."""
    first = _clock(direction, at, True) or _part_of_day(direction, at)
    if first is None:
        return _after_a_dose(direction, at)
    labels, after = [first[0]], first[1]
    by_clock = ":" in first[0]
    following = _listed(direction, after, by_clock)
    while following is not None:
        labels.append(following[0])
        after = following[1]
        following = _listed(direction, after, by_clock)
    return (Moments(labels=tuple(labels)), after) if len(set(labels)) == len(labels) else None


def _after_a_dose(direction: Direction, at: int) -> Found[Moments] | None:
    """Reads the one time in "1 tab 8 am": beside its unit a number is no dose. In "1 tab 1 am and 2 pm" it may be."""
    if direction[at - 1].text not in UNITS or direction[at + 1].text not in ("am", "pm"):
        return None
    time = _short_clock(direction, at) if direction[at].text.isdecimal() else None
    return (Moments(labels=(time[0],)), time[1]) if time else None


def _listed(direction: Direction, at: int, by_clock: bool) -> Found[str] | None:
    link = skip(direction, at, ",")
    link = skip(direction, link, "and", "&", "plus", "+")
    if link == at:
        return _unlinked(direction, at, by_clock)
    # "With breakfast and dinner": only the first of a list needs its "with".
    return (
        _clock(direction, link, not by_clock) or _part_of_day(direction, link) or phrase(direction, link, MEAL_MOMENTS)
    )


def _unlinked(direction: Direction, at: int, by_clock: bool) -> Found[str] | None:
    """Reads the second of "at 6am 2pm and 10pm" and of "morning noon and night": one more of the list has to follow."""
    if by_clock:
        return _clock(direction, at, False) if _is_glued(direction, at) else None
    found = phrase(direction, at, MOMENTS)
    return found if found and _listed(direction, found[1], by_clock) else None


def _part_of_day(direction: Direction, at: int) -> Found[str] | None:
    prefix = phrase(direction, at, MEAL_PREFIXES)
    meal = phrase(direction, prefix[1], MEAL_MOMENTS) if prefix else None
    if meal is not None:
        return meal
    if _is_at_night(direction, at):
        return "bedtime", at + 1
    prefix = phrase(direction, at, MOMENT_PREFIXES)
    return phrase(direction, prefix[1] if prefix else at, MOMENTS)


def _is_at_night(direction: Direction, at: int) -> bool:
    """Whether "on" is the Latin for each night: only at the end of a clause, after an "om" for each morning."""
    ends = direction[at + 1].kind is Kind.END or direction[at + 1].text in (",", ";", ".")
    return direction[at].text == "on" and ends and any(token.text == "om" for token in direction[:at])


def _clock(direction: Direction, at: int, needs_at: bool) -> Found[str] | None:
    """A time of day, as "08:00". Without "at", "2 pm" may be two in the evening, unlike "2pm", or one in a list."""
    start = skip(direction, at, "at", "@")
    bracketed = direction[at - 1].text == "("
    token = direction[start]
    if token.kind is not Kind.NUMBER or not token.text.isdecimal():
        return None
    if len(token.text) == 4:
        # Four digits are a time after "at", in a list of times, or with a leading zero; else a number.
        if needs_at and start == at and not bracketed and token.text[0] != "0":
            return None
        return _time(int(token.text[:2]), int(token.text[2:]), skip(direction, start + 1, "hrs", "hours", "h"))
    # "8:00" is as likely a part of something else; "08:00" and "20:00" are of a clock of 24 hours.
    of_24_hours = len(token.text) == 2 and (token.text[0] == "0" or token.value > _HALF_A_DAY)
    with_minutes = direction[start + 1].text == ":" and (of_24_hours or direction[start + 3].text in ("am", "pm"))
    # "1am 2pm" may be one in the morning and two in the evening; nobody takes eight in the morning.
    by_itself = with_minutes or (_is_glued(direction, start) and token.value > _MOST_AT_A_TIME)
    if needs_at and start == at and not bracketed and not by_itself:
        return None
    return _short_clock(direction, start)


def _is_glued(direction: Direction, at: int) -> bool:
    """Whether "am" or "pm" stands without a space: "8am"."""
    return direction[at + 1].text in ("am", "pm") and not direction[at + 1].spaced


def _short_clock(direction: Direction, at: int) -> Found[str] | None:
    hour, minute, after = int(direction[at].text), 0, at + 1
    with_minutes = direction[after].text == ":"
    if with_minutes:
        if len(direction[after + 1].text) != 2 or not direction[after + 1].text.isdecimal():
            return None
        minute, after = int(direction[after + 1].text), after + 2
    half = direction[after].text
    if hour == _HALF_A_DAY and half in ("noon", "midday"):
        return "12:00", after + 1
    if half in ("am", "pm"):
        return _time(hour % 12 + (12 if half == "pm" else 0), minute, after + 1) if 1 <= hour <= 12 else None
    return _time(hour, minute, after) if with_minutes else None


def _time(hour: int, minute: int, after: int) -> Found[str] | None:
    if hour == 24 and minute == 0:
        hour = 0
    return (f"{hour:02}:{minute:02}", after) if hour < 24 and minute < 60 else None


def meals(direction: Direction, at: int) -> Found[Meals] | None:
    """Meals as such ("with meals", "ac and hs"); a named meal is one of the `moments`."""
    before = phrase(direction, at, BEFORE_A_MEAL)
    found = phrase(direction, before[1] if before else at, MEALS)
    if found is None:
        return None
    beside = _listed(direction, found[1], by_clock=False)
    # "With meals and at bedtime" lists the times at which it is taken, as "at every meal" does.
    return (Meals(beside=1, each=True), beside[1]) if beside else (Meals(each=found[0]), found[1])


def weekdays(direction: Direction, at: int) -> Found[Weekdays] | None:
    """A list or a stretch of days: "on Mon, Wed and Fri", "every Monday", "MWF", "Mon-Fri", "on weekdays"."""
    work = phrase(direction, at, DAYS_OF_WORK)
    if work is not None:
        return Weekdays(labels=work[0]), work[1]
    start = skip(direction, skip(direction, at, "on"), "every", "each")
    if direction[start].text == "mwf":
        return Weekdays(labels=("monday", "wednesday", "friday")), start + 1
    stretch = _stretch(direction, start)
    if stretch is not None:
        return stretch
    labels: list[str] = []
    day, after = phrase(direction, start, WEEKDAYS), start
    while day is not None:
        labels.append(day[0])
        after = day[1]
        link = skip(direction, skip(direction, after, ",", "/"), "and", "&")
        day = phrase(direction, skip(direction, link, "on", "every"), WEEKDAYS)
    if not labels or len(set(labels)) < len(labels):
        return None
    weekly = phrase(direction, after, OF_EACH_WEEK)
    return Weekdays(labels=tuple(labels)), weekly[1] if weekly else after


def _stretch(direction: Direction, at: int) -> Found[Weekdays] | None:
    """Reads "Mon-Fri", "Friday through Monday": the days from one to the other."""
    first = phrase(direction, at, WEEKDAYS)
    if first is None or direction[first[1]].text not in ("-", "to", "through", "thru"):
        return None
    last = phrase(direction, first[1] + 1, WEEKDAYS)
    if last is None or first[0] == last[0]:
        return None
    start, end = WEEK.index(first[0]), WEEK.index(last[0]) + 1
    return Weekdays(labels=WEEK[start:end] if start < end else WEEK[start:] + WEEK[:end]), last[1]
