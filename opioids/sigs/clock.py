"""Named times: "in the morning and at bedtime", "at 0800 and 2000", "with breakfast", "on Mon, Wed and Fri"."""

from __future__ import annotations

from dataclasses import dataclass

from opioids.sigs.tokens import Found, Kind, Token
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


def moments(at: Token) -> Found[Moments] | None:
    """A list of named times: "morning, noon and night", "at 8am and 8pm", "with breakfast and at bedtime"."""
    first = _clock(at, True) or _part_of_day(at)
    if first is None:
        return _after_a_dose(at)
    labels, after = [first[0]], first[1]
    by_clock = ":" in first[0]
    following = _listed(after, by_clock)
    while following is not None:
        labels.append(following[0])
        after = following[1]
        following = _listed(after, by_clock)
    return (Moments(labels=tuple(labels)), after) if len(set(labels)) == len(labels) else None


def _after_a_dose(at: Token) -> Found[Moments] | None:
    """Reads the one time in "1 tab 8 am": beside its unit a number is no dose. In "1 tab 1 am and 2 pm" it may be."""
    if at.before.text not in UNITS or at.next.text not in ("am", "pm"):
        return None
    time = _short_clock(at) if at.text.isdecimal() else None
    return (Moments(labels=(time[0],)), time[1]) if time else None


def _listed(at: Token, by_clock: bool) -> Found[str] | None:
    link = at.skip(",").skip("and", "&", "plus", "+")
    if link is at:
        return _unlinked(at, by_clock)
    # "With breakfast and dinner": only the first of a list needs its "with".
    return _clock(link, not by_clock) or _part_of_day(link) or link.phrase(MEAL_MOMENTS)


def _unlinked(at: Token, by_clock: bool) -> Found[str] | None:
    """Reads the second of "at 6am 2pm and 10pm" and of "morning noon and night": one more of the list has to follow."""
    if by_clock:
        return _clock(at, False) if _is_glued(at) else None
    found = at.phrase(MOMENTS)
    return found if found and _listed(found[1], by_clock) else None


def _part_of_day(at: Token) -> Found[str] | None:
    prefix = at.behind(MEAL_PREFIXES)
    if prefix and (meal := prefix.phrase(MEAL_MOMENTS)):
        return meal
    if _is_at_night(at):
        return "bedtime", at.next
    return at.past(MOMENT_PREFIXES).phrase(MOMENTS)


def _is_at_night(at: Token) -> bool:
    """Whether "on" is the Latin for each night: only at the end of a clause, after an "om" for each morning."""
    if at.text != "on" or (at.next.kind is not Kind.END and at.next.text not in (",", ";", ".")):
        return False
    earlier = at.before
    while earlier.kind is not Kind.END and earlier.text != "om":
        earlier = earlier.before
    return earlier.text == "om"


def _clock(at: Token, needs_at: bool) -> Found[str] | None:
    """A time of day, as "08:00". Without "at", "2 pm" may be two in the evening, unlike "2pm", or one in a list."""
    start = at.skip("at", "@")
    if start.kind is not Kind.NUMBER or not start.text.isdecimal():
        return None
    alone = needs_at and start is at and at.before.text != "("
    if len(start.text) == 4:
        # Four digits are a time after "at", in a list of times, or with a leading zero; else a number.
        if alone and start.text[0] != "0":
            return None
        return _time(int(start.text[:2]), int(start.text[2:]), start.next.skip("hrs", "hours", "h"))
    # "8:00" is as likely a part of something else; "08:00" and "20:00" are of a clock of 24 hours.
    of_24_hours = len(start.text) == 2 and (start.text[0] == "0" or start.value > _HALF_A_DAY)
    with_minutes = start.next.text == ":" and (of_24_hours or start.next.next.next.text in ("am", "pm"))
    # "1am 2pm" may be one in the morning and two in the evening; nobody takes eight in the morning.
    by_itself = with_minutes or (_is_glued(start) and start.value > _MOST_AT_A_TIME)
    return None if alone and not by_itself else _short_clock(start)


def _is_glued(at: Token) -> bool:
    """Whether "am" or "pm" stands without a space: "8am"."""
    return at.next.text in ("am", "pm") and not at.next.spaced


def _short_clock(at: Token) -> Found[str] | None:
    hour, minute, after = int(at.text), 0, at.next
    with_minutes = after.text == ":"
    if with_minutes:
        if len(after.next.text) != 2 or not after.next.text.isdecimal():
            return None
        minute, after = int(after.next.text), after.next.next
    half = after.text
    if hour == _HALF_A_DAY and half in ("noon", "midday"):
        return "12:00", after.next
    if half in ("am", "pm"):
        return _time(hour % 12 + (12 if half == "pm" else 0), minute, after.next) if 1 <= hour <= 12 else None
    return _time(hour, minute, after) if with_minutes else None


def _time(hour: int, minute: int, after: Token) -> Found[str] | None:
    if hour == 24 and minute == 0:
        hour = 0
    return (f"{hour:02}:{minute:02}", after) if hour < 24 and minute < 60 else None


def meals(at: Token) -> Found[Meals] | None:
    """Meals as such ("with meals", "ac and hs"); a named meal is one of the `moments`."""
    found = at.past(BEFORE_A_MEAL).phrase(MEALS)
    if found is None:
        return None
    beside = _listed(found[1], by_clock=False)
    # "With meals and at bedtime" lists the times at which it is taken, as "at every meal" does.
    return (Meals(beside=1, each=True), beside[1]) if beside else (Meals(each=found[0]), found[1])


def weekdays(at: Token) -> Found[Weekdays] | None:
    """A list or a stretch of days: "on Mon, Wed and Fri", "every Monday", "MWF", "Mon-Fri", "on weekdays"."""
    if work := at.phrase(DAYS_OF_WORK):
        return Weekdays(labels=work[0]), work[1]
    start = at.skip("on").skip("every", "each")
    if start.text == "mwf":
        return Weekdays(labels=("monday", "wednesday", "friday")), start.next
    if stretch := _stretch(start):
        return stretch
    labels: list[str] = []
    day, after = start.phrase(WEEKDAYS), start
    while day is not None:
        labels.append(day[0])
        after = day[1]
        link = after.skip(",", "/").skip("and", "&")
        day = link.skip("on", "every").phrase(WEEKDAYS)
    if not labels or len(set(labels)) < len(labels):
        return None
    return Weekdays(labels=tuple(labels)), after.past(OF_EACH_WEEK)


def _stretch(at: Token) -> Found[Weekdays] | None:
    """Reads "Mon-Fri", "Friday through Monday": the days from one to the other."""
    first = at.phrase(WEEKDAYS)
    if first is None or first[1].text not in ("-", "to", "through", "thru"):
        return None
    last = first[1].next.phrase(WEEKDAYS)
    if last is None or first[0] == last[0]:
        return None
    start, end = WEEK.index(first[0]), WEEK.index(last[0]) + 1
    return Weekdays(labels=WEEK[start:end] if start < end else WEEK[start:] + WEEK[:end]), last[1]
