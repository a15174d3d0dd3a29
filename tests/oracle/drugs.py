"""Which drug (chapter 2 of the specification)."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tests.oracle.factors import rows
from tests.oracle.verdicts import Json, Verdict, ignored, uncounted

PRODUCTS: dict[str, list[dict[str, str]]] = {}
for _row in rows("formulary/products.csv"):
    PRODUCTS.setdefault(_row["rxcui"], []).append(_row)
INGREDIENTS = {row["name"]: row for row in rows("formulary/ingredients.csv")}
FORMS = {row["dose_form"]: row for row in rows("formulary/dose_forms.csv")}
DISORDER_ATC = {row["code"] for row in rows("formulary/disorder_atc.csv")}
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
        return Drug(opioids[0], for_disorder=_is_for_disorder(codings))
    if bare or set(codes) & RESCUE:
        return ignored("antagonist")
    return ignored("not-an-opioid")


def _is_coded(row: dict[str, str], codings: list[Json]) -> bool:
    columns = {RXNORM[0]: "rxcui", RXNORM[1]: "rxcui", "http://snomed.info/sct": "snomed"}
    columns["http://www.whocc.no/atc"] = "atc"
    return any(one["system"] in columns and one["code"] in row[columns[one["system"]]].split("|") for one in codings)


def _is_for_disorder(codings: list[Json]) -> bool:
    """Every ATC code of an opioid is one of a treatment of opioid use disorder."""
    atc = [one["code"] for one in codings if one["system"] == "http://www.whocc.no/atc"]
    told = [code for code in atc if any(code in row["atc"].split("|") for row in INGREDIENTS.values())]
    return bool(told) and set(told) <= DISORDER_ATC


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
