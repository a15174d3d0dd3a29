"""How much of which strength: "two 5 mg tablets", "10 mg = 2 tabs", "a 25 mcg patch".

Two statements of one dose are brought together here, or refused where they cannot both hold.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from opioids.quantities import Dose, Unit, one_unit, several, shown
from opioids.sigs.amounts import MASS, Span, number, simple_amount, span
from opioids.sigs.tokens import Found, Kind, Token
from opioids.sigs.words import COUNTED, MICROGRAMS, PATCH, SPOONFULS, UNITS, AsIn


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDose:
    """A dose as written. `counted` is False for a number without any unit ("take 1 daily").

    `of_strength`: it names the strength of what is taken ("one 5 mg tablet", "a 25 mcg/h patch"), so that two
    such doses may stand side by side. `extra`: "1 additional tablet", taken beside the others. `again` is the same dose
    as it is written once more ("2 tablets (10 mg total)": the tablets), which only the product can confirm.
    """

    dose: Dose
    counted: bool = True
    extra: bool = False
    of_strength: bool = False
    again: Dose | None = None
    assumptions: tuple[str, ...] = ()


# ---- a number of units of a strength ----


def units_of_strength(at: Token) -> Found[WrittenDose] | None:
    """Reads "two 5 mg tablets", "2 x 5 mg tablets", "half of a 10 mg tablet", "a 5 mg tablet".

    Never "2 5 mg tablets", which may be 25 or 2.5 mg.
    """
    count, counted = span(at) or (None, at)
    if count is None and at.text == "a":
        count, counted = Span(low=Decimal(1), high=Decimal(1)), at.next
    if count is None:
        return None
    start = counted.skip("x")
    if count.high < 1:
        start = start.skip("of").skip("a", "one")
    strength, noun = simple_amount(start) or (None, start)
    apart = start is not counted or at.kind is Kind.WORD or start.before.text == ")"
    if strength is None or not apart:
        return None
    if strength.unit is Unit.ML and noun.text in SPOONFULS:
        volume = Dose(low=count.low * strength.low, high=count.high * strength.low, unit=Unit.ML)
        return WrittenDose(dose=volume), noun.next
    unit = COUNTED.get(noun.text)
    if strength.unit not in MASS or unit is None:
        return None
    if unit.noun == PATCH and count.low < 1:
        # Patches are not cut, and half of one must not become the rate of another.
        return None
    units = Dose(low=count.low, high=count.high, unit=Unit.EACH, noun=unit.noun)
    whole = _of_each(*_mass_of(strength, unit.noun, in_micrograms(noun)), units)
    return (whole, noun.next) if whole else None


def times_a_strength(at: Token) -> Found[WrittenDose] | None:
    """Reads "2 x 10 mg", of a product that is not named."""
    count, sign = number(at) or (None, at)
    if count is None or sign.text != "x":
        return None
    strength, after = simple_amount(sign.next) or (None, sign)
    if strength is None or strength.unit is not Unit.MG:
        return None
    whole = _of_each(strength, (), Dose(low=count, high=count, unit=Unit.EACH))
    return (whole, after) if whole else None


def one_of_strength(at: Token) -> Found[WrittenDose] | None:
    """Reads "15 mg tablet": one of them. Not after a number ("2 5 mg tablet"), and not "5 mg tablets".

    Nor "one mg tablet", which has lost its strength, or "10 1/2 mg tablet", whose half may be of the tablet.
    """
    after_a_number = at.before.kind in (Kind.NUMBER, Kind.FRACTION)
    if after_a_number or at.kind is not Kind.NUMBER or at.next.kind is not Kind.WORD:
        return None
    strength, noun = simple_amount(at) or (None, at)
    if strength is None or strength.unit is not Unit.MG:
        return None
    unit = COUNTED.get(noun.text)
    if unit is None or noun.text.endswith("s"):
        return None
    one = _of_each(strength, (), one_unit(Unit.EACH, unit.noun))
    return (one, noun.next) if one else None


def unit_of_bracketed_strength(at: Token) -> Found[WrittenDose] | None:
    """Reads "one (5 mg) tablet", "one (5 mg)"; of "two (10 mg) tablets" 10 mg may be one or both."""
    count, opening = number(at) or (None, at)
    if count != 1 or opening.text != "(":
        return None
    strength, closing = simple_amount(opening.next) or (None, opening)
    if strength is None or closing.text != ")":
        return None
    noun = closing.next
    unit = UNITS.get(noun.text)
    if unit is None and strength.unit is Unit.MG:
        return WrittenDose(dose=strength), noun
    if unit is None or unit.unit is not Unit.EACH or not unit.noun:
        return None
    one = one_unit(Unit.EACH, unit.noun)
    both = reconciled(one, strength, AsIn.UNSAID, micrograms=in_micrograms(closing))
    return (both, noun.next) if both else None


# ---- a dose said twice ----


def is_one(written: Dose) -> bool:
    """Whether a dose is exactly one countable unit."""
    return written.unit is Unit.EACH and written.low == written.high == 1


def reconciled(first: Dose, second: Dose, how: AsIn, *, micrograms: bool) -> WrittenDose | None:
    """The one dose that both statements give; None when they cannot both hold, or when it would be a guess."""
    if first.unit is second.unit:
        same = (first.low, first.high, first.noun) == (second.low, second.high, second.noun)
        return WrittenDose(dose=first) if same and how is not AsIn.EACH else None
    mass, other = (first, second) if first.unit in MASS else (second, first)
    if mass.unit not in MASS or other.unit in MASS:
        return None
    rate, notes = _mass_of(mass, other.noun, micrograms and mass is second)
    if rate.unit is Unit.MG and other.noun == PATCH:
        return None
    if how is AsIn.EACH:
        return _of_each(rate, notes, other) if mass is second else None
    if rate.low * other.high != rate.high * other.low:
        return None
    # "2 patches (25 mcg/h)" names the strength of one as often as what both give.
    if mass is second and rate.unit is Unit.MCG_PER_HOUR and how is AsIn.UNSAID and not is_one(other):
        return None
    said = f"{said_of(rate)} is read as the whole dose, also written as {said_of(other)}"
    return WrittenDose(dose=rate, again=other, assumptions=(*notes, said))


def _of_each(strength: Dose, notes: tuple[str, ...], units: Dose) -> WrittenDose | None:
    if strength.low != strength.high or units.unit is not Unit.EACH:
        return None
    if strength.unit is Unit.MG and units.noun == PATCH:
        return None
    whole = replace(strength, low=strength.low * units.low, high=strength.low * units.high)
    said = f"{said_of(whole)} is {said_of(units)} of {said_of(strength)} each"
    return WrittenDose(dose=whole, assumptions=(*notes, said))


# ---- micrograms of a patch ----


def in_micrograms(after: Token) -> bool:
    """Whether the amount that ends at `after` was written in micrograms."""
    return after.before.text in MICROGRAMS


def _mass_of(mass: Dose, noun: str, micrograms: bool) -> tuple[Dose, tuple[str, ...]]:
    """A mass as it is; micrograms of a patch as the rate after which patches are named."""
    if mass.unit is not Unit.MG or noun != PATCH or not micrograms:
        return mass, ()
    rate = as_rate(mass)
    return rate.dose, rate.assumptions


def as_rate(mass: Dose) -> WrittenDose:
    """Micrograms of a patch as mcg/h, which is how patches are named; said as an assumption."""
    rate = Dose(low=mass.low * 1000, high=mass.high * 1000, unit=Unit.MCG_PER_HOUR)
    said = said_of(rate)
    return WrittenDose(dose=rate, assumptions=(f"{said.removesuffix('/h')} of a patch is read as {said}",))


def said_of(written: Dose) -> str:
    """A dose in words for an assumption: `10 mg`, `1-2 tablets`."""
    size = shown(written.low, 4) if written.low == written.high else f"{shown(written.low, 4)}-{shown(written.high, 4)}"
    noun = several(written.noun) if written.noun and written.high != 1 else written.noun
    return f"{size} {noun or written.unit}"
