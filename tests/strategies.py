"""Orders of every shape from the real formulary, sensible and senseless, as R4 resources.

Choices are drawn as positions in lists, the plainest choice first: that is quick, and shrinks to plain orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tests.oracle.drugs import FORMS, INGREDIENTS, PRODUCTS, RXNORM
from tests.oracle.times import CODES

Json = dict[str, Any]
T = TypeVar("T")

TODAY = date(2026, 1, 31)

UCUM = "http://unitsofmeasure.org"
SNOMED = "http://snomed.info/sct"
ATC = "http://www.whocc.no/atc"


@cache
def below(number: int) -> SearchStrategy[int]:
    return st.integers(0, number - 1)


def pick(draw: DrawFn, options: Sequence[T]) -> T:
    return options[draw(below(len(options)))]


def chance(draw: DrawFn, of: int) -> bool:
    """True once in `of` times."""
    return draw(below(of)) == of - 1


def some(draw: DrawFn, options: Sequence[T], least: int = 1) -> list[T]:
    """Some of the options, each at most once, in their order."""
    start = draw(below(len(options)))
    count = least + draw(below(len(options)))
    return list(options[start : start + count]) or [options[start]]


# ---- drugs ----


def _shapes(wanted: Sequence[str]) -> list[list[str]]:
    """Products by dose form, route and whether they are combinations: rare shapes are drawn as often as others."""
    found: dict[tuple[str, str, str], list[str]] = {}
    for rxcui, parts in PRODUCTS.items():
        row = parts[0]
        if not wanted or row["route"] in wanted:
            found.setdefault((row["dose_form"], row["route"], row["combination"]), []).append(rxcui)
    return [sorted(found[shape]) for shape in sorted(found)]


SHAPES = _shapes([])
CONVERTIBLE = _shapes(["oral", "transdermal"])

BARE = sorted(
    (system, code)
    for row in INGREDIENTS.values()
    for system, column in ((RXNORM[0], "rxcui"), (SNOMED, "snomed"), (ATC, "atc"))
    for code in row[column].split("|")
    if code
)
HARMLESS = [(RXNORM[0], "314076"), (RXNORM[0], "25480"), (ATC, "C09AA03"), (RXNORM[0], "1725059")]


def concept(system: str, code: str) -> Json:
    return {"coding": [{"system": system, "code": code}]}


def _product(draw: DrawFn) -> Json:
    shapes = SHAPES if chance(draw, 4) else CONVERTIBLE
    return concept(RXNORM[chance(draw, 8)], pick(draw, pick(draw, shapes)))


@st.composite
def drugs(draw: DrawFn) -> Json:
    kind = pick(draw, ["product"] * 6 + ["bare", "bare", "harmless"])
    if kind == "product":
        return _product(draw)
    return concept(*pick(draw, BARE if kind == "bare" else HARMLESS))


# ---- amounts ----

VALUES = [1, 2, 0.5, 1.5, 3, 4, 5, 7.5, 10, 12, 12.5, 15, 20, 25, 30, 40, 49, 50, 51, 60, 75, 100, 325, 0.25, 0.1]
SENSELESS = [0, -1, -0.5, 1000, 20000]

MG: Json = {"unit": "mg", "system": UCUM, "code": "mg"}
ML: Json = {"unit": "mL", "system": UCUM, "code": "mL"}
ONE: Json = {"unit": "1", "system": UCUM, "code": "1"}
RATE: Json = {"unit": "ug/h", "system": UCUM, "code": "ug/h"}

UNITS: list[Json] = [
    MG, ML, ONE, RATE, {"unit": "MG"}, {"unit": "mcg", "system": UCUM, "code": "ug"}, {"unit": "g"},
    {"unit": "teaspoon"}, {"code": "[tsp_us]", "system": UCUM}, {"unit": "tablet", "system": UCUM, "code": "{tbl}"},
    {"unit": "Tab"}, {"unit": "capsule"}, {"unit": "film"}, {"unit": "patch"}, {"unit": "spray"}, {"unit": "lozenge"},
    {"unit": "suppository"}, {"unit": "drop"}, {}, {"unit": "mcg/hr"}, {"unit": "mg/h"},
    {"unit": "mcg", "system": UCUM, "code": "mg"}, {"unit": "vial"},
]  # fmt: skip


def code_of(drug: Json) -> str:
    return drug["coding"][0]["code"]


def fitting_units(drug: Json) -> list[Json]:
    """Units in which a drug is sensibly ordered."""
    code = code_of(drug)
    if code not in PRODUCTS:
        return [MG, {"unit": "mcg"}]
    form = FORMS[PRODUCTS[code][0]["dose_form"]]
    if form["form"] == "patch":
        return [{"unit": "patch"}, {}, RATE]
    if form["form"] == "liquid":
        return [ML, {"unit": "teaspoon"}, MG]
    return [{"unit": form["noun"]}, {}, ONE, MG]


def own_strengths(drug: Json) -> list[float]:
    """Amounts that are the product's own: one, two and half a unit of it by mass or rate."""
    each = sum(float(part["strength"]) for part in PRODUCTS.get(code_of(drug), []))
    return [round(each * factor, 6) for factor in (1, 2, 0.5)] if each else [10]


def _unit(draw: DrawFn, drug: Json) -> Json:
    return pick(draw, UNITS if chance(draw, 5) else fitting_units(drug))


def _value(draw: DrawFn, drug: Json, unit: Json) -> float:
    measured = unit.get("unit", "").lower() in ("mg", "ug/h")
    if measured and not chance(draw, 3):
        return pick(draw, own_strengths(drug))
    return pick(draw, SENSELESS if chance(draw, 15) else VALUES)


def _dose(draw: DrawFn, drug: Json) -> Json:
    unit = _unit(draw, drug)
    shape = pick(draw, ["quantity"] * 6 + ["range"] * 3 + ["no upper end"])
    low = _value(draw, drug, unit)
    if shape == "quantity":
        return {"doseQuantity": {"value": low, **unit}}
    if shape == "no upper end":
        return {"doseRange": {"low": {"value": low, **unit}}}
    high = _value(draw, drug, unit)
    if not chance(draw, 6):
        low, high = min(low, high), max(low, high)
    return {"doseRange": {"low": {"value": low, **unit}, "high": {"value": high, **unit}}}


def _dose_and_rate(draw: DrawFn, drug: Json) -> list[Json]:
    shape = pick(draw, ["one"] * 8 + ["typed", "none"])
    if shape == "none":
        return []
    if shape == "one":
        return [_dose(draw, drug)]
    kinds = some(
        draw, pick(draw, [["ordered", "calculated", "admin-amount"], ["admin-amount", "calculated", "ordered"]])
    )
    return [{"type": {"coding": [{"code": kind}]}, **_dose(draw, drug)} for kind in kinds]


# ---- times ----

CLOCK = ["08:00:00", "14:00:00", "20:00:00", "22:00:00", "06:00:00"]
MOMENTS = ["MORN", "NOON", "EVE", "HS", "WAKE"]
WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
COUNTS = [1, 2, 3, 4, 6]
PERIODS = [
    (1, "d"), (8, "h"), (12, "h"), (4, "h"), (72, "h"), (1, "d"), (1, "wk"), (90, "min"), (2, "d"), (1, "mo"), (7, "h"),
]  # fmt: skip
SPOILT = [""] * 12 + ["zero", "negative", "no frequency", "no period", "no unit"]
TIMINGS = ["repeat"] * 5 + ["clock", "moments", "weekdays", "clock on days", "code", "twice", "on days", "none"]


def _repeat(draw: DrawFn) -> Json:
    """frequency and period, with or without upper ends, sometimes senseless or not whole."""
    period, unit = pick(draw, PERIODS)
    repeat: Json = {"frequency": pick(draw, COUNTS), "period": period, "periodUnit": unit}
    if chance(draw, 4):
        repeat["frequencyMax"] = repeat["frequency"] + draw(below(3))
    if chance(draw, 4):
        repeat["periodMax"] = period + draw(below(5))
    spoilt = pick(draw, SPOILT)
    if spoilt == "zero":
        repeat["frequency"] = 0
    elif spoilt == "negative":
        repeat["period"] = -period
    for name in {
        "no frequency": ("frequency", "frequencyMax"),
        "no period": ("period", "periodMax", "periodUnit"),
        "no unit": ("periodUnit",),
    }.get(spoilt, ()):
        repeat.pop(name, None)
    return repeat


def _timing(draw: DrawFn) -> Json:
    shape = pick(draw, TIMINGS)
    if shape == "none":
        return {}
    if shape == "code":
        return {"code": {"coding": [{"code": pick(draw, sorted(CODES))}]}}
    if shape == "repeat":
        return {"repeat": _repeat(draw)}
    repeat: Json = {}
    if shape in ("clock", "clock on days", "twice"):
        repeat["timeOfDay"] = some(draw, CLOCK)
    if shape == "moments":
        repeat["when"] = some(draw, MOMENTS)
    if shape in ("weekdays", "clock on days", "on days"):
        repeat["dayOfWeek"] = some(draw, WEEKDAYS)
    if shape in ("twice", "on days"):
        count = len(repeat["timeOfDay"]) if shape == "twice" else pick(draw, COUNTS)
        repeat.update(frequency=count, period=1, periodUnit="d")
    return {"repeat": repeat}


# ---- instructions ----

ROUTES: list[Json] = [
    {"text": "oral"},
    concept(SNOMED, "26643006"),
    {"text": "rectal"},
    concept(SNOMED, "47625008"),
    {"text": "transdermal"},
]


def _maximum(draw: DrawFn, drug: Json) -> Json:
    length, unit = pick(draw, [(1, "d"), (24, "h"), (1, "wk"), (4, "h")])
    value = pick(draw, [0, -4] if chance(draw, 10) else [8, 1, 4, 20, 40, 70, 400])
    return {
        "numerator": {"value": value, **_unit(draw, drug)},
        "denominator": {"value": length, "unit": unit, "system": UCUM, "code": unit},
    }


def is_patch(drug: Json) -> bool:
    code = code_of(drug)
    return code in PRODUCTS and FORMS[PRODUCTS[code][0]["dose_form"]]["form"] == "patch"


def _instruction(draw: DrawFn, drug: Json) -> Json:
    one: Json = {}
    if entries := _dose_and_rate(draw, drug):
        one["doseAndRate"] = entries
    if timing := _timing(draw):
        one["timing"] = timing
    needed = pick(draw, ["", "", "", "flag", "reason", "no"])
    if needed == "reason":
        one["asNeededCodeableConcept"] = {"text": "pain"}
    elif needed:
        one["asNeededBoolean"] = needed == "flag"
    if not is_patch(drug) and chance(draw, 4):
        one["maxDosePerPeriod"] = _maximum(draw, drug)
    if chance(draw, 6):
        unit = _unit(draw, drug)
        one["maxDosePerAdministration"] = {"value": _value(draw, drug, unit), **unit}
    return one


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


def _several(draw: DrawFn, drug: Json) -> list[Json]:
    """The instructions of one order: one, taken together, in periods, or in steps."""
    shape = pick(draw, ["one"] * 8 + ["together", "together", "periods", "steps", "undated steps", "none"])
    if shape == "none":
        return []
    if shape == "one":
        return [_instruction(draw, drug)]
    found = [_instruction(draw, drug) for _ in range(2 + chance(draw, 3))]
    if shape == "together" and chance(draw, 2):
        for each in found:
            each["sequence"] = 1
    elif shape == "periods":
        _put_periods(draw, found)
    elif shape in ("steps", "undated steps"):
        for number, each in enumerate(found, start=1):
            each["sequence"] = number
            if shape == "steps":
                length = {"value": pick(draw, [7, 3, 14]), "unit": "d", "system": UCUM, "code": "d"}
                _repeat_of(each)["boundsDuration"] = length
    return found


def _put_periods(draw: DrawFn, found: list[Json]) -> None:
    """Periods that follow one another, or overlap, about today."""
    edge = draw(below(30)) - 20
    for each in found:
        length = draw(below(20))
        _repeat_of(each)["boundsPeriod"] = {"start": in_days(edge), "end": in_days(edge + length)}
        edge += length + 1 if chance(draw, 2) else length // 2


def _repeat_of(instruction: Json) -> Json:
    return instruction.setdefault("timing", {}).setdefault("repeat", {})


# ---- orders ----

STATUSES = (
    ["active"] * 20 + ["draft"] * 5 + ["on-hold", "completed", "stopped", "cancelled", "entered-in-error", "unknown"]
)
INTENTS = ["order"] * 12 + ["original-order", "filler-order", "plan", "proposal", "option"]
EXTRAS = [""] * 16 + ["reason", "reason", "pain", "do not perform", "valid", "valid", "once", *["supply"] * 6]


@st.composite
def orders(draw: DrawFn, key: str = "a", extra: str = "") -> Json:
    """One order; with an `extra` of a kind where one is named, else of any or none."""
    drug = draw(drugs())
    order: Json = {
        "resourceType": "MedicationRequest",
        "id": key,
        "status": pick(draw, STATUSES),
        "intent": pick(draw, INTENTS),
        "subject": {"reference": "Patient/example"},
        "medicationCodeableConcept": drug,
        "authoredOn": in_days(-draw(below(13))),
        "dosageInstruction": _several(draw, drug),
    }
    if chance(draw, 5):
        route = pick(draw, ROUTES)
        for one in order["dosageInstruction"]:
            one["route"] = route
    _put_extra(draw, order, extra or pick(draw, EXTRAS))
    return order


def _put_extra(draw: DrawFn, order: Json, extra: str) -> None:
    if extra == "reason":
        order["reasonCode"] = [concept("http://hl7.org/fhir/sid/icd-10-cm", "F11.20")]
    elif extra == "pain":
        order["reasonCode"] = [{"text": "low back pain"}]
    elif extra == "do not perform":
        order["doNotPerform"] = True
    elif extra == "valid":
        order["authoredOn"] = in_days(-60)
        order["dispenseRequest"] = {"validityPeriod": {"end": in_days(-28 - draw(below(6)))}}
    elif extra == "supply":
        _put_supply(draw, order)
    elif extra == "once" and len(order["dosageInstruction"]) == 1:
        order["dosageInstruction"][0]["timing"] = {"repeat": {"count": 1}}
        order["dosageInstruction"][0].pop("maxDosePerPeriod", None)


def _put_supply(draw: DrawFn, order: Json) -> None:
    """What was dispensed, for how long, and how often again: lasting, used up lately, or long ago."""
    length, fills = pick(draw, [30, 7, 28, 90, 1]), 1 + pick(draw, [0, 0, 1, 3])
    ended = pick(draw, [-3, 0, 5, 29, 30, 31, 40, 400])
    order["authoredOn"] = in_days(-max(0, length * fills + ended))
    order["dispenseRequest"] = {
        "quantity": {"value": pick(draw, [60, 30, 120, 5, 240]), **_unit(draw, order["medicationCodeableConcept"])},
        "expectedSupplyDuration": {"value": length, "unit": "days", "system": UCUM, "code": "d"},
        "numberOfRepeatsAllowed": fills - 1,
    }


@st.composite
def regimens(draw: DrawFn) -> tuple[list[Json], list[Json]]:
    """An active list, in which an order may fulfil another, and drafts that stand over it in every way."""
    chart = {one["id"]: one for one in draw(charts()) if one["id"] not in ("new", "renewal")}
    active = list(chart.values())
    active = [{**one, "status": "active"} if one["status"] == "draft" else one for one in active]
    if chance(draw, 3):
        parent = pick(draw, active)
        active.append({**parent, "id": "child", "basedOn": [{"reference": f"MedicationRequest/{parent['id']}"}]})
    drafts: list[Json] = []
    for relation in some(draw, ["prior", "same id", "renewal", "basis", "stop", "error", "unrelated"]):
        old = pick(draw, active)
        if relation in ("stop", "error"):
            drafts.append({**old, "status": "stopped" if relation == "stop" else "entered-in-error"})
        elif relation == "basis":
            drafts.append(
                {**_successor(draw, old, "new"), "basedOn": [{"reference": f"MedicationRequest/{old['id']}"}]}
            )
        else:
            drafts.append(_successor(draw, old, relation))
    taken: set[str] = set()
    kept = []
    for number, draft in enumerate(drafts):
        own = draft["id"] if draft["id"] in {one["id"] for one in active} else f"d{number}"
        if own not in taken:
            taken.add(own)
            kept.append({**draft, "id": own})
    return active, kept


@st.composite
def charts(draw: DrawFn) -> list[Json]:
    """Several orders of different drugs; a draft may name, bear the id of, or repeat an active order."""
    found: list[Json] = []
    seen: set[str] = set()
    for number in range(1 + draw(below(4))):
        order = draw(orders(key=f"o{number}"))
        if ingredient_of(order) not in seen:
            seen.add(ingredient_of(order))
            found.append(order)
    active = [one for one in found if one["status"] == "active"]
    relation = pick(draw, ["none", "prior", "same id", "renewal"])
    if active and relation != "none":
        old = pick(draw, active)
        new = _successor(draw, old, relation)
        if ingredient_of(new) not in seen - {ingredient_of(old)}:
            found.append(new)
    return found


def _successor(draw: DrawFn, old: Json, relation: str) -> Json:
    if relation == "renewal":
        return {**old, "id": "renewal", "status": "draft", "intent": "order"}
    new = draw(orders(key=old["id"] if relation == "same id" else "new"))
    new.update(status="draft", intent="order")
    new.pop("doNotPerform", None)
    if relation == "prior":
        new["priorPrescription"] = {"reference": f"MedicationRequest/{old['id']}"}
    return new


def ingredient_of(order: Json) -> str:
    code = code_of(order["medicationCodeableConcept"])
    if code in PRODUCTS:
        return PRODUCTS[code][0]["ingredient"]
    for name, row in INGREDIENTS.items():
        if code in (row["rxcui"], *row["snomed"].split("|"), *row["atc"].split("|")):
            return name
    return code
