"""The short notation of the specification's tables, and the R4 resources that it stands for.

Medicine (`coded as`), in any order, separated by spaces:

    rx:1049621  oid:1049621  sct:…  atc:…  ndc:…  local:…     a coding (oid: RxNorm under its OID; bare: no system)
    rx:1049621="display"                                      a coding with its display
    "oxycodone 5 mg tablet"                                   the concept's text
    contained | bundled                                       by reference to a Medication that is sent along
    unresolved="display"                                      by reference to a Medication that is not sent
    ingredient=rx:7804@5mg/1{tbl}                             a Medication.ingredient with its strength

Directions: instructions separated by `;`, each a dose, how often, and what else it says:

    1 {tbl}   2 tablet   5-10 mg   ..10 mg   5.. mg   75 ug/h   2 -        dose (`-`: no unit; `5..`: no upper end)
    5 code=mg,unit=mcg                                                     code and unit apart
    ordered 10 mg  calculated 12 mg  admin 2 {tbl}                         restatements of one dose, by type
    2/d   1-2/d   ..2/d   3/wk   1/12h   q4h   q4-6h   q3d                 how often
    freq 2   period 8h   at 08:00,20:00   when MORN,HS   on mon,thu        only parts of it
    code BID   code "every 4 hours"   event 2026-01-31   once   count 10
    prn   prn(pain)   noprn (denied)   max 40 mg/d   max 8 {tbl}/d max 35 mg/d (R5: several)   most 2 {tbl} (at once)
    rate 2 mg/h   ratio 5 mL per 1 h
    route oral   route sct:47625008   seq 1   from 2026-01-01   to 2026-01-14   for 7 d   "directions in words"

Order: what differs from an active order without dates (`status=on-hold`, `intent=plan`, `draft`, `written=…`, …).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
UCUM = "http://unitsofmeasure.org"

SYSTEMS = {
    "rx": RXNORM,
    "oid": "urn:oid:2.16.840.1.113883.6.88",
    "sct": "http://snomed.info/sct",
    "atc": "http://www.whocc.no/atc",
    "ndc": "http://hl7.org/fhir/sid/ndc",
    "icd": "http://hl7.org/fhir/sid/icd-10-cm",
    "local": "urn:example:local",
    "bare": "",
}

UCUM_UNITS = frozenset({"mg", "ug", "g", "mL", "ug/h", "mg/h", "1", "[tsp_us]", "L"})

NUMBER = r"-?\d+(?:\.\d+)?"


class Unreadable(ValueError):
    """A cell of a table breaks the notation."""


# ---- small parts ----


def number(text: str) -> int | float:
    value = float(text)
    return int(value) if value == int(value) else value


def quantity(value: str, unit: str) -> Json:
    found: Json = {"value": number(value)}
    if unit == "-":
        return found
    if unit.startswith(("code=", "unit=")):
        for part in unit.split(","):
            name, _, word = part.partition("=")
            found[name] = word
        if "code" in found:
            found["system"] = UCUM
        return found
    if unit in UCUM_UNITS or unit.startswith("{"):
        return {**found, "unit": unit.strip("{}"), "system": UCUM, "code": unit}
    return {**found, "unit": unit}


def coding(text: str) -> Json:
    system, _, rest = text.partition(":")
    code, _, display = rest.partition("=")
    if system not in SYSTEMS or not code:
        raise Unreadable(text)
    found: Json = {"system": SYSTEMS[system], "code": code} if SYSTEMS[system] else {"code": code}
    return {**found, "display": display} if display else found


def tokens(text: str) -> list[str]:
    """Words of a cell; what stands in double quotes belongs to one word, quotes included."""
    return re.findall(r'(?:[^\s"]|"[^"]*")+', text)


def unquoted(word: str) -> str:
    return word[1:-1] if len(word) >= 2 and word[0] == word[-1] == '"' else word


# ---- medicine ----


@dataclass
class Medicine:
    concept: Json = field(default_factory=dict)
    ingredients: list[Json] = field(default_factory=list)
    reference: str = ""
    display: str = ""


def medicine_of(cell: str) -> Medicine:
    found = Medicine()
    for word in tokens(cell):
        if word.startswith('"'):
            found.concept["text"] = unquoted(word)
        elif word in ("contained", "bundled"):
            found.reference = word
        elif word.startswith("unresolved"):
            found.reference, found.display = "unresolved", word.partition("=")[2].strip('"')
        elif word.startswith("ingredient="):
            found.ingredients.append(_ingredient(word.removeprefix("ingredient=")))
        else:
            found.concept.setdefault("coding", []).append(coding(word.replace('"', "")))
    return found


def _ingredient(text: str) -> Json:
    match = re.fullmatch(rf"(?P<code>[^@]+)(?:@({NUMBER})([^/]+)/({NUMBER})(.+))?", text)
    if match is None:
        raise Unreadable(text)
    found: Json = {"itemCodeableConcept": {"coding": [coding(match["code"])]}}
    if match[2]:
        found["strength"] = {"numerator": quantity(match[2], match[3]), "denominator": quantity(match[4], match[5])}
    return found


# ---- directions ----

_PERIOD = r"(\d+(?:\.\d+)?)?(?:-(\d+(?:\.\d+)?))?(min|h|d|wk|mo)"
_KINDS = {"ordered": "ordered", "calculated": "calculated", "admin": "admin-amount"}
_RATE_TYPE_SYSTEM = "http://terminology.hl7.org/CodeSystem/dose-rate-type"


class Words:
    """A cursor over the words of one instruction."""

    def __init__(self, words: list[str]) -> None:
        self._words = words

    def __bool__(self) -> bool:
        return bool(self._words)

    def next(self) -> str:
        if not self._words:
            raise Unreadable("the instruction ends too early")
        return self._words.pop(0)


def instructions_of(cell: str) -> list[Json]:
    parts = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', cell)
    return [_instruction(tokens(part)) for part in parts if part.strip()]


def _instruction(words: list[str]) -> Json:
    found: Json = {}
    cursor = Words(words)
    while cursor:
        _statement(cursor.next(), cursor, found)
    return found


def _repeat(found: Json) -> Json:
    return found.setdefault("timing", {}).setdefault("repeat", {})


def _statement(word: str, more: Words, found: Json) -> None:
    if word.startswith('"'):
        found["text"] = unquoted(word)
    elif word in _KINDS:
        kind = {"coding": [{"system": _RATE_TYPE_SYSTEM, "code": _KINDS[word]}]}
        found.setdefault("doseAndRate", []).append({"type": kind, **_dose(more.next(), more.next())})
    elif word in _SIMPLE:
        _SIMPLE[word](more, found)
    elif word in ("prn", "noprn"):
        found["asNeededBoolean"] = word == "prn"
    elif match := re.fullmatch(r"prn\((.+)\)", word):
        found["asNeededCodeableConcept"] = {"text": match[1]}
    elif word == "once":
        _repeat(found)["count"] = 1
    elif match := re.fullmatch(rf"q{_PERIOD}", word):
        _repeat(found).update(frequency=1, **_period(match))
    elif match := re.fullmatch(rf"({NUMBER})?(?:(?:-|\.\.)({NUMBER}))?/{_PERIOD}", word):
        stated = {"frequency": match[1], "frequencyMax": match[2]}
        counts = {name: number(value) for name, value in stated.items() if value}
        _repeat(found).update(**counts, **_period(match, 3))
    elif re.fullmatch(rf"(?:{NUMBER})?(?:\.\.|-)?(?:{NUMBER})?", word):
        found.setdefault("doseAndRate", []).append(_dose(word, more.next()))
    else:
        raise Unreadable(word)


def _period(match: re.Match[str], first: int = 1) -> Json:
    length, longest, unit = match.group(first, first + 1, first + 2)
    upper = {"periodMax": number(longest)} if longest else {}
    return {"period": number(length or "1"), **upper, "periodUnit": unit}


def _dose(value: str, unit: str) -> Json:
    if match := re.fullmatch(rf"({NUMBER})-({NUMBER})", value):
        return {"doseRange": {"low": quantity(match[1], unit), "high": quantity(match[2], unit)}}
    if value.startswith(".."):
        return {"doseRange": {"high": quantity(value[2:], unit)}}
    if value.endswith(".."):
        return {"doseRange": {"low": quantity(value[:-2], unit)}}
    return {"doseQuantity": quantity(value, unit)}


def _maximum(more: Words, found: Json) -> None:
    value = more.next()
    unit, _, period = more.next().rpartition("/")
    match = re.fullmatch(_PERIOD, period)
    if match is None:
        raise Unreadable(period)
    length = quantity(match[1] or "1", f"code={match[3]},unit={match[3]}")
    ratio = {"numerator": quantity(value, unit), "denominator": length}
    before = found.get("maxDosePerPeriod")
    found["maxDosePerPeriod"] = (
        ratio if before is None else [*(before if isinstance(before, list) else [before]), ratio]
    )


def _rate(more: Words, found: Json) -> None:
    value, unit = more.next(), more.next()
    found.setdefault("doseAndRate", []).append({"rateQuantity": quantity(value, unit)})


def _ratio(more: Words, found: Json) -> None:
    value, unit, _, time, time_unit = (more.next() for _ in range(5))
    ratio = {"numerator": quantity(value, unit), "denominator": quantity(time, f"code={time_unit},unit={time_unit}")}
    found.setdefault("doseAndRate", []).append({"rateRatio": ratio})


def _code(more: Words, found: Json) -> None:
    word = more.next()
    concept = {"text": unquoted(word)} if word.startswith('"') else {"coding": [{"code": word}]}
    found.setdefault("timing", {})["code"] = concept


def _route(more: Words, found: Json) -> None:
    word = more.next()
    found["route"] = {"coding": [coding(word)]} if ":" in word else {"text": unquoted(word)}


def _only_period(more: Words, found: Json) -> None:
    match = re.fullmatch(_PERIOD, more.next())
    if match is None:
        raise Unreadable("period")
    _repeat(found).update(_period(match))


def _length(more: Words, found: Json) -> None:
    value, unit = more.next(), more.next()
    _repeat(found)["boundsDuration"] = quantity(value, f"code={unit},unit={unit}")


_SIMPLE = {
    "max": _maximum,
    "most": lambda more, found: found.update(maxDosePerAdministration=quantity(more.next(), more.next())),
    "rate": _rate,
    "ratio": _ratio,
    "code": _code,
    "route": _route,
    "period": _only_period,
    "for": _length,
    "freq": lambda more, found: _repeat(found).update(frequency=number(more.next())),
    "count": lambda more, found: _repeat(found).update(count=number(more.next())),
    "at": lambda more, found: _repeat(found).update(timeOfDay=[f"{one}:00" for one in more.next().split(",")]),
    "when": lambda more, found: _repeat(found).update(when=more.next().split(",")),
    "on": lambda more, found: _repeat(found).update(dayOfWeek=more.next().split(",")),
    "event": lambda more, found: found.setdefault("timing", {}).update(event=more.next().split(",")),
    "seq": lambda more, found: found.update(sequence=int(more.next())),
    "from": lambda more, found: _repeat(found).setdefault("boundsPeriod", {}).update(start=more.next()),
    "to": lambda more, found: _repeat(found).setdefault("boundsPeriod", {}).update(end=more.next()),
}


# ---- the order ----

_OTHERS = frozenset({"id", "on", "table", "only", "patient", "about"})


def options_of(cell: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for word in tokens(cell):
        name, _, value = word.partition("=")
        found[name] = value.strip('"')
    return found


def order_of(key: str, coded: str, directions: str, options: dict[str, str]) -> tuple[Json, list[Json]]:
    """The R4 order, and the Medications that travel beside it in a Bundle."""
    statement = "statement" in options
    order: Json = {
        "resourceType": "MedicationStatement" if statement else "MedicationRequest",
        "id": key,
        "status": "active",
        "subject": {"reference": f"Patient/{options.get('patient', 'example')}"},
    }
    if not statement:
        order["intent"] = "order"
    beside = _put_medicine(order, medicine_of(coded))
    instructions = instructions_of(directions)
    if instructions:
        order["dosage" if statement else "dosageInstruction"] = instructions
    for name, value in options.items():
        if name not in _OTHERS and name != "statement":
            _put_option(order, name, value)
    return order, beside


def _put_medicine(order: Json, medicine: Medicine) -> list[Json]:
    if not medicine.reference:
        if medicine.concept:
            order["medicationCodeableConcept"] = medicine.concept
        return []
    if medicine.reference == "unresolved":
        order["medicationReference"] = {"reference": "Medication/not-sent"}
        if medicine.display:
            order["medicationReference"]["display"] = medicine.display
        return []
    drug: Json = {"resourceType": "Medication", "id": f"drug-{order['id']}"}
    if medicine.concept:
        drug["code"] = medicine.concept
    if medicine.ingredients:
        drug["ingredient"] = medicine.ingredients
    if medicine.reference == "contained":
        order["contained"] = [drug]
        order["medicationReference"] = {"reference": f"#{drug['id']}"}
        return []
    order["medicationReference"] = {"reference": f"Medication/{drug['id']}"}
    return [drug]


def _put_option(order: Json, name: str, value: str) -> None:
    if name in ("no-status", "no-intent"):
        order.pop(name.removeprefix("no-"), None)
    elif name in _DISPENSED:
        order.setdefault("dispenseRequest", {}).update(_DISPENSED[name](value))
    elif name in _SAID:
        order.update(_SAID[name](value))
    else:
        raise Unreadable(name)


def _links(value: str) -> list[Json]:
    return [{"reference": f"MedicationRequest/{value}"}]


def _effective(value: str) -> Json:
    start, _, end = value.partition("..")
    return {name: day for name, day in (("start", start), ("end", end)) if day}


def _amount(text: str, unit: str = "", written: str = "") -> Json:
    match = re.fullmatch(rf"({NUMBER})(.+)", text)
    if match is None or (unit and match[2] != unit):
        raise Unreadable(text)
    return quantity(match[1], written or match[2])


_DISPENSED: dict[str, Callable[[str], Json]] = {
    "supply": lambda value: {"expectedSupplyDuration": _amount(value, "d", "code=d,unit=days")},
    "quantity": lambda value: {"quantity": _amount(value)},
    "refills": lambda value: {"numberOfRepeatsAllowed": int(value)},
    "valid-to": lambda value: {"validityPeriod": {"end": value}},
    "valid-from": lambda value: {"validityPeriod": {"start": value}},
    "first-supply": lambda value: {"initialFill": {"duration": _amount(value, "d", "code=d,unit=days")}},
}

_SAID: dict[str, Callable[[str], Json]] = {
    "status": lambda value: {"status": value},
    "intent": lambda value: {"intent": value},
    "draft": lambda value: {"status": "draft"},
    "because": lambda value: {"statusReason": {"text": value}},
    "adherence": lambda value: {"adherence": {"code": {"coding": [{"code": value}]}}},
    "forbidden-in-words": lambda value: {"doNotPerform": "true"},
    "written": lambda value: {"authoredOn": value},
    "reason": lambda value: {"reasonCode": [{"coding": [coding(value)]} if ":" in value else {"text": value}]},
    "do-not-perform": lambda value: {"doNotPerform": True},
    "prior": lambda value: {"priorPrescription": _links(value)[0]},
    "based-on": lambda value: {"basedOn": _links(value)},
    "derived-from": lambda value: {"derivedFrom": _links(value)},
    "effective": lambda value: {"effectivePeriod": _effective(value)},
}
