"""How often, and at most (chapter 4 of the specification)."""

from __future__ import annotations

from fractions import Fraction

from tests.oracle.amounts import ABSURD, Amount, amount_of, worth_of
from tests.oracle.drugs import Drug
from tests.oracle.verdicts import Json

HOURS = {"min": Fraction(1, 60), "h": Fraction(1), "d": Fraction(24), "wk": Fraction(168), "mo": Fraction("730.5")}
CODES = {
    "QD": Fraction(1), "DAILY": Fraction(1), "BID": Fraction(2), "TID": Fraction(3), "QID": Fraction(4),
    "QOD": Fraction(1, 2), "Q4H": Fraction(6), "Q6H": Fraction(4), "Q8H": Fraction(3), "AM": Fraction(1),
    "PM": Fraction(1), "BED": Fraction(1), "WK": Fraction(1, 7),
}  # fmt: skip


def often(timing: Json) -> tuple[Fraction, Fraction] | str | None:
    """Fewest and most times a day; a reason; or None when nothing is said."""
    repeat = timing.get("repeat", {})
    stated = [name for name in ("frequency", "frequencyMax", "period", "periodMax") if name in repeat]
    if any(Fraction(str(repeat[name])) <= 0 for name in stated):
        return "implausible-dose"
    events = len(repeat.get("timeOfDay") or repeat.get("when") or ())
    days = len(repeat.get("dayOfWeek", ()))
    if "frequency" in repeat and "period" in repeat and "periodUnit" in repeat:
        low, high = _repeats(repeat)
        if days and Fraction(str(repeat["period"])) * HOURS[repeat["periodUnit"]] < 7 * 24:
            low, high = low * days / 7, high * days / 7
        return low, high
    if days and not events and ("frequency" in repeat or "frequencyMax" in repeat):
        return "frequency-missing"
    if events or days:
        times = Fraction(events or 1) * (Fraction(days, 7) if days else 1)
        return times, times
    code = [one["code"] for one in timing.get("code", {}).get("coding", [])]
    if code:
        return CODES[code[0]], CODES[code[0]]
    return "frequency-missing" if stated else None


def _repeats(repeat: Json) -> tuple[Fraction, Fraction]:
    counts = [Fraction(str(repeat[name])) for name in ("frequency", "frequencyMax") if name in repeat]
    periods = [Fraction(str(repeat[name])) for name in ("period", "periodMax") if name in repeat]
    hours = HOURS[repeat["periodUnit"]]
    return min(counts) * 24 / (max(periods) * hours), max(counts) * 24 / (min(periods) * hours)


def ceiling(instruction: Json, drug: Drug) -> tuple[Fraction | None, set[str]]:
    """The stated maximum in mg a day, None where there is none that can be used, and what is wrong with it."""
    if "maxDosePerPeriod" not in instruction:
        return None, set()
    ratio = instruction["maxDosePerPeriod"]
    amount = amount_of(ratio["numerator"])
    hours = Fraction(str(ratio["denominator"]["value"])) * HOURS[ratio["denominator"]["code"]]
    if isinstance(amount, str):
        return None, set()
    if amount.value <= 0 or hours <= 0:
        return None, {"implausible-dose"}
    if amount.what == "mg":
        return amount.value * 24 / hours, set()
    worth, _ = worth_of(Amount(Fraction(1), amount.what, amount.noun), drug)
    return (None if worth is None else amount.value * worth * 24 / hours), set()


def most_at_once(instruction: Json, drug: Drug) -> tuple[Fraction | None, set[str]]:
    """The stated maximum of one dose, in what the dose is counted in; None where it is none that can be used."""
    stated = instruction.get("maxDosePerAdministration")
    amount = amount_of(stated) if stated else ""
    if isinstance(amount, str):
        return None, set()
    if not 0 < amount.value <= ABSURD:
        return None, {"implausible-dose"}
    if amount.what == "mg" and drug.kind != "patch":
        return amount.value, set()
    worth, wrong = worth_of(amount, drug)
    return (None if wrong else worth), set()
