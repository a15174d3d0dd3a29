"""FHIR Timing of every release into how often a dose is taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fhir_mappings.elements import Element, Json, decimal, element, first_day, items, last_day, string, whole
from fhir_mappings.lengths import length_in_days, per_day, unit_of_time
from fhir_mappings.parts_of_day import parts_of_day
from fhir_mappings.timing_codes import read_code
from opioids.parts_of_day import PartOfDay
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Frequency, PerDay, steadily
from opioids.sigs import EACH_MEAL

_MEALS = frozenset({"C", "AC", "PC"})
_EVENTS = _MEALS | {
    "MORN", "MORN.EARLY", "MORN.LATE", "NOON", "AFT", "AFT.EARLY", "AFT.LATE", "EVE", "EVE.EARLY", "EVE.LATE", "NIGHT",
    "PHS", "HS", "WAKE", "CM", "CD", "CV", "ACM", "ACD", "ACV", "PCM", "PCD", "PCV", "IC", "ICM", "ICD", "ICV",
}  # fmt: skip
"""FHIR's codes of what recurs each day. Nobody can tell how often any other code comes."""
_MEALS_A_DAY = Decimal(3)


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
    days = tuple(day for event in items(one.get("event")) if (day := first_day(event))) or None
    if isinstance(frequency, Frequency) and code.frequency is None and _says_only_the_most(repeat):
        notes.append(_ONLY_THE_MOST)
    return Read(
        frequency=frequency,
        as_needed=code.as_needed,
        start=first_day(bounds.get("start")),
        end=last_day(bounds.get("end")),
        duration=_duration(repeat) or _length_of_course(repeat, frequency),
        days=days if frequency is None else None,
        once=days is None and (_is_once(repeat, frequency) or (code.once and frequency is None)),
        assumptions=tuple(notes),
    )


def _says_only_the_most(repeat: Element) -> bool:
    """Whether "at most 4 times a day" is all that is said of how often."""
    return repeat.get("frequency") is None and repeat.get("frequencyMax") is not None and not _has_events(repeat)


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
    by_period = _by_period(repeat)
    if isinstance(by_period, Refusal):
        return by_period
    if by_period is None and not set(_moments(repeat)) <= _EVENTS:
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail="a time of day that is not known")
    events = _events_a_day(repeat, notes)
    weekdays = len({string(day).lower() for day in items(repeat.get("dayOfWeek")) if string(day)})
    if weekdays:
        return _on_weekdays(by_period, events, Decimal(min(weekdays, 7)), notes)
    if events is None:
        return by_period
    by_events = Frequency(low=_a_day(events), high=_a_day(events), at=_at(repeat, events))
    if by_period is None or _meals_only(repeat):
        return by_period or by_events
    return _joined(by_events, by_period, notes)


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
        if _has_events(repeat) and not (stated[0] is not None and _only_weekdays(repeat)):
            return None
        return Refusal(reason=UncountedReason.FREQUENCY_MISSING, detail="a frequency without a readable period")
    if count is None and count_max is None:
        if _has_events(repeat):
            return None
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


def _only_weekdays(repeat: Element) -> bool:
    """Days of the week alone, which leave open whether a count without a period is a day's or a week's."""
    return not any(items(repeat.get(name)) for name in ("timeOfDay", "when"))


def _has_events(repeat: Element) -> bool:
    return any(items(repeat.get(name)) for name in ("timeOfDay", "when", "dayOfWeek"))


def _events_a_day(repeat: Element, notes: list[str]) -> Decimal | None:
    at_times = {string(value) for value in items(repeat.get("timeOfDay")) if string(value)}
    if at_times:
        return Decimal(len(at_times))
    codes = set(_moments(repeat)) & _EVENTS
    if not codes:
        return None
    named = codes - _MEALS
    if named == codes:
        return Decimal(len(named))
    notes.append(EACH_MEAL)
    return _MEALS_A_DAY + len(named)


def _a_day(count: Decimal) -> PerDay:
    return PerDay(count=count, days=Decimal(1))


def _at(repeat: Element, events: Decimal) -> tuple[PartOfDay, ...]:
    clock = [string(value) for value in items(repeat.get("timeOfDay"))]
    return parts_of_day(_moments(repeat), clock, events)


def _moments(repeat: Element) -> list[str]:
    return [string(value).upper() for value in items(repeat.get("when")) if string(value)]


def _meals_only(repeat: Element) -> bool:
    codes = set(_moments(repeat))
    return bool(codes) and codes <= _MEALS and not items(repeat.get("timeOfDay"))


def _on_weekdays(by_period: Frequency | None, events: Decimal | None, weekdays: Decimal, notes: list[str]) -> Frequency:
    """Doses on named days of the week, averaged over the week."""
    week = Decimal(7)
    if by_period is None:
        return steadily(PerDay(count=weekdays * (events or Decimal(1)), days=week))
    if by_period.high.days >= week:
        by_days = steadily(PerDay(count=weekdays * (events or Decimal(1)), days=week))
        return _joined(by_period, by_days, notes)
    return Frequency(
        low=PerDay(count=by_period.low.count * weekdays, days=by_period.low.days * week),
        high=PerDay(count=by_period.high.count * weekdays, days=by_period.high.days * week),
    )
