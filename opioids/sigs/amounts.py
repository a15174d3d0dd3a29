"""How much: numbers, ranges, and amounts with a unit.

Each function answers what stands at a place and where it ends, or None. None never means "something else": the
direction is then refused, because what could not be read stays unread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from opioids.quantities import Dose, Unit
from opioids.sigs.tokens import Direction, Found, Kind, phrase, skip
from opioids.sigs.words import (
    BY_MOUTH,
    COUNTED,
    COUNTED_TIMES,
    EACH_BY_MOUTH,
    FRACTIONS,
    HOUR_WORDS,
    MICROGRAMS,
    MODIFIED_RELEASE,
    NUMBERS,
    PRODUCT_KINDS,
    RELEASES,
    ROMAN,
    TENS,
    UNITS,
)

# "5-325 mg" and "30-300 mg" are two strengths of one product, not a range: no real range is this wide.
_WIDEST_RANGE = 4
_RANGE_WORDS = ("-", "to", "or")
MASS = (Unit.MG, Unit.MCG_PER_HOUR)
_DIGITS = (Kind.NUMBER, Kind.FRACTION)
_NUMBER_WORDS = frozenset((*NUMBERS, *TENS, *ROMAN, *FRACTIONS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A number, or two numbers from which the reader may choose."""

    low: Decimal
    high: Decimal


def number(direction: Direction, at: int) -> Found[Decimal] | None:
    """One positive number: "2", "two", "two (2)", "two 2 tablets", "half", "1/2", "1 1/2", "one and a half"."""
    if direction[at].kind not in _DIGITS and direction[at].text not in _NUMBER_WORDS:
        return None  # as most words: nothing else needs to be looked at
    read = _plain_number(direction, at)
    if read is None:
        return None
    if direction[read[1]].text != "(":
        return _said_again(direction, at, read) or read
    restated = _plain_number(direction, read[1] + 1)
    if restated is None or direction[restated[1]].text != ")":
        return read
    return (read[0], restated[1] + 1) if restated[0] == read[0] else None


def _said_again(direction: Direction, at: int, read: Found[Decimal]) -> Found[Decimal] | None:
    """Reads "two 2 tablets", "every 4 four hours": brackets that were lost. "Two 2 mg tablets" are two of 2 mg each."""
    again = read[1]
    kinds = {direction[at].kind, direction[again].kind}
    if kinds != {Kind.NUMBER, Kind.WORD} or again != at + 1 or _whole(direction, again) != (read[0], again + 1):
        return None
    following = direction[again + 1].text
    return (read[0], again + 1) if following in COUNTED or following in COUNTED_TIMES else None


def _plain_number(direction: Direction, at: int) -> Found[Decimal] | None:
    part = _fraction(direction, at)
    if part is not None:
        return part
    whole = _whole(direction, at)
    if whole is None:
        return None
    count, after = whole
    if direction[after].text in ("and", "&"):
        part = _fraction(direction, after + 1)
    elif direction[at].kind is Kind.NUMBER and direction[after].kind is Kind.FRACTION:
        # Only after digits: "one 1/2 tablet" may be one half-tablet.
        part = _fraction(direction, after)
    elif _glued(direction, after) and direction[after + 1].kind is Kind.FRACTION:
        # "1-1/2": a range would have to fall.
        part = _fraction(direction, after + 1)
    if part is None:
        return whole
    return (count + part[0], part[1]) if count == count.to_integral_value() else None


def _glued(direction: Direction, at: int) -> bool:
    """Whether a hyphen without white space stands at `at`: "1-1/2", "5-mg"."""
    return direction[at].text == "-" and not direction[at].spaced and not direction[at + 1].spaced


def _fraction(direction: Direction, at: int) -> Found[Decimal] | None:
    if direction[at].kind is Kind.FRACTION:
        return direction[at].value, at + 1
    return phrase(direction, at, FRACTIONS)


def _whole(direction: Direction, at: int) -> Found[Decimal] | None:
    token = direction[at]
    if token.kind is Kind.NUMBER:
        return (token.value, at + 1) if token.value > 0 else None
    if token.text in TENS:
        ones = skip(direction, at + 1, "-")
        digit = NUMBERS.get(direction[ones].text, Decimal(10))
        return (TENS[token.text] + digit, ones + 1) if digit < 10 else (TENS[token.text], at + 1)
    if token.text in NUMBERS:
        return NUMBERS[token.text], at + 1
    return (Decimal(ROMAN[token.text]), at + 1) if _counts_units(direction, at) else None


def _counts_units(direction: Direction, at: int) -> bool:
    """Whether Roman numerals stand before what is counted: "ii tabs", "i-ii tabs", "ii po"."""
    last = at + 2 if direction[at + 1].text in _RANGE_WORDS else at
    if direction[at].text not in ROMAN or direction[last].text not in ROMAN:
        return False
    # Before "po" an "i" alone may be anything.
    return direction[last + 1].text in COUNTED or (direction[last + 1].text == "po" and direction[last].text != "i")


def span(direction: Direction, at: int) -> Found[Span] | None:
    """A number, or a range in ascending order: "1-2", "1 to 2", "one or two"."""
    low = number(direction, at)
    if low is None:
        return None
    high = number(direction, low[1] + 1) if direction[low[1]].text in _RANGE_WORDS else None
    if high is None:
        return Span(low=low[0], high=low[0]), low[1]
    return _ascending(low[0], high[0], high[1])


def _ascending(low: Decimal, high: Decimal, after: int) -> Found[Span] | None:
    return (Span(low=low, high=high), after) if low < high <= _WIDEST_RANGE * low else None


def amount(direction: Direction, at: int) -> Found[Dose] | None:
    """A number or range with its unit: "1-2 tablets", "half a tablet", "5 mg to 10 mg", "25 mcg/hr", "a patch"."""
    first = simple_amount(direction, at)
    if first is None or direction[first[1]].text not in _RANGE_WORDS:
        return first
    second = simple_amount(direction, first[1] + 1)
    if second is None:
        return first
    if (first[0].unit, first[0].noun) != (second[0].unit, second[0].noun) or first[0].low != first[0].high:
        return None
    rising = _ascending(first[0].low, second[0].high, second[1])
    return (replace(first[0], high=second[0].high), second[1]) if rising and second[0].low == second[0].high else None


def simple_amount(direction: Direction, at: int) -> Found[Dose] | None:
    """An amount whose unit stands once: "1-2 tablets", never "1 tablet to 2 tablets"."""
    if direction[at].text in ("a", "an"):
        unit = UNITS.get(direction[at + 1].text)
        if unit is not None and unit.unit not in MASS:
            return Dose(low=unit.factor, high=unit.factor, unit=unit.unit, noun=unit.noun), at + 2
    read = span(direction, at)
    if read is None:
        return None
    size, after = read
    if size.high < 1:
        after = skip(direction, skip(direction, after, "of"), "a", "one")
    return _with_unit(direction, after, size)


def _with_unit(direction: Direction, at: int, size: Span) -> Found[Dose] | None:
    at = at + 1 if _glued(direction, at) else at
    kind = 1 if direction[at].text in PRODUCT_KINDS else 3 if phrase(direction, at, MODIFIED_RELEASE) else 0
    word = direction[at + kind].text
    unit = EACH_BY_MOUTH if word == "each" and phrase(direction, at + 1, BY_MOUTH) else UNITS.get(word)
    if unit is None or (kind and unit.unit is not Unit.EACH):
        return None
    at += kind
    if direction[at + 1].text in ("/", "per") and direction[at + 2].text in HOUR_WORDS:
        # Micrograms an hour are what a patch gives; milligrams an hour are an infusion.
        return (Dose(low=size.low, high=size.high, unit=Unit.MCG_PER_HOUR), at + 3) if word in MICROGRAMS else None
    after = at + 1
    if unit.unit in (Unit.MG, Unit.EACH) and (release := phrase(direction, after, RELEASES)):
        after = release[1]
    return Dose(low=size.low * unit.factor, high=size.high * unit.factor, unit=unit.unit, noun=unit.noun), after
