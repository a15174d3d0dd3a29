"""FHIR Timing of every release into how often a dose is taken."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from fhir_mappings.elements import (
    Element,
    Json,
    days_of_period,
    decimal,
    element,
    ends_before_it_begins,
    first_day,
    items,
    whole,
)
from fhir_mappings.lengths import DAYS_PER_UNIT, length_in_days, per_day, unit_of_time
from fhir_mappings.named_times import (
    are_known,
    clock,
    events_a_day,
    extra,
    has_named_times,
    meals_only,
    moments,
    only_weekdays,
    times_named,
    weekdays,
)
from fhir_mappings.timing_codes import read_code
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Frequency, PerDay, steadily, times


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a Timing says: how often, from when to when, for how long, and on which days."""

    frequency: Frequency | Refusal | None = None
    as_needed: bool = False
    start: date | None = None
    end: date | None = None
    duration: Decimal | None = None
    days: tuple[date, ...] | None = None
    once: bool = False
    assumptions: tuple[str, ...] = ()


def read_timing(timing: Json) -> Read:
    """Read a Timing. A part that is stated but makes no sense becomes a Refusal, never a guess."""
    one = element(timing)
    repeat = element(one.get("repeat"))
    bounds = element(repeat.get("boundsPeriod") or repeat.get("bounds"))
    notes: list[str] = []
    frequency = _repeated(repeat, notes)
    code = read_code(one.get("code"))
    if isinstance(frequency, Frequency):
        frequency = _joined(frequency, code.frequency, notes, _CODE_DIFFERS) if code.frequency else frequency
    elif frequency is None or frequency.reason is UncountedReason.FREQUENCY_MISSING:
        # A code is a complete statement; it also mends a count that lacks its period.
        frequency = code.frequency or frequency
    start, end = days_of_period(bounds) if bounds else (None, None)
    if bounds and ends_before_it_begins(bounds):
        notes.append(TURNED_ROUND)
    days = tuple(day for event in items(one.get("event")) if (day := first_day(event))) or None
    if isinstance(frequency, Frequency) and code.frequency is None and _says_only_the_most(repeat):
        notes.append(_ONLY_THE_MOST)
    return Read(
        frequency=frequency,
        as_needed=code.as_needed,
        start=start,
        end=end,
        duration=_duration(repeat) or _length_of_course(repeat, frequency),
        days=days if frequency is None else None,
        once=days is None and (_is_once(repeat, frequency) or (code.once and frequency is None)),
        assumptions=tuple(notes),
    )


def _says_only_the_most(repeat: Element) -> bool:
    """Whether "at most 4 times a day" is all that is said of how often."""
    return repeat.get("frequency") is None and repeat.get("frequencyMax") is not None and not has_named_times(repeat)


def _duration(repeat: Element) -> Decimal | None:
    bounds = element(repeat.get("boundsDuration") or repeat.get("boundsQuantity"))
    if bounds:
        return length_in_days(bounds)
    return length_in_days(element(element(repeat.get("boundsRange")).get("high")))


def _length_of_course(repeat: Element, frequency: Frequency | Refusal | None) -> Decimal | None:
    """How long a stated number of doses lasts at most (ten doses, one or two a day: ten days)."""
    counts = [number for name in ("count", "countMax") if (number := whole(repeat.get(name)))]
    if not counts or max(counts) <= 1 or not isinstance(frequency, Frequency):
        return None
    return Decimal(max(counts)) * frequency.low.days / frequency.low.count


def _is_once(repeat: Element, frequency: Frequency | Refusal | None) -> bool:
    """A count of one, without anything that repeats, is one dose and not a daily one."""
    return whole(repeat.get("count")) == 1 and not isinstance(frequency, Refusal)


def _repeated(repeat: Element, notes: list[str]) -> Frequency | Refusal | None:
    by_period, days = _by_period(repeat), weekdays(repeat)
    if isinstance(by_period, Refusal):
        return by_period
    if days is None or (by_period is None and not are_known(repeat)):
        unit = "day of the week" if days is None else "time of day"
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail=f"a {unit} that is not known")
    placed = by_period is not None and not days and "when" in repeat and meals_only(repeat)
    events = events_a_day(repeat, [] if placed else notes)
    if by_period is None and _counts_otherwise(repeat, events, days):
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail="a frequency without a readable period")
    by_times = _by_times(repeat, events, notes)
    if days:
        return _on_weekdays(repeat, by_period, by_times, Decimal(days), notes)
    if by_times is None or by_period is None or placed:
        return by_period or by_times
    return by_period if _at_its_times(repeat, by_period, by_times) else _joined(by_times, by_period, notes)


def _counts_otherwise(repeat: Element, events: Decimal | None, days: int) -> bool:
    """Whether a count without a period is another one than that of the times named, or one at each of them.

    Nobody can tell of how long it is.
    """
    counts = [decimal(repeat.get(name)) for name in ("frequency", "frequencyMax") if repeat.get(name) is not None]
    return events is not None and any(count not in (1, events, events * max(days, 1)) for count in counts)


def _by_times(repeat: Element, events: Decimal | None, notes: list[str]) -> Frequency | None:
    """As often a day as times are named; a part of the day beside the clock may be one of these times, or one more."""
    if events is None:
        return None
    steady = Frequency(low=times(events), high=times(events), at=times_named(repeat, events))
    beside = extra(repeat)
    return _joined(steady, steadily(times(events + beside)), notes) if beside else steady


def _at_its_times(repeat: Element, by_period: Frequency, by_times: Frequency) -> bool:
    """Whether times of day only say when what is taken on some days is taken: every other day in the morning."""
    often = by_period.low
    some_days = repeat.get("frequency") is not None and often == by_period.high and often.days > 1
    return some_days and by_times.low == by_times.high == times(often.count)


def _on_weekdays(
    repeat: Element, by_period: Frequency | None, by_times: Frequency | None, days: Decimal, notes: list[str]
) -> Frequency:
    """Doses on named days of the week, averaged over the week."""
    by_days = _in_a_week(by_times or steadily(times(1)), days)
    if by_period is None:
        return by_days
    often = by_period.low
    if by_period.high.days < _WEEK:
        on_its_days = _in_a_week(by_period, days)
        return on_its_days if by_times is None else _joined(on_its_days, by_days, notes)
    some_weeks = repeat.get("frequency") is not None and often == by_period.high and often.days % _WEEK == 0
    if some_weeks and by_days == steadily(replace(often, days=_WEEK)):
        return by_period  # every other Monday
    return _joined(by_period, by_days, notes)


TURNED_ROUND = "a stated period ends before it begins: it was not applied"
_TIMES_DIFFER = "the frequency and the times or days named differ: the larger counts as the maximum"
_ONLY_THE_MOST = "only the highest number of times is stated: counted as taken as often"
_CODE_DIFFERS = "the timing and its code differ: the larger counts as the maximum"


def _joined(one: Frequency, other: Frequency, notes: list[str], differ: str = _TIMES_DIFFER) -> Frequency:
    """Frequency and times of day that say the same are said once; when they differ, both ends count."""
    if one == other or (one.low.rate == other.low.rate and one.high.rate == other.high.rate):
        return one
    notes.append(differ)
    return Frequency(
        low=min(one.low, other.low, key=lambda rate: rate.rate),
        high=max(one.high, other.high, key=lambda rate: rate.rate),
    )


def _by_period(repeat: Element) -> Frequency | Refusal | None:
    """frequency..frequencyMax per period..periodMax; the shortest interval and highest count is the most."""
    unit = unit_of_time(
        repeat.get("periodUnit") or repeat.get("periodUnits") or repeat.get("units") or repeat.get("unit")
    )
    stated = [repeat.get(name) for name in ("frequency", "frequencyMax", "period", "periodMax")]
    if all(value is None for value in stated):
        return None
    count, count_max, period, period_max = map(decimal, stated)
    for value, number in zip(stated, (count, count_max, period, period_max), strict=True):
        if value is not None and number is None:
            return Refusal(reason=UncountedReason.DOSE_UNREADABLE, detail="the frequency is not a number")
    if period is None or not unit:
        if has_named_times(repeat) and not (stated[0] is not None and only_weekdays(repeat)):
            return None
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail="a frequency without a readable period")
    if count is None and count_max is None:
        if has_named_times(repeat):
            return _every_few_days(repeat, period, unit)
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail="a period without how often")
    return _span(count, count_max, period, period_max, unit)


def _span(
    count: Decimal | None, count_max: Decimal | None, period: Decimal | None, period_max: Decimal | None, unit: str
) -> Frequency | Refusal:
    counts = [value for value in (count, count_max) if value is not None]
    periods = [value for value in (period, period_max) if value is not None]
    if min(counts) <= 0 or min(periods) <= 0:
        return Refusal(reason=UncountedReason.IMPLAUSIBLE_DOSE, detail="the frequency is zero or negative")
    return Frequency(low=per_day(min(counts), max(periods), unit), high=per_day(max(counts), min(periods), unit))


def _every_few_days(repeat: Element, period: Decimal, unit: str) -> Frequency | Refusal | None:
    """As often as times are named in a period of several days: they may be those of every day or week as well."""
    days, number = weekdays(repeat) or 0, len(clock(repeat)) or len(moments(repeat))
    if period * DAYS_PER_UNIT[unit] <= (_WEEK if days else 1):
        return None
    return _span(Decimal(max(days, 1) * max(number, 1)), None, period, None, unit)


_WEEK = Decimal(7)


def _in_a_week(daily: Frequency, weekdays: Decimal) -> Frequency:
    low, high = daily.low, daily.high
    return Frequency(
        low=PerDay(count=low.count * weekdays, days=low.days * _WEEK),
        high=PerDay(count=high.count * weekdays, days=high.days * _WEEK),
    )
