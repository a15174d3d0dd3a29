"""Named times: "in the morning and at bedtime", "at 0800 and 2000", "with breakfast", "on Mon, Wed and Fri"."""

from __future__ import annotations

from dataclasses import dataclass

from opioids.sig_tokens import Direction, Found, Kind, phrase, skip
from opioids.sig_words import MEAL_MOMENTS, MEAL_PREFIXES, MEALS, MOMENT_PREFIXES, MOMENTS, WEEKDAYS


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
    """The words "with meals", and how many other named times stand beside them. Not a frequency by themselves."""

    beside: int = 0


def moments(direction: Direction, at: int) -> Found[Moments] | None:
    """A list of named times: "morning, noon and night", "at 8am and 8pm", "with breakfast and at bedtime"."""
    first = _clock(direction, at, True) or _part_of_day(direction, at)
    if first is None:
        return None
    labels, after = [first[0]], first[1]
    by_clock = ":" in first[0]
    following = _listed(direction, after, by_clock)
    while following is not None:
        labels.append(following[0])
        after = following[1]
        following = _listed(direction, after, by_clock)
    return (Moments(labels=tuple(labels)), after) if len(set(labels)) == len(labels) else None


def _listed(direction: Direction, at: int, by_clock: bool) -> Found[str] | None:
    link = skip(direction, at, ",")
    link = skip(direction, link, "and", "&", "plus", "+")
    if link == at:
        return None
    # "With breakfast and dinner": only the first of a list needs its "with".
    return (
        _clock(direction, link, not by_clock) or _part_of_day(direction, link) or phrase(direction, link, MEAL_MOMENTS)
    )


def _part_of_day(direction: Direction, at: int) -> Found[str] | None:
    prefix = phrase(direction, at, MEAL_PREFIXES)
    meal = phrase(direction, prefix[1], MEAL_MOMENTS) if prefix else None
    if meal is not None:
        return meal
    prefix = phrase(direction, at, MOMENT_PREFIXES)
    return phrase(direction, prefix[1] if prefix else at, MOMENTS)


def _clock(direction: Direction, at: int, needs_at: bool) -> Found[str] | None:
    """A time of day, as "08:00". Without "at", "2 pm" may be two in the evening, except in a list of times."""
    start = skip(direction, at, "at", "@")
    bracketed = at > 0 and direction[at - 1].text == "("
    token = direction[start]
    if token.kind is not Kind.NUMBER or not token.text.isdecimal():
        return None
    if len(token.text) == 4:
        # Four digits are a time after "at", in a list of times, or with a leading zero; else a number.
        if needs_at and start == at and not bracketed and token.text[0] != "0":
            return None
        return _time(int(token.text[:2]), int(token.text[2:]), skip(direction, start + 1, "hrs", "hours", "h"))
    if needs_at and start == at and not bracketed:
        return None
    return _short_clock(direction, start)


def _short_clock(direction: Direction, at: int) -> Found[str] | None:
    hour, minute, after = int(direction[at].text), 0, at + 1
    with_minutes = direction[after].text == ":" and direction[after + 1].kind is Kind.NUMBER
    if with_minutes:
        if len(direction[after + 1].text) != 2 or not direction[after + 1].text.isdecimal():
            return None
        minute, after = int(direction[after + 1].text), after + 2
    half = direction[after].text
    if half in ("am", "pm"):
        return _time(hour % 12 + (12 if half == "pm" else 0), minute, after + 1) if 1 <= hour <= 12 else None
    return _time(hour, minute, after) if with_minutes else None


def _time(hour: int, minute: int, after: int) -> Found[str] | None:
    if hour == 24 and minute == 0:
        hour = 0
    return (f"{hour:02}:{minute:02}", after) if hour < 24 and minute < 60 else None


def meals(direction: Direction, at: int) -> Found[Meals] | None:
    """Meals as such ("with meals", "ac and hs"); a named meal is one of the `moments`."""
    found = phrase(direction, at, MEALS)
    if found is None:
        return None
    beside = _listed(direction, found[1], by_clock=False)
    return (Meals(beside=1), beside[1]) if beside else (Meals(), found[1])


def weekdays(direction: Direction, at: int) -> Found[Weekdays] | None:
    """A list of days: "on Mon, Wed and Fri", "every Monday", "MWF". A stretch ("Mon-Fri") is not read."""
    start = skip(direction, skip(direction, at, "on"), "every", "each")
    if direction[start].text == "mwf":
        return Weekdays(labels=("monday", "wednesday", "friday")), start + 1
    labels: list[str] = []
    day, after = phrase(direction, start, WEEKDAYS), start
    while day is not None:
        labels.append(day[0])
        after = day[1]
        link = skip(direction, skip(direction, after, ",", "/"), "and", "&")
        day = phrase(direction, skip(direction, link, "on", "every"), WEEKDAYS)
    unlike = labels and len(set(labels)) == len(labels)
    return (Weekdays(labels=tuple(labels)), after) if unlike else None
