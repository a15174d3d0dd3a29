"""One order by itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tests.oracle.amounts import OPEN, Amount, amount_of, worth_of
from tests.oracle.drugs import INGREDIENTS, Drug, drug_of
from tests.oracle.factors import CONVERTING, Rule, of_patches, scale_of
from tests.oracle.in_force import bounds_of, day, in_force
from tests.oracle.instructions import as_needed_in, dose_of, factor, is_rate, route_of, taken
from tests.oracle.times import HOURS, often
from tests.oracle.verdicts import Json, Outcome, Verdict, ignored, uncounted

ENDED = {"on-hold", "completed", "stopped", "cancelled"}
PLANS = {"plan", "proposal", "option"}
MOST = 2000


def judge(order: Json, today: date, table: str = "cdc-2022", beside: Beside | None = None) -> Verdict:
    """What may become of one order by itself; `beside` is what the patient takes of the same drug otherwise."""
    drug = drug_of(order)
    if not isinstance(drug, Drug):
        return drug
    being_written = order.get("status") == "draft"
    aside: set[Outcome] = set()
    if order.get("doNotPerform"):
        aside |= ignored("do-not-perform")
    status = order.get("status", "active")
    if status == "entered-in-error":
        aside |= ignored("entered-in-error")
    elif status in ENDED:
        aside |= ignored("not-active")
    elif status not in ("active", "draft"):
        aside |= uncounted("resource-invalid")
    if order.get("intent") in PLANS and not order.get("doNotPerform"):
        aside |= ignored("not-an-order", *(["not-active"] if being_written else []))
    aside |= _adds_nothing(order, drug, table)
    stale = days_since_supply(order, today)
    if stale is not None and stale > 30 and not being_written:
        aside |= ignored("outside-period")
    alternatives = in_force(order, today, being_written)
    dated = _one_day(order)
    if order.get("dosageInstruction") and (not alternatives or (dated and dated != today and not being_written)):
        aside |= ignored("outside-period")
    if aside:
        return frozenset(aside)
    return _counted(order, alternatives, drug, table, beside or NOTHING_BESIDE)


def days_since_supply(order: Json, today: date) -> int | None:
    """Days since the last supply ended, refills included; None when the order does not tell."""
    request = order.get("dispenseRequest", {})
    ends = []
    if "end" in request.get("validityPeriod", {}):
        ends.append(day(request["validityPeriod"]["end"]))
    length = request.get("expectedSupplyDuration")
    if length and "authoredOn" in order:
        fills = 1 + request.get("numberOfRepeatsAllowed", 0)
        ends.append(day(order["authoredOn"]) + timedelta(days=length["value"] * fills))
    return (today - max(ends)).days if ends else None


def _adds_nothing(order: Json, drug: Drug, table: str) -> Verdict:
    name = drug.ingredient
    reasons = [one for reason in order.get("reasonCode", []) for one in reason.get("coding", [])]
    disorder = any(one["code"] == "F11.20" for one in reasons) or drug.for_disorder
    if disorder and name in ("methadone", "buprenorphine", "levomethadyl", "levomethadone"):
        return ignored("opioid-use-disorder-treatment")
    converts = any(row["ingredient"] == name for row in CONVERTING[table])
    if INGREDIENTS[name]["pharmacology"] == "partial agonist" and not converts:
        return ignored("partial-agonist")
    return frozenset()


def _one_day(order: Json) -> date | None:
    for one in order.get("dosageInstruction", []):
        if one.get("timing", {}).get("repeat", {}).get("count") == 1:
            return bounds_of(one)[0] or day(order["authoredOn"])
    return None


def _counted(order: Json, alternatives: list[list[Json]], drug: Drug, table: str, beside: Beside) -> Verdict:
    """What the instructions in force come to; `beside` is what other orders add to the day's total of the drug."""
    instructions = order.get("dosageInstruction", [])
    if all(map(_says_nothing, instructions)):
        return _supplied(order, drug, table, beside)
    faults: set[str] = set()
    totals: list[tuple[Fraction, Fraction]] = []
    open_ = False
    once = _one_day(order) is not None
    for instructions in alternatives:
        found = [_converted(one, drug, table, once) for one in instructions]
        faults |= {fault for one in found for fault in one.faults}
        counted = [one for one in found if one.rule is not None]
        open_ = open_ or any(one.faults for one in counted)
        totals.append(_mme(counted, beside))
    most = max(total[1] for total in totals)
    if faults and not open_:
        return uncounted(*faults)
    verdicts = set(uncounted(*faults))
    if most > MOST:
        return frozenset(verdicts | uncounted("implausible-dose"))
    # The largest step counts; of two that are equally large, either may be shown.
    verdicts |= {Outcome("counted", "", scheduled, maximum) for scheduled, maximum in totals if maximum == most}
    return frozenset(verdicts)


@dataclass(frozen=True)
class Converted:
    """One instruction in the unit of its factor; without a rule it cannot be counted."""

    rule: Rule | None = None
    scheduled: Fraction = Fraction(0)
    maximum: Fraction = Fraction(0)
    each: Fraction | None = None
    faults: frozenset[str] = frozenset()


def _converted(one: Json, drug: Drug, table: str, once: bool) -> Converted:
    rule = factor(drug, route_of(one, drug), table)
    if isinstance(rule, str):
        return Converted(faults=frozenset({rule}))
    worn = drug.kind == "patch" or is_rate(one, drug)
    scale = scale_of(rule, is_rate=worn)
    found = taken(one, drug, once)
    if scale is None:
        # A factor per mcg/h is no factor for milligrams.
        return Converted(faults=frozenset({"unit-unknown", "route-not-convertible", *found.faults} - {OPEN}))
    if found.maximum is None or found.scheduled is None:
        return Converted(faults=found.faults)
    each = of_patches(rule, drug.each, (found.scheduled, found.maximum)) if rule.by_patch else None
    if isinstance(each, str):
        return Converted(faults=frozenset({each, *found.faults}))
    return Converted(rule, found.scheduled * scale, found.maximum * scale, each, found.faults)


Beside = tuple[Fraction, Fraction]
NOTHING_BESIDE = (Fraction(0), Fraction(0))


def _mme(counted: list[Converted], beside: Beside) -> tuple[Fraction, Fraction]:
    """Scheduled and maximum MME; a banded factor is that of the patient's total of the drug."""
    day = [sum((getattr(one, name) for one in counted), Fraction(0)) for name in ("scheduled", "maximum")]
    found = [Fraction(0), Fraction(0)]
    for one in counted:
        assert one.rule is not None
        for index, value in enumerate((one.scheduled, one.maximum)):
            factor_ = one.each if one.each is not None else one.rule.factor_at(day[index] + beside[index])
            found[index] += value * factor_
    return found[0], found[1]


def _says_nothing(one: Json) -> bool:
    """Whether an instruction holds neither a dose that can be read, nor how often, nor a maximum."""
    entry = dose_of(one)
    unread = entry is None or ("doseRange" in entry and "high" not in entry["doseRange"])
    return unread and often(one.get("timing", {})) is None and "maxDosePerPeriod" not in one


def _supplied(order: Json, drug: Drug, table: str, beside: Beside) -> Verdict:
    """No instruction says anything: the dispensed quantity and its days of supply serve, when both can be read."""
    instructions = order.get("dosageInstruction", [])
    rule = factor(drug, route_of(instructions[0] if instructions else {}, drug), table)
    if isinstance(rule, str):
        return uncounted("dose-missing", "dose-unreadable", "frequency-missing", rule)
    a_day = supplied_a_day(order, drug)
    scale = scale_of(rule, is_rate=False)
    if a_day is None or scale is None or rule.by_patch:
        missing = ("dose-missing", "dose-unreadable", "frequency-missing")
        return uncounted(*missing, "unit-unknown", "strength-unknown", "route-not-convertible", "no-factor")
    needed = any(as_needed_in(one) for one in instructions)
    scheduled, maximum = _mme([Converted(rule, Fraction(0) if needed else a_day * scale, a_day * scale)], beside)
    return uncounted("implausible-dose") if maximum > MOST else frozenset({Outcome("counted", "", scheduled, maximum)})


def supplied_a_day(order: Json, drug: Drug) -> Fraction | None:
    """mg a day that the dispensed supply comes to; patches are worn, not used up."""
    request = order.get("dispenseRequest", {})
    quantity, length = request.get("quantity"), request.get("expectedSupplyDuration")
    if not quantity or not length or drug.kind == "patch":
        return None
    found = amount_of(quantity)
    if isinstance(found, str) or found.what == "mcg/h":
        return None
    if found.what == "mg" and (drug.per == "mg" or drug.combination):
        # Tablets are dispensed by number: milligrams of them are rather a wrong unit.
        return None
    worth, faults = worth_of(Amount(Fraction(1), found.what, found.noun), drug)
    days = Fraction(str(length["value"])) * HOURS[length["code"]] / 24
    if found.what == "mg":
        faults.discard("implausible-dose")  # the unit of a quantity, not a dose
    return None if worth is None or faults else worth * found.value / days
