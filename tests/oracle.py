"""A second, naive calculator of the MME total, written from the rulings and not from the code.

It reads the same CSV files of knowledge and nothing else of the service. It knows R4 orders whose drug is coded; names
and written directions are left to the tables. Where several things stand in the way of counting, or the rulings leave
a choice, it gives every answer that they allow: a `Verdict` is a set of outcomes.

Slow and plain on purpose: exact fractions, no classes of units, no cleverness.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from tests.oracle_factors import CONVERTING, Rule, of_patches, rows, rule_of, scale_of

Json = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """`counted` with amounts in MME a day, or `uncounted` or `ignored` with a reason."""

    kind: str
    reason: str = ""
    scheduled: Fraction = Fraction(0)
    maximum: Fraction = Fraction(0)


Verdict = frozenset[Outcome]


def uncounted(*reasons: str) -> Verdict:
    return frozenset(Outcome("uncounted", reason) for reason in reasons)


def ignored(*reasons: str) -> Verdict:
    return frozenset(Outcome("ignored", reason) for reason in reasons)


# ---- knowledge ----


PRODUCTS: dict[str, list[dict[str, str]]] = {}
for _row in rows("formulary/products.csv"):
    PRODUCTS.setdefault(_row["rxcui"], []).append(_row)
INGREDIENTS = {row["name"]: row for row in rows("formulary/ingredients.csv")}
FORMS = {row["dose_form"]: row for row in rows("formulary/dose_forms.csv")}
RESCUE = {row["code"] for row in rows("value_sets/rescue_naloxone.csv") if row["code"]}

RXNORM = ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88")


@dataclass(frozen=True)
class Drug:
    """`each` is the opioid in one unit (mg per tablet, mg per mL, mcg/h per patch), None for a bare ingredient."""

    ingredient: str
    each: Fraction | None = None
    per: str = ""
    kind: str = ""
    noun: str = ""
    route: str = ""
    combination: bool = False
    others: tuple[Fraction, ...] = ()
    for_disorder: bool = False


def drug_of(order: Json) -> Drug | Verdict:
    codings = order.get("medicationCodeableConcept", {}).get("coding", [])
    if not codings:
        return uncounted("resource-invalid")
    codes = [one["code"] for one in codings if one["system"] in RXNORM]
    for code in codes:
        if code in PRODUCTS:
            animals = PRODUCTS[code][0]["use"] == "veterinary"
            return ignored("not-an-opioid") if animals else product(PRODUCTS[code])
    bare = [name for name in INGREDIENTS if _is_coded(INGREDIENTS[name], codings)]
    opioids = [name for name in bare if INGREDIENTS[name]["pharmacology"] != "antagonist"]
    if opioids:
        return Drug(opioids[0])
    if bare or set(codes) & RESCUE:
        return ignored("antagonist")
    return ignored("not-an-opioid")


def _is_coded(row: dict[str, str], codings: list[Json]) -> bool:
    columns = {RXNORM[0]: "rxcui", RXNORM[1]: "rxcui", "http://snomed.info/sct": "snomed"}
    columns["http://www.whocc.no/atc"] = "atc"
    return any(one["system"] in columns and one["code"] in row[columns[one["system"]]].split("|") for one in codings)


def product(parts: list[dict[str, str]]) -> Drug:
    row = parts[0]
    form = FORMS[row["dose_form"]]
    return Drug(
        ingredient=row["ingredient"],
        # Two salts of one ingredient are added; a pack's dose is all of its units.
        each=sum((Fraction(part["strength"]) for part in parts), Fraction(0)) * int(row["units_per_dose"]),
        per=row["strength_unit"],
        kind=form["form"],
        noun=form["noun"],
        route=row["route"],
        combination=row["combination"] == "yes",
        others=tuple(set(milligrams(row["name"])) - {Fraction(part["strength"]) for part in parts}),
        for_disorder=row["usual_purpose"] == "opioid use disorder",
    )


def milligrams(name: str) -> list[Fraction]:
    """The milligrams in a name such as `acetaminophen 325 MG / hydrocodone bitartrate 5 MG Oral Tablet`."""
    words = name.split()
    return [Fraction(words[at - 1]) for at, word in enumerate(words) if word == "MG"]


# ---- how much at a time (3 and 5) ----

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
"""A mark beside an amount that the rulings let one count or refuse."""


@dataclass(frozen=True)
class Amount:
    """`what` is mg, mL, mcg/h or `count`; a count may say of what."""

    value: Fraction
    what: str
    noun: str = ""


def amount_of(quantity: Json) -> Amount | str:
    """An amount, or the reason why it is none."""
    code, unit = quantity.get("code", ""), quantity.get("unit", "")
    by_code, by_unit = _meaning(code), _meaning(unit)
    if by_code and by_unit and by_code[0] == by_unit[0] and by_code[1] != by_unit[1] and by_code[0] in ("mg", "mcg/h"):
        return "unit-unknown"
    found = by_code if code and by_code else by_unit
    if found is None:
        return "unit-unknown"
    what, worth, noun = found
    if what == "count" and not noun and by_unit and by_unit[0] == "count":
        noun = by_unit[2]
    return Amount(Fraction(str(quantity["value"])) * worth, what, noun)


def _meaning(word: str) -> tuple[str, Fraction, str] | None:
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


# ---- how often (4) ----

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


# ---- one instruction ----


@dataclass(frozen=True)
class Taken:
    """mg a day (patches: mcg/h worn), or what is wrong; both when the rulings leave it open."""

    scheduled: Fraction | None = None
    maximum: Fraction | None = None
    faults: frozenset[str] = frozenset()


KINDS = ("ordered", "calculated", "admin-amount")


def dose_of(instruction: Json) -> Json | None:
    def rank(entry: Json) -> int:
        codes = [one["code"] for one in entry.get("type", {}).get("coding", [])]
        return KINDS.index(codes[0]) if codes else -1

    entries = sorted(instruction.get("doseAndRate", []), key=rank)
    # They restate one dose: one in a unit that nobody knows (0.1 mg/kg) is restated by the next.
    known = [entry for entry in entries if all(map(_is_known, _amounts_in(entry)))]
    return (known or entries or [None])[0]


def _amounts_in(entry: Json) -> list[Json]:
    return [entry["doseQuantity"]] if "doseQuantity" in entry else list(entry["doseRange"].values())


def _is_known(quantity: Json) -> bool:
    words = [quantity[name] for name in ("code", "unit") if name in quantity]
    return not words or any(map(_meaning, words))


def taken(instruction: Json, drug: Drug, once: bool = False) -> Taken:
    faults: set[str] = set()
    low, high = _at_a_time(instruction, drug, faults)
    times = (Fraction(1), Fraction(1)) if once else often(instruction.get("timing", {}))
    as_needed = as_needed_in(instruction)
    cap, wrong = ceiling(instruction, drug)
    faults |= wrong
    if isinstance(times, str):
        faults.add(times)
    if times is None and as_needed and "maxDosePerPeriod" in instruction:
        return _at_most(cap, faults)
    if drug.kind == "patch" or (drug.each is None and _is_rate(instruction)):
        return _patches(low, high, times, as_needed, faults, is_rate=_is_rate(instruction))
    if times is None:
        faults.add("frequency-missing")
    may_count = not faults - {OPEN}
    faults = {"dose-unreadable" if fault == OPEN else fault for fault in faults}
    if not may_count or low is None or high is None or not isinstance(times, tuple):
        return Taken(faults=frozenset(faults))
    maximum = high * times[1] if cap is None else min(high * times[1], cap)
    return Taken(Fraction(0) if as_needed else min(low * times[0], maximum), maximum, frozenset(faults))


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


def _is_rate(instruction: Json) -> bool:
    entry = dose_of(instruction)
    return entry is not None and any("/" in (one.get("code") or one.get("unit") or "") for one in _amounts_in(entry))


def _at_a_time(instruction: Json, drug: Drug, faults: set[str]) -> tuple[Fraction | None, Fraction | None]:
    entry = dose_of(instruction)
    if entry is None:
        faults.add("dose-missing")
        return None, None
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


# ---- which factor (6) ----

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


# ---- which instructions are in force (7) ----


def day(text: str) -> date:
    return date.fromisoformat(text)


def bounds_of(instruction: Json) -> tuple[date | None, date | None]:
    period = instruction.get("timing", {}).get("repeat", {}).get("boundsPeriod", {})
    start, end = period.get("start"), period.get("end")
    return (day(start) if start else None), (day(end) if end else None)


def steps(instructions: list[Json]) -> dict[int | None, list[Json]]:
    found: dict[int | None, list[Json]] = {}
    for one in instructions:
        found.setdefault(one.get("sequence"), []).append(one)
    return found


def in_force(order: Json, today: date, being_written: bool) -> list[list[Json]]:
    """The instructions that count today, as alternatives of which the largest counts; none when it is another day's."""
    instructions = order.get("dosageInstruction", [])
    grouped = steps(instructions)
    if len(grouped) > 1:
        dated = _dated_steps(order, grouped, today, being_written)
        if dated is not None:
            return [dated] if dated else []
        return list(grouped.values())
    covering = [one for one in instructions if _covers(*bounds_of(one), today)]
    if not covering and being_written and instructions:
        starts = [bounds_of(one)[0] for one in instructions]
        coming = [start for start in starts if start and start > today]
        covering = [one for one, start in zip(instructions, starts, strict=True) if coming and start == min(coming)]
    return [covering] if covering else []


def _covers(start: date | None, end: date | None, today: date) -> bool:
    return (start is None or start <= today) and (end is None or today <= end)


def _dated_steps(
    order: Json, grouped: dict[int | None, list[Json]], today: date, being_written: bool
) -> list[Json] | None:
    """The step in force by the lengths of the steps before it; None when the lengths do not tell."""
    first = day(order["authoredOn"]) if "authoredOn" in order else today if being_written else None
    if first is None:
        return None
    start = first
    # All but the last step need a length.
    last = max(grouped, key=lambda sequence: sequence or 0)
    for sequence in sorted(grouped, key=lambda sequence: sequence or 0):
        lengths = [
            one["timing"].get("repeat", {}).get("boundsDuration") for one in grouped[sequence] if "timing" in one
        ]
        days = max((length["value"] for length in lengths if length), default=None)
        if days is None:
            if sequence != last:
                return None
            return grouped[sequence] if today >= start else []
        end = start + timedelta(days=days - 1)
        if start <= today <= end:
            return grouped[sequence]
        start = end + timedelta(days=1)
    return []


# ---- one order ----

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
    is_rate = drug.kind == "patch" or _is_rate(one)
    scale = scale_of(rule, is_rate=is_rate)
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
    return None if worth is None or faults else worth * found.value / days
