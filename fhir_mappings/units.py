"""The units of FHIR quantities, as codes and in the words of clients, into the domain's units."""

from __future__ import annotations

import re
from decimal import Decimal

from opioids.measures import INFUSION
from opioids.prescriptions import Refusal, UncountedReason
from opioids.quantities import Unit
from opioids.sigs.words import MICROGRAMS, UNITS

_HOURS = ("h", "hr", "hour", "stunde", "std")
_RATES = "|".join(f"{mass}{an}{hour}" for mass in (*MICROGRAMS, "µg", "μg") for an in ("/", " per ") for hour in _HOURS)
_SPELLINGS = {
    (Unit.MG, "1", ""): "c28253",
    (Unit.MG, "0.001", ""): "µg|μg",
    (Unit.MG, "1000", ""): "c48155",
    (Unit.ML, "1", ""): "cm3|c28254",
    (Unit.ML, "1000", ""): "l|liter|litre",
    (Unit.ML, "5", ""): "[tsp_us]|[tsp_m]|tsp_us|5ml spoonful|5ml spoonfuls|5 ml spoonful|5 ml spoonfuls",
    (Unit.ML, "15", ""): "[tbs_us]|[tbs_m]|tbs_us",
    (Unit.MCG_PER_HOUR, "1", ""): _RATES,
    (Unit.MCG_PER_HOUR, "1000", ""): "mg/h|mg/hr|mg/hour",
    (Unit.EACH, "1", "tablet"): "tbls|ertab|orptab|428673006|c48542|c64696|732936001|15054000|tablett|tabletter"
    "|comprimé|comprimés|comprime|comprimes|comprimido|comprimidos|compressa|compresse|tableta|tabletas",
    (Unit.EACH, "1", "capsule"): "ercap|428641000|732937005|c48480|kapslar|kapsler"
    "|gélule|gélules|gelule|gelules|cápsula|cápsulas|capsula|capsulas",
    (Unit.EACH, "1", "pill"): "pill|pills",
    (Unit.EACH, "1", "patch"): "system|systems|tpatch|tpath72|419702001|733005001|c48524|pflaster|matrixpflaster"
    "|parche|parches|cerotto|cerotti|pleister|pleisters|plåster|plaster",
    (Unit.EACH, "1", "spray"): "732981002|actuat|actuation|actuations|puff|puffs",
    (Unit.EACH, "1", "lozenge"): "733000006|loz|c48506|c48548",
    (Unit.EACH, "1", "film"): "732995004|c53499|c48538",
    (Unit.EACH, "1", "suppository"): "733019001|c48539",
    (Unit.EACH, "1", "drop"): "732994000|[drp]",
    (Unit.EACH, "1", "dose"): "dose|doses",
    (Unit.EACH, "1", ""): "1|each|ea|unit|units|#|stück|c64933",
}
"""Codes and words of clients beside the words of written directions.

The codes that begin with C are the NCI's, as electronic prescriptions in the US carry them; numbers are those of
SNOMED CT and of EDQM, as European and British systems send them.
"""
_LETTERS = frozenset({"t", "ts", "c", "cs"})
"""What counts tablets and capsules in directions alone."""
_UNITS: dict[str, tuple[Unit, Decimal, str]] = {
    **{word: (one.unit, one.factor, one.noun) for word, one in UNITS.items() if word not in _LETTERS},
    **{
        word: (unit, Decimal(worth), noun)
        for (unit, worth, noun), words in _SPELLINGS.items()
        for word in words.split("|")
    },
}

_ANNOTATION = re.compile(r"\{[^{}]*\}")
_FORM = re.compile(
    r"\b(?:oral|film[- ]coated|coated|prolonged|extended|modified|sustained|controlled|immediate|release|hard|soft"
    r"|gastro-resistant|orodispersible|disintegrating|effervescent|chewable|dispersible|sublingual|buccal|transdermal"
    r"|nasal|rectal|td|po|er|sr|xr|cr|ir|(?:8|12|24|72) ?(?:h|hr|hrs|hour|hours))\b[ ,-]*"
)
"""What may stand beside a unit that is counted: "film-coated tablet", "capsule, extended release", "patch 72 hr"."""

UNKNOWN_UNIT = Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail="the unit of the dose is not known")

BY_THE_BODY = Refusal(
    reason=UncountedReason.UNIT_UNKNOWN,
    detail="the dose is by body weight or surface: how much it comes to is not stated",
)

_PER_BODY = re.compile(r"/\s*(?:kg|m2|m\^2|m²|sq\.? ?m)\b|/\s*\[lb_av\]|/\s*lb\b|per kg\b")
"""A part of units such as mg/kg or mcg/m2/dose."""

_PER_TIME = re.compile(r"/\s*(?:h|hr|hrs|hour|min|minute|s|sec|second)$")
"""The end of units such as mL/h or mcg/kg/min."""

_CONTRADICTION = 1000


def read_unit(code: str, unit: str) -> tuple[Unit, Decimal, str] | Refusal:
    """Unit, worth of one in the domain's unit, and countable noun, from a Quantity's code and unit."""
    by_code, by_unit = _lookup(code), _lookup(unit)
    worths = sorted([by_code[1], by_unit[1]]) if by_code and by_unit and by_code[0] is by_unit[0] else []
    if worths and worths[1] >= _CONTRADICTION * worths[0]:
        return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail="code and unit differ a thousandfold")
    found = by_code or by_unit
    if found is not None:
        # A code such as {dose} or 1 counts; the unit beside it says of what.
        if by_code and by_unit and by_code[0] is Unit.EACH and by_code[2] in ("", "dose"):
            if by_unit[0] is not Unit.EACH:
                return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail="code and unit contradict each other")
            return by_unit
        return found
    if not code and not unit:
        return Unit.EACH, Decimal(1), ""
    words = [word.strip().lower() for word in (code, unit)]
    if any(map(_PER_TIME.search, words)):
        return INFUSION
    return BY_THE_BODY if any(map(_PER_BODY.search, words)) else UNKNOWN_UNIT


def _lookup(word: str) -> tuple[Unit, Decimal, str] | None:
    plain = word.strip().lower()
    if "{" in plain:
        # UCUM: "{tbl}" counts tablets; beside a unit, as in "mg{total}", an annotation says nothing.
        plain = _ANNOTATION.sub("", plain) or plain.strip("{}")
    plain = plain.removesuffix("/dose").removesuffix(" per dose")
    plain = plain.removesuffix("(s)").removesuffix("(es)").rstrip(".")
    if (found := _UNITS.get(plain)) or " " not in plain:
        return found
    counted = _UNITS.get(_FORM.sub("", plain).rstrip(" ,"))
    return counted if counted and counted[0] is Unit.EACH and counted[2] else None
