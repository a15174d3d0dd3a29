"""What one dosage instruction gives a day, and by which route."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.amounts import OPEN, amount_of, meaning, worth_of
from tests.oracle.drugs import Drug
from tests.oracle.factors import Rule, rule_of
from tests.oracle.times import ceiling, most_at_once, often
from tests.oracle.verdicts import Json


@dataclass(frozen=True)
class Taken:
    """mg a day (patches: mcg/h worn), or what is wrong; both when the specification leaves it open."""

    scheduled: Fraction | None = None
    maximum: Fraction | None = None
    faults: frozenset[str] = frozenset()


KINDS = ("ordered", "calculated", "admin-amount")


def dose_of(instruction: Json, drug: Drug | None = None) -> Json | None:
    """The entry that states the dose; of a drug whose strength or ingredient it leaves open, one that does not."""
    entries = _entries(instruction)
    if drug is None or len(entries) < 2:
        return (entries or [None])[0]
    worth, faults = _worth(entries[0], drug)[0], [_worth(entry, drug)[1] for entry in entries]
    senseless = any(Fraction(str(one["value"])) <= 0 for one in _amounts_in(entries[0])[-1:])
    if worth is None and not senseless and faults[0] <= {"strength-unknown", "dose-unreadable", "implausible-dose"}:
        return next((entry for entry, wrong in zip(entries, faults, strict=True) if not wrong - {OPEN}), entries[0])
    return entries[0]


def _worth(entry: Json, drug: Drug) -> tuple[Fraction | None, set[str]]:
    """What the upper end of an entry gives."""
    amount = amount_of(entry.get("doseQuantity") or entry["doseRange"].get("high", {"value": 0}))
    return (None, {amount}) if isinstance(amount, str) else worth_of(amount, drug)


def contradicted(instruction: Json, drug: Drug) -> bool:
    """Whether another kind of entry, in other units, gives more than three times the dose."""
    first, *others = _entries(instruction) or [{}]
    dose = _worth(first, drug)[0] if first else None
    if dose is None or dose <= 0:
        return False
    known = [(_unit_of(one), _worth(one, drug)) for one in others]
    return any(
        unit != _unit_of(first) and not wrong - {OPEN} and (worth or 0) > 3 * dose for unit, (worth, wrong) in known
    )


def _unit_of(entry: Json) -> str:
    amount = amount_of(entry.get("doseQuantity") or entry["doseRange"].get("high", {"value": 0}))
    what = amount if isinstance(amount, str) else amount.what
    return "mg" if what == "mcg/h" else what


def _entries(instruction: Json) -> list[Json]:
    def rank(entry: Json) -> int:
        codes = [one["code"] for one in entry.get("type", {}).get("coding", [])]
        return KINDS.index(codes[0]) if codes else -1

    entries = sorted(instruction.get("doseAndRate", []), key=rank)
    # They restate one dose: one in a unit that nobody knows (0.1 mg/kg) is restated by the next.
    known = [entry for entry in entries if all(map(_is_known, _amounts_in(entry)))]
    return known or entries


def _amounts_in(entry: Json) -> list[Json]:
    return [entry["doseQuantity"]] if "doseQuantity" in entry else list(entry["doseRange"].values())


def _is_known(quantity: Json) -> bool:
    words = [quantity[name] for name in ("code", "unit") if name in quantity]
    return not words or any(map(meaning, words))


def taken(instruction: Json, drug: Drug, once: bool = False) -> Taken:
    faults: set[str] = set()
    low, high = _at_a_time(instruction, drug, faults)
    times = (Fraction(1), Fraction(1)) if once else often(instruction.get("timing", {}))
    as_needed = as_needed_in(instruction)
    cap, wrong = ceiling(instruction, drug)
    faults |= wrong
    low, high = _no_more_at_once(low, high, instruction, drug, faults)
    if isinstance(times, str):
        faults.add(times)
    if times is None and as_needed and "maxDosePerPeriod" in instruction:
        return _at_most(cap, faults)
    if drug.kind == "patch" or (drug.each is None and is_rate(instruction, drug)):
        return _patches(low, high, times, as_needed, faults, is_rate=is_rate(instruction, drug))
    if times is None:
        faults.add("frequency-missing")
    may_count = not faults - {OPEN}
    faults = {"dose-unreadable" if fault == OPEN else fault for fault in faults}
    if not may_count or low is None or high is None or not isinstance(times, tuple):
        return Taken(faults=frozenset(faults))
    maximum = high * times[1] if cap is None else min(high * times[1], cap)
    return Taken(Fraction(0) if as_needed else min(low * times[0], maximum), maximum, frozenset(faults))


def _no_more_at_once(
    low: Fraction | None, high: Fraction | None, instruction: Json, drug: Drug, faults: set[str]
) -> tuple[Fraction | None, Fraction | None]:
    most, wrong = most_at_once(instruction, drug)
    faults |= wrong
    rate = "/" in "".join(instruction.get("maxDosePerAdministration", {}).get(name, "") for name in ("code", "unit"))
    # Of a drug whose form is not said a rate and a mass are no amounts of one kind.
    if most is None or low is None or high is None or (drug.kind == "" and rate is not is_rate(instruction, drug)):
        return low, high
    return min(low, most), min(high, most)


def as_needed_in(instruction: Json) -> bool:
    return instruction.get("asNeededBoolean") is True or "asNeededCodeableConcept" in instruction


def _at_most(cap: Fraction | None, faults: set[str]) -> Taken:
    """As needed and no frequency: the stated maximum counts, if it can be told in mg."""
    if cap is None:
        unusable = {"frequency-missing", "dose-unreadable", "unit-unknown", "strength-unknown"}
        return Taken(faults=frozenset(faults | unusable))
    # Whether a dose that contradicts the product still matters beside the maximum is left open.
    return Taken(Fraction(0), cap, frozenset(faults) - {"dose-missing"})


def _patches(
    low: Fraction | None, high: Fraction | None, times: object, as_needed: bool, faults: set[str], *, is_rate: bool
) -> Taken:
    scheduled = Fraction(0) if as_needed else low
    if times is None and is_rate and not faults:
        # Worn whatever the interval; but no frequency is said at all.
        return Taken(scheduled, high, frozenset({"frequency-missing"}))
    if times is None:
        faults.add("frequency-missing")
    return Taken(faults=frozenset(faults)) if faults else Taken(scheduled, high)


def is_rate(instruction: Json, drug: Drug) -> bool:
    entry = dose_of(instruction, drug)
    return entry is not None and any("/" in (one.get("code") or one.get("unit") or "") for one in _amounts_in(entry))


def _at_a_time(instruction: Json, drug: Drug, faults: set[str]) -> tuple[Fraction | None, Fraction | None]:
    entry = dose_of(instruction, drug)
    if entry is None:
        faults.add("dose-missing")
        return None, None
    if contradicted(instruction, drug):
        faults.add("dose-unreadable")
    if "doseQuantity" in entry:
        ends = [entry["doseQuantity"], entry["doseQuantity"]]
    else:
        span = entry["doseRange"]
        if "high" not in span:
            faults.add("dose-unreadable")
            return None, None
        ends = [span["low"], span["high"]]
    found: list[Fraction | None] = []
    for end in ends:
        amount = amount_of(end)
        if isinstance(amount, str):
            faults.add(amount)
            return None, None
        # "0 to 2 tablets" is a dose; only its upper end may not be nothing.
        worth, wrong = worth_of(amount, drug, may_be_nothing=not found and len(entry.get("doseRange", ())) == 2)
        faults |= wrong
        found.append(worth)
    low, high = found
    turned = low is not None and high is not None and low > high
    if turned or Fraction(str(ends[0]["value"])) > Fraction(str(ends[1]["value"])):
        faults.add("implausible-dose")
    return low, high


ROUTES = {
    "oral": "oral", "by mouth": "oral", "26643006": "oral", "rectal": "rectal", "37161004": "rectal",
    "intravenous": "injection", "47625008": "injection", "transdermal": "transdermal", "45890007": "transdermal",
    "sublingual": "sublingual",
}  # fmt: skip


def route_of(instruction: Json, drug: Drug) -> str:
    route = instruction.get("route", {})
    for word in [*(one["code"] for one in route.get("coding", [])), route.get("text", "")]:
        if word in ROUTES:
            return ROUTES[word]
    if drug.route:
        return drug.route
    return "oral" if drug.each is None and drug.ingredient != "fentanyl" else "unknown"


def factor(drug: Drug, route: str, table: str) -> Rule | str:
    return rule_of(drug.ingredient, route, drug.noun, table)
