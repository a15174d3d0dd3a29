"""How much: numbers, ranges, and amounts with a unit.

Each function answers what stands at a place and where it ends, or None. None never means "something else": the
direction is then refused, because what could not be read stays unread.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from opioids.quantities import Dose, Unit
from opioids.sigs.tokens import Found, Kind, Token
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


def number(at: Token) -> Found[Decimal] | None:
    """One positive number: "2", "two", "two (2)", "two 2 tablets", "half", "1/2", "1 1/2", "one and a half"."""
    if at.kind not in _DIGITS and at.text not in _NUMBER_WORDS:
        return None  # as most words: nothing else needs to be looked at
    read = _plain_number(at)
    if read is None:
        return None
    if read[1].text != "(":
        return _said_again(at, read) or read
    restated = _plain_number(read[1].next)
    if restated is None or restated[1].text != ")":
        return read
    return (read[0], restated[1].next) if restated[0] == read[0] else None


def _said_again(at: Token, read: Found[Decimal]) -> Found[Decimal] | None:
    """Reads "two 2 tablets", "every 4 four hours": brackets that were lost. "Two 2 mg tablets" are two of 2 mg each."""
    again = read[1]
    kinds = {at.kind, again.kind}
    if kinds != {Kind.NUMBER, Kind.WORD} or again is not at.next or _whole(again) != (read[0], again.next):
        return None
    following = again.next.text
    return (read[0], again.next) if following in COUNTED or following in COUNTED_TIMES else None


def _plain_number(at: Token) -> Found[Decimal] | None:
    part = _fraction(at)
    if part is not None:
        return part
    whole = _whole(at)
    if whole is None:
        return None
    count, after = whole
    if after.text in ("and", "&"):
        part = _fraction(after.next)
    elif at.kind is Kind.NUMBER and after.kind is Kind.FRACTION:
        # Only after digits: "one 1/2 tablet" may be one half-tablet.
        part = _fraction(after)
    elif _glued(after) and after.next.kind is Kind.FRACTION:
        # "1-1/2": a range would have to fall.
        part = _fraction(after.next)
    if part is None:
        return whole
    return (count + part[0], part[1]) if count == count.to_integral_value() else None


def _glued(at: Token) -> bool:
    """Whether a hyphen without white space stands at `at`: "1-1/2", "5-mg"."""
    return at.text == "-" and not at.spaced and not at.next.spaced


def _fraction(at: Token) -> Found[Decimal] | None:
    if at.kind is Kind.FRACTION:
        return at.value, at.next
    return at.phrase(FRACTIONS)


def _whole(at: Token) -> Found[Decimal] | None:
    if at.kind is Kind.NUMBER:
        return (at.value, at.next) if at.value > 0 else None
    if at.text in TENS:
        ones = at.next.skip("-")
        digit = NUMBERS.get(ones.text, Decimal(10))
        return (TENS[at.text] + digit, ones.next) if digit < 10 else (TENS[at.text], at.next)
    if at.text in NUMBERS:
        return NUMBERS[at.text], at.next
    return (Decimal(ROMAN[at.text]), at.next) if _counts_units(at) else None


def _counts_units(at: Token) -> bool:
    """Whether Roman numerals stand before what is counted: "ii tabs", "i-ii tabs", "ii po"."""
    last = at.next.next if at.next.text in _RANGE_WORDS else at
    if at.text not in ROMAN or last.text not in ROMAN:
        return False
    # Before "po" an "i" alone may be anything.
    return last.next.text in COUNTED or (last.next.text == "po" and last.text != "i")


def span(at: Token) -> Found[Span] | None:
    """A number, or a range in ascending order: "1-2", "1 to 2", "one or two"."""
    low = number(at)
    if low is None:
        return None
    high = number(low[1].next) if low[1].text in _RANGE_WORDS else None
    if high is None:
        return Span(low=low[0], high=low[0]), low[1]
    return _ascending(low[0], high[0], high[1])


def _ascending(low: Decimal, high: Decimal, after: Token) -> Found[Span] | None:
    return (Span(low=low, high=high), after) if low < high <= _WIDEST_RANGE * low else None


def amount(at: Token) -> Found[Dose] | None:
    """A number or range with its unit: "1-2 tablets", "half a tablet", "5 mg to 10 mg", "25 mcg/hr", "a patch"."""
    first = simple_amount(at)
    if first is None or first[1].text not in _RANGE_WORDS:
        return first
    second = simple_amount(first[1].next)
    if second is None:
        return first
    if (first[0].unit, first[0].noun) != (second[0].unit, second[0].noun) or first[0].low != first[0].high:
        return None
    rising = _ascending(first[0].low, second[0].high, second[1])
    return (replace(first[0], high=second[0].high), second[1]) if rising and second[0].low == second[0].high else None


def simple_amount(at: Token) -> Found[Dose] | None:
    """An amount whose unit stands once: "1-2 tablets", never "1 tablet to 2 tablets"."""
    if at.text in ("a", "an"):
        unit = UNITS.get(at.next.text)
        if unit is not None and unit.unit not in MASS:
            return Dose(low=unit.factor, high=unit.factor, unit=unit.unit, noun=unit.noun), at.next.next
    read = span(at)
    if read is None:
        return None
    size, after = read
    if size.high < 1:
        after = after.skip("of").skip("a", "one")
    return _with_unit(after, size)


def _with_unit(at: Token, size: Span) -> Found[Dose] | None:
    kind = at.next if _glued(at) else at
    word = kind.next if kind.text in PRODUCT_KINDS else kind.past(MODIFIED_RELEASE)
    after = word.next
    unit = EACH_BY_MOUTH if word.text == "each" and kind.next.phrase(BY_MOUTH) else UNITS.get(word.text)
    if unit is None or (word is not kind and unit.unit is not Unit.EACH):
        return None
    if after.text in ("/", "per") and after.next.text in HOUR_WORDS:
        # Micrograms an hour are what a patch gives; milligrams an hour are an infusion.
        rate = Dose(low=size.low, high=size.high, unit=Unit.MCG_PER_HOUR)
        return (rate, after.next.next) if word.text in MICROGRAMS else None
    if unit.unit in (Unit.MG, Unit.EACH):
        after = after.past(RELEASES)
    return Dose(low=size.low * unit.factor, high=size.high * unit.factor, unit=unit.unit, noun=unit.noun), after
