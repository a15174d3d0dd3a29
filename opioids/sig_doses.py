"""How much at a time, also where it is said twice: "2 tablets (10 mg total)", "two 5 mg tablets", "take 1"."""

from __future__ import annotations

from dataclasses import dataclass, replace

from opioids.quantities import Dose, Unit, shown
from opioids.sig_amounts import amount, simple_amount, span
from opioids.sig_tokens import Direction, Found, Kind, phrase, skip
from opioids.sig_words import CLAIMS_A_NUMBER, LEADS_TO_A_DOSE, NEEDS_A_VERB, SECOND_AMOUNT, UNITS, AsIn

# "take 5 every 4 hours" is as likely 5 mg or 5 mL as five tablets.
_MOST_WITHOUT_UNIT = 4
_MASS = (Unit.MG, Unit.MCG_PER_HOUR)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenDose:
    """A dose as written. `counted` is False for a number without any unit ("take 1 daily")."""

    dose: Dose
    counted: bool = True
    assumptions: tuple[str, ...] = ()


def dose(direction: Direction, at: int) -> Found[WrittenDose] | None:
    """A dose, which may be stated twice: "2 tablets (10 mg total)", "10 mg = 2 tabs", "two 5 mg tablets"."""
    of_strength = _units_of_strength(direction, at)
    if of_strength is not None:
        return of_strength
    first = amount(direction, at)
    if first is None:
        return _bare(direction, at)
    written, after = first
    if written.unit is Unit.MCG_PER_HOUR and direction[after].text == "patch":
        return WrittenDose(dose=written), after + 1
    return _restated(direction, after, written)


def _units_of_strength(direction: Direction, at: int) -> Found[WrittenDose] | None:
    """Reads "two 5 mg tablets", "2 x 5 mg tablets"; never "2 5 mg tablets", which may be 25 or 2.5 mg."""
    count = span(direction, at)
    if count is None:
        return None
    after = skip(direction, count[1], "x")
    strength = simple_amount(direction, after)
    apart = after > count[1] or direction[at].kind is Kind.WORD or direction[after - 1].text == ")"
    if strength is None or not apart:
        return None
    noun = UNITS.get(direction[strength[1]].text)
    if strength[0].unit not in _MASS or noun is None or noun.unit is not Unit.EACH:
        return None
    units = Dose(low=count[0].low, high=count[0].high, unit=Unit.EACH, noun=noun.noun)
    whole = _reconciled(units, strength[0], AsIn.EACH)
    return (whole, strength[1] + 1) if whole else None


def _restated(direction: Direction, at: int, first: Dose) -> Found[WrittenDose] | None:
    opening = direction[at].text if direction[at].text in ("(", "=") else ""
    second = amount(direction, at + 1 if opening else at)
    if second is None:
        return WrittenDose(dose=first), at
    how, after = phrase(direction, second[1], SECOND_AMOUNT) or (AsIn.UNSAID, second[1])
    if opening == "=" and how is AsIn.UNSAID:
        how = AsIn.TOTAL
    if opening == "(":
        # "(5 mg per dose of 2)": an aside that says more than an amount.
        if direction[after].text != ")":
            return None
        after += 1
    elif not opening and (first.unit is second[0].unit or (how is AsIn.UNSAID and not _is_one(first))):
        return None
    both = _reconciled(first, second[0], how)
    return (both, after) if both else None


def _is_one(written: Dose) -> bool:
    return written.unit is Unit.EACH and written.low == written.high == 1


def _reconciled(first: Dose, second: Dose, how: AsIn) -> WrittenDose | None:
    """The one dose that both statements give; None when they cannot both hold, or when it would be a guess."""
    if first.unit is second.unit:
        same = (first.low, first.high, first.noun) == (second.low, second.high, second.noun)
        return WrittenDose(dose=first) if same and how is not AsIn.EACH else None
    mass, other = (first, second) if first.unit in _MASS else (second, first)
    if mass.unit not in _MASS or other.unit in _MASS:
        return None
    # A patch gives so much an hour; "75 mcg" left that out.
    if mass.unit is Unit.MG and other.noun == "patch":
        return None
    if how is AsIn.EACH:
        return _of_each(mass, other) if mass is second else None
    if mass.low * other.high != mass.high * other.low:
        return None
    # "2 patches (25 mcg/h)" names the strength of one as often as what both give.
    if mass is second and mass.unit is Unit.MCG_PER_HOUR and how is AsIn.UNSAID and not _is_one(other):
        return None
    return WrittenDose(
        dose=mass, assumptions=(f"{_said(mass)} is read as the whole dose, also written as {_said(other)}",)
    )


def _of_each(strength: Dose, units: Dose) -> WrittenDose | None:
    if strength.low != strength.high or units.unit is not Unit.EACH:
        return None
    whole = replace(strength, low=strength.low * units.low, high=strength.low * units.high)
    return WrittenDose(dose=whole, assumptions=(f"{_said(whole)} is {_said(units)} of {_said(strength)} each",))


def _said(written: Dose) -> str:
    size = shown(written.low, 4) if written.low == written.high else f"{shown(written.low, 4)}-{shown(written.high, 4)}"
    return f"{size} {written.noun or written.unit}"


def _bare(direction: Direction, at: int) -> Found[WrittenDose] | None:
    """A number without a unit, as in "take 1 daily": only where nothing near it can claim the number."""
    read = span(direction, at)
    if read is None or read[0].high > _MOST_WITHOUT_UNIT or not _stands_alone(direction, at, read[1]):
        return None
    return WrittenDose(dose=Dose(low=read[0].low, high=read[0].high, unit=Unit.EACH), counted=False), read[1]


def _stands_alone(direction: Direction, at: int, after: int) -> bool:
    following = direction[after]
    if following.text in UNITS or following.text in CLAIMS_A_NUMBER or following.kind in (Kind.NUMBER, Kind.FRACTION):
        return False
    if following.kind is Kind.MARK:
        return following.text in (",", ";", ".", ")") and direction[after + 1].kind not in (Kind.NUMBER, Kind.FRACTION)
    # "2 daily" may mean "2 times daily" unless a verb says that 2 are taken.
    return following.text not in NEEDS_A_VERB or (at > 0 and direction[at - 1].text in LEADS_TO_A_DOSE)
