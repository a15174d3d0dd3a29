"""How much at a time (chapters 3 and 5 of the specification)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.drugs import Drug
from tests.oracle.verdicts import Json

# What a unit is: a multiple of mg, of mL, of mcg/h, or a count of something.
UNITS: dict[str, tuple[str, Fraction]] = {
    "mg": ("mg", Fraction(1)),
    "milligram": ("mg", Fraction(1)),
    "ug": ("mg", Fraction(1, 1000)),
    "mcg": ("mg", Fraction(1, 1000)),
    "g": ("mg", Fraction(1000)),
    "ml": ("mL", Fraction(1)),
    "[tsp_us]": ("mL", Fraction(5)),
    "teaspoon": ("mL", Fraction(5)),
    "ug/h": ("mcg/h", Fraction(1)),
    "mcg/hr": ("mcg/h", Fraction(1)),
    "mg/h": ("mcg/h", Fraction(1000)),
}
COUNTED = {
    "tbl": "tablet", "tablet": "tablet", "tablets": "tablet", "tab": "tablet", "cap": "capsule", "capsule": "capsule",
    "film": "film", "patch": "patch", "spray": "spray", "lozenge": "lozenge", "suppository": "suppository",
    "drop": "drop", "1": "", "": "",
}  # fmt: skip
SWALLOWED = ("tablet", "capsule")

OPEN = "dose-unreadable, or counted"
"""A mark beside an amount that the specification lets one count or refuse."""


@dataclass(frozen=True)
class Amount:
    """`what` is mg, mL, mcg/h or `count`; a count may say of what."""

    value: Fraction
    what: str
    noun: str = ""


def amount_of(quantity: Json) -> Amount | str:
    """An amount, or the reason why it is none."""
    code, unit = quantity.get("code", ""), quantity.get("unit", "")
    by_code, by_unit = meaning(code), meaning(unit)
    if by_code and by_unit and by_code[0] == by_unit[0] and by_code[1] != by_unit[1] and by_code[0] in ("mg", "mcg/h"):
        return "unit-unknown"
    found = by_code if code and by_code else by_unit
    if found is None:
        return "unit-unknown"
    what, worth, noun = found
    if what == "count" and not noun and by_unit and by_unit[0] == "count":
        noun = by_unit[2]
    return Amount(Fraction(str(quantity["value"])) * worth, what, noun)


def meaning(word: str) -> tuple[str, Fraction, str] | None:
    plain = word.lower().strip("{}")
    if plain in UNITS:
        what, worth = UNITS[plain]
        return what, worth, ""
    return ("count", Fraction(1), COUNTED[plain]) if plain in COUNTED else None


ABSURD = 10**6
"""In any unit; 2,000 MME a day are passed long before."""


def worth_of(amount: Amount, drug: Drug, *, may_be_nothing: bool = False) -> tuple[Fraction | None, set[str]]:
    """mg (patches: mcg/h worn) that an amount gives, and everything that is wrong with it."""
    faults = set()
    if amount.value < 0 or (amount.value == 0 and not may_be_nothing):
        faults.add("implausible-dose")
    if amount.value > ABSURD or (amount.what == "count" and amount.value > 50):
        faults.add("implausible-dose")
    if drug.each is not None and amount.what == "mg" and not may_be_nothing and amount.value * 50 < drug.each:
        faults.add("implausible-dose")
    if drug.each is None and drug.kind == "":
        return _of_bare(amount, drug, faults)
    if drug.kind == "patch":
        return _worn(amount, drug, faults)
    if amount.what == "mcg/h":
        # An infusion, or a unit that contradicts the form.
        return None, faults | {"route-not-convertible", "unit-unknown"}
    if amount.what == "mg":
        return _mass(amount, drug, faults)
    assert drug.each is not None
    if amount.what == "mL":
        return (amount.value * drug.each, faults) if drug.per == "mg/mL" else (None, faults | {"unit-unknown"})
    if drug.kind == "liquid" or not _fits(amount.noun, drug.noun):
        return None, faults | {"unit-unknown"}
    return amount.value * drug.each, faults


def _of_bare(amount: Amount, drug: Drug, faults: set[str]) -> tuple[Fraction | None, set[str]]:
    if amount.what in ("mg", "mcg/h"):
        # Whether a rate is worn or runs into a vein is for the factor's route to say.
        return amount.value, faults
    return None, faults | {"strength-unknown"}


def _worn(amount: Amount, drug: Drug, faults: set[str]) -> tuple[Fraction | None, set[str]]:
    if (
        drug.per != "mcg/h"
        or amount.what in ("mg", "mL")
        or (amount.what == "count" and amount.noun not in ("", "patch"))
    ):
        return None, faults | {"unit-unknown"}
    assert drug.each is not None
    if amount.what == "count":
        part = amount.value != int(amount.value)
        return amount.value * drug.each, faults | ({"implausible-dose"} if part else set())
    patches = amount.value / drug.each
    if drug.each == 12 and patches != int(patches):
        patches = amount.value / Fraction("12.5")
    return patches * drug.each, faults | ({"implausible-dose"} if patches != int(patches) else set())


def _mass(amount: Amount, drug: Drug, faults: set[str]) -> tuple[Fraction | None, set[str]]:
    if drug.combination:
        if drug.per != "mg" or drug.each is None or amount.value % drug.each:
            return None, faults | {"dose-unreadable"}
        if any(amount.value % other == 0 for other in drug.others):
            # As well a multiple of the other ingredient: a multiple of both may be refused.
            faults.add(OPEN)
        if amount.value / drug.each > 50:
            faults.add("implausible-dose")
    return amount.value, faults


def _fits(noun: str, of: str) -> bool:
    if noun == "":
        return True
    if noun in SWALLOWED:
        return of in (*SWALLOWED, "film")
    return noun == of
