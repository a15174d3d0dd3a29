"""The statements of a direction, one after another, and the words that are none.

The order in which the readers are tried matters only where one phrase begins like another ("take with food" and
"take"); each reader takes the longest phrase that it knows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import TypeAlias

from opioids.products import Route
from opioids.quantities import Unit
from opioids.sig_amounts import number
from opioids.sig_doses import WrittenDose, dose
from opioids.sig_reasons import after_for, after_reasons
from opioids.sig_times import Often, often, period
from opioids.sig_tokens import Direction, Found, Kind, phrase, skip, tokens
from opioids.sig_words import (
    AMOUNT_LIMITS,
    AS_NEEDED,
    DISPENSING,
    DOSE_WORDS,
    MARKS,
    NO_REFILLS,
    OTHER_DRUGS,
    REFILLS,
    ROUTES,
    UNITS,
    Mark,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AsNeeded:
    """The words "as needed", with or without saying for what."""

    reason: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """What it is taken for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """A stated maximum of `value` in `days` days: of doses, or of a unit, or (None) of what the dose is measured in."""

    value: Decimal
    days: Decimal = Decimal(1)
    unit: Unit | None = None
    noun: str = ""
    doses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """How long it is taken; `at_most` for "up to"."""

    days: Decimal
    at_most: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispensing:
    """How much the pharmacy hands out, which says nothing of how it is taken."""


Statement: TypeAlias = WrittenDose | Often | AsNeeded | Reason | Maximum | Length | Dispensing | Route | Mark


def statements(text: str) -> tuple[tuple[Statement, ...], tuple[str, ...]]:
    """What `text` states, in order; and the runs of words that could not be read."""
    direction = tokens(text)
    read: list[Statement] = []
    unread: list[str] = []
    words: list[str] = []
    at = 0
    while direction[at].kind is not Kind.END:
        found = _statement(direction, at)
        if found is None or (words and _is_bare(found[0])):
            # A number without a unit belongs to the words beside it: "2 puffs", "every 4".
            if not words and read and _is_bare(read[-1]):
                words.append(direction[at - 1].text)
            words.append(direction[at].text)
            at += 1
            continue
        if words:
            unread.append(" ".join(words))
            words = []
        read.append(found[0])
        at = found[1]
    if words:
        unread.append(" ".join(words))
    return tuple(read), tuple(unread)


def _is_bare(stated: Statement) -> bool:
    return isinstance(stated, WrittenDose) and not stated.counted


def _statement(direction: Direction, at: int) -> Found[Statement] | None:
    for reader in _READERS:
        found = reader(direction, at)
        if found is not None:
            return found
    return None


def _mark(direction: Direction, at: int) -> Found[Statement] | None:
    return phrase(direction, at, MARKS)


def _separator(direction: Direction, at: int) -> Found[Statement] | None:
    token = direction[at]
    if token.kind is not Kind.MARK:
        return None
    dash = token.text == "-" and token.spaced and direction[at + 1].spaced
    # "- 2 tablets" may be a negative number, a range whose start was lost, or a list.
    if token.text in ",;.:()" or (dash and direction[at + 1].kind is Kind.WORD and at > 0):
        return Mark.SEPARATOR, at + 1
    return None


def _route(direction: Direction, at: int) -> Found[Statement] | None:
    return phrase(direction, at, ROUTES)


def _as_needed(direction: Direction, at: int) -> Found[Statement] | None:
    found = phrase(direction, at, AS_NEEDED)
    if found is None:
        return None
    after = skip(direction, found[1], "(", ":", ",")
    after = after_reasons(direction, after_for(direction, after)) or 0
    if not after:
        return AsNeeded(reason=False), found[1]
    return AsNeeded(reason=True), after


def _reason(direction: Direction, at: int) -> Found[Statement] | None:
    start = after_for(direction, at)
    after = after_reasons(direction, start) if start > at else None
    return (Reason(), after) if after else None


def _maximum(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads "max 8/day", "not to exceed 40 mg in 24 hours", "MDD 6", "no more than 3 doses a day"."""
    limit = phrase(direction, at, AMOUNT_LIMITS)
    if limit is None:
        return None
    a_day, start = limit
    amount = _limited_amount(direction, skip(direction, start, ":", "=", "of", "is"))
    if amount is None:
        return None
    most, after = amount
    other = skip(direction, skip(direction, after, "of"), *OTHER_DRUGS)
    if direction[other - 1].text in OTHER_DRUGS:
        # A limit on another ingredient of the product says nothing of the opioid.
        total = period(direction, other)
        return Mark.ADVICE, total[1] if total else other
    days = period(direction, after) or ((Fraction(1), after) if a_day else None)
    if days is None or (a_day and days[0] != 1):
        return None
    return replace(most, days=Decimal(int(days[0]))), days[1]


def _limited_amount(direction: Direction, at: int) -> Found[Maximum] | None:
    read = number(direction, at)
    if read is None:
        return None
    value, after = read
    word = direction[after].text
    if word in DOSE_WORDS:
        return Maximum(value=value, doses=True), after + 1
    unit = UNITS.get(word)
    if unit is None:
        return Maximum(value=value), after
    return Maximum(value=value * unit.factor, unit=unit.unit, noun=unit.noun), after + 1


def _length(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads "for 7 days", "x 2 weeks", "for up to 5 days". A range of days, or months, has no certain end."""
    if direction[at].text not in ("for", "x"):
        return None
    start = skip(direction, skip(direction, at + 1, "the"), "next")
    at_most = direction[start].text == "up" and direction[start + 1].text == "to"
    start = start + 2 if at_most else start
    read = number(direction, start) or ((Decimal(1), start + 1) if direction[start].text == "a" else None)
    if read is None:
        return None
    after = skip(direction, read[1], "-")
    each = _DAYS.get(direction[after].text)
    # "x 3 day" may be "x 3 / day".
    if each is None or (direction[after].text == "day" and read[0] != 1) or read[0] != int(read[0]):
        return None
    return Length(days=read[0] * each, at_most=at_most), skip(direction, after + 1, "only")


_DAYS = {"day": 1, "days": 1, "d": 1, "week": 7, "weeks": 7, "wk": 7, "wks": 7}


def _dispensing(direction: Direction, at: int) -> Found[Statement] | None:
    """Reads "#30", "dispense 30 tablets", "refills: 0", "30 day supply": for the pharmacy."""
    none = phrase(direction, at, NO_REFILLS)
    if none is not None:
        return Dispensing(), none[1]
    if direction[at].kind is Kind.NUMBER:
        return _counted_dispensing(direction, at)
    if direction[at].text in REFILLS:
        count = skip(direction, at + 1, ":", "x", "=")
        return (Dispensing(), count + 1) if direction[count].kind is Kind.NUMBER else None
    word = phrase(direction, at, DISPENSING)
    if word is None and direction[at].text != "#":
        return None
    read = number(direction, skip(direction, skip(direction, word[1] if word else at, ":"), "#"))
    return (Dispensing(), skip(direction, read[1], *UNITS)) if read else None


def _counted_dispensing(direction: Direction, at: int) -> Found[Statement] | None:
    if direction[at + 1].text in REFILLS:
        return Dispensing(), at + 2
    days = skip(direction, at + 1, "-")
    if direction[days].text in ("day", "days") and direction[days + 1].text == "supply":
        return Dispensing(), days + 2
    return None


_READERS: tuple[Callable[[Direction, int], Found[Statement] | None], ...] = (
    _mark,
    _dispensing,
    often,
    _maximum,
    _as_needed,
    _length,
    _reason,
    _route,
    dose,
    _separator,
)
