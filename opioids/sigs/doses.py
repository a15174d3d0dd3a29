"""How much at a time, also where it is said twice: "2 tablets (10 mg total)", "two 5 mg tablets", "take 1"."""

from __future__ import annotations

from dataclasses import replace

from opioids.quantities import Dose, Unit, evenly, one_unit
from opioids.sigs.amounts import amount, simple_amount, span
from opioids.sigs.intervals import hourly
from opioids.sigs.strengths import (
    WrittenDose,
    as_rate,
    in_micrograms,
    is_one,
    one_of_strength,
    reconciled,
    said_of,
    times_a_strength,
    unit_of_bracketed_strength,
    units_of_strength,
)
from opioids.sigs.tokens import Found, Kind, Token
from opioids.sigs.words import (
    CLAIMS_A_NUMBER,
    COUNTED,
    EXTRA,
    LEADS_TO_A_DOSE,
    NEEDS_A_VERB,
    PATCH,
    SECOND_AMOUNT,
    UNITS,
    AsIn,
)

# "take 5 every 4 hours" is as likely 5 mg or 5 mL as five tablets.
MOST_WITHOUT_UNIT = 4

# The other ingredient of a combination ("5/325") is there in hundreds of milligrams.
_LEAST_OF_THE_OTHER = 200


def dose(at: Token) -> Found[WrittenDose] | None:
    """A dose, which may be stated twice: "2 tablets (10 mg total)", "10 mg = 2 tabs", "two 5 mg tablets"."""
    return _extra(at) or _dose(at)


def _extra(at: Token) -> Found[WrittenDose] | None:
    """Reads "1 additional tablet", "an extra 5 mg", "another tablet"."""
    start = at.skip("an")
    if start.text in EXTRA:
        found = _dose(start.next)
        if found is None and (unit := COUNTED.get(start.next.text)):
            found = WrittenDose(dose=one_unit(unit.unit, unit.noun)), start.next.next
    else:
        count = span(at)
        if count is None or count[1].text not in EXTRA:
            return None
        with count[1].left_out():
            found = _dose(at)
        found = found if found and found[0].counted else None
    return (replace(found[0], extra=True), found[1]) if found else None


def _dose(at: Token) -> Found[WrittenDose] | None:
    of_strength = units_of_strength(at) or unit_of_bracketed_strength(at) or one_of_strength(at)
    if of_strength is not None:
        return replace(of_strength[0], of_strength=True), of_strength[1]
    first = amount(at)
    if first is None:
        return _bare(at)
    written, after = first
    if after.text == PATCH:
        if written.unit is Unit.MCG_PER_HOUR:
            return WrittenDose(dose=written, of_strength=True), after.next
        if written.unit is Unit.MG and in_micrograms(after):
            return replace(as_rate(written), of_strength=True), after.next
    named = _combination(after, written)
    if named:
        return WrittenDose(dose=written), named
    found = _restated(after, written)
    return (replace(found[0], of_strength=found[0].dose.unit is Unit.MCG_PER_HOUR), found[1]) if found else None


# ---- a dose said twice ----


def _combination(at: Token, first: Dose) -> Token | None:
    """The end of "(5/325 mg)", "10-325": the strengths of a combination beside the units of it; None when none.

    They are the name of the product, and say nothing of how many.
    """
    if first.unit is not Unit.EACH:
        return None
    opioid = at.skip("(")
    other = opioid.next.next
    if opioid.kind is not Kind.NUMBER or other.kind is not Kind.NUMBER or opioid.next.text not in ("/", "-"):
        return None
    if other.value != int(other.value) or other.value < _LEAST_OF_THE_OTHER or other.value < 4 * opioid.value:
        return None
    after = other.next.skip("mg")
    if opioid is at:
        return after
    return after.next if after.text == ")" else None


def _restated(at: Token, first: Dose) -> Found[WrittenDose] | None:
    opening = at.text if at.text in ("(", "=", "of", ",") else ""
    if opening == ",":
        return _restated_in_a_list(at, first) or (WrittenDose(dose=first), at)
    second = amount(at.next.skip("=") if opening else at)
    if opening == "(" and (apart := _counted_apart(at.next, first)):
        return apart
    if second is None:
        return None if opening == "of" else (WrittenDose(dose=first), at)
    if opening == "(" and (dissolved := _concentration(second, first)):
        return dissolved
    how, after = second[1].phrase(SECOND_AMOUNT) or (AsIn.UNSAID, second[1])
    if how is AsIn.UNSAID:
        how = {"=": AsIn.TOTAL, "of": AsIn.EACH}.get(opening, how)
    if opening == "(":
        # "(5 mg per dose of 2)": an aside that says more than an amount.
        if after.text != ")":
            return None
        after = after.next
    elif not opening and (first.unit is second[0].unit or (how is AsIn.UNSAID and not is_one(first))):
        return None
    both = reconciled(first, second[0], how, micrograms=in_micrograms(second[1]))
    return (both, after) if both else None


def _restated_in_a_list(at: Token, first: Dose) -> Found[WrittenDose] | None:
    """Reads "5 mg, 1 tab, PO, q4h", as some systems print a dose; of two tablets 5 mg may be one or both."""
    second = amount(at.next)
    if second is None or second[1].text != "," or not (is_one(first) or is_one(second[0])):
        return None
    micrograms = in_micrograms(second[1])
    both = reconciled(first, second[0], AsIn.UNSAID, micrograms=micrograms) if first.unit != second[0].unit else None
    return (both, second[1]) if both else None


def _counted_apart(at: Token, first: Dose) -> Found[WrittenDose] | None:
    """Reads "20 mg (four 5 mg tablets)", "20 mg (4 x 5 mg)": the mass, when the units of it come to as much."""
    apart = units_of_strength(at) or times_a_strength(at)
    if apart is None or apart[1].text != ")" or apart[0].dose != first:
        return None
    return apart[0], apart[1].next


def _concentration(mass: Found[Dose], first: Dose) -> Found[WrittenDose] | None:
    """Reads "5 mL (10 mg/5 mL)": the mass in a volume, from the concentration that is written beside it."""
    at = mass[1]
    if first.unit is not Unit.ML or mass[0].unit is not Unit.MG or at.text not in ("/", "per"):
        return None
    volume = simple_amount(at.next)
    if volume is None and at.next.text in UNITS:
        unit = UNITS[at.next.text]
        volume = Dose(low=unit.factor, high=unit.factor, unit=unit.unit), at.next.next
    if volume is None or volume[0].unit is not Unit.ML or volume[1].text != ")":
        return None
    if mass[0].low != mass[0].high or volume[0].low != volume[0].high:
        return None
    low, high = (evenly(end * mass[0].low, volume[0].low) for end in (first.low, first.high))
    if low is None or high is None:
        return None
    whole = Dose(low=low, high=high, unit=Unit.MG)
    each = f"{said_of(mass[0])} in {said_of(volume[0])}"
    return WrittenDose(dose=whole, assumptions=(f"{said_of(whole)} is {said_of(first)} of {each}",)), volume[1].next


# ---- a number alone ----


def _bare(at: Token) -> Found[WrittenDose] | None:
    """A number without a unit, as in "take 1 daily": only where nothing near it can claim the number."""
    read = span(at)
    if read is None or read[0].high > MOST_WITHOUT_UNIT or not _stands_alone(at, read[1]):
        return None
    return WrittenDose(dose=Dose(low=read[0].low, high=read[0].high, unit=Unit.EACH), counted=False), read[1]


def _stands_alone(at: Token, following: Token) -> bool:
    if _is_before_times(at, following):
        return True
    if following.kind is Kind.NUMBER:  # "1-2 4-6 hourly": the second numbers belong to their interval
        interval = hourly(following)
        return interval is not None and all(one.kind is not Kind.FRACTION for one in following.until(interval[1]))
    if following.text in UNITS or following.text in CLAIMS_A_NUMBER or following.kind is Kind.FRACTION:
        return False
    if following.kind is Kind.MARK:
        return following.text in (",", ";", ".", ")") and following.next.kind not in (Kind.NUMBER, Kind.FRACTION)
    # "2 daily" may mean "2 times daily" unless a verb says that 2 are taken.
    return following.text not in NEEDS_A_VERB or at.before.text in LEADS_TO_A_DOSE


def _is_before_times(at: Token, after: Token) -> bool:
    """Whether number words after a verb stand before the times: "take one 3 times a day", "take one or two 4 times"."""
    in_words = all(one.kind is Kind.WORD for one in at.until(after))
    led = at.before.text in LEADS_TO_A_DOSE and in_words
    return led and after.kind is Kind.NUMBER and after.next.text in ("time", "times")
