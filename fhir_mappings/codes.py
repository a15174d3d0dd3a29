"""FHIR code systems and concepts into the words of the domain."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from fhir_mappings.elements import Json, concept_codes, concept_words
from opioids.drug_codes import Code, CodeSystem
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Route

_SYSTEMS = {
    name: system
    for system, names in {
        CodeSystem.NONE: ("",),
        CodeSystem.RXNORM: ("http://www.nlm.nih.gov/research/umls/rxnorm", "urn:oid:2.16.840.1.113883.6.88", "rxcui"),
        CodeSystem.NDC: ("http://hl7.org/fhir/sid/ndc", "urn:oid:2.16.840.1.113883.6.69"),
        CodeSystem.SNOMED: ("http://snomed.info/sct", "urn:oid:2.16.840.1.113883.6.96", "snomed ct"),
        CodeSystem.ATC: ("http://www.whocc.no/atc", "urn:oid:2.16.840.1.113883.6.73", "who-atc"),
        CodeSystem.ICD10: (
            *(f"http://hl7.org/fhir/sid/icd-10{edition}" for edition in ("", "-cm", "-am", "-ca", "-gm")),
            *(f"http://fhir.de/codesystem/{office}/icd-10-gm" for office in ("bfarm", "dimdi")),
            *("icd-10-cm", "urn:oid:2.16.840.1.113883.6.90", "urn:oid:2.16.840.1.113883.6.3"),
        ),
        CodeSystem.ICD9: ("http://hl7.org/fhir/sid/icd-9-cm", "urn:oid:2.16.840.1.113883.6.103"),
    }.items()
    for name in names
}

_NAMED = tuple(
    (re.compile(rf"(?:^|[/:])(?:{name})(?:$|[/:])"), system)
    for name, system in (
        ("rxnorm", CodeSystem.RXNORM),
        ("atc", CodeSystem.ATC),
        ("sct|snomed|snomed-?ct", CodeSystem.SNOMED),
        ("ndc", CodeSystem.NDC),
    )
)
"""A system by its name alone, at another address, or at its own written wrongly ("http://nlm.nih.gov/research/umls/rxnorm"):
its codes would be those of a system that nobody knows, and harmless."""


def system_of(uri: str) -> CodeSystem:
    """The system that a URI means, also with a version or a slash at its end, with https, or as a bare OID or name."""
    return (_remembered_system if len(uri) <= _LONGEST_REMEMBERED else _system)(uri)


_LONGEST_REMEMBERED = 300
"""Characters: nobody is to fill the memory with longer ones."""


def _system(uri: str) -> CodeSystem:
    plain = uri.lower().partition("|")[0].rstrip("/").replace("https://", "http://", 1).removeprefix("oid:")
    if plain[:4].replace(".", "").isdigit() and plain.count(".") > 4:
        plain = f"urn:oid:{plain}"
    if plain.startswith("http://snomed.info/sct"):
        return CodeSystem.SNOMED
    known = _SYSTEMS.get(plain)
    if known is None:
        known = next((system for name, system in _NAMED if name.search(plain)), CodeSystem.OTHER)
    return known


_remembered_system = lru_cache(maxsize=256)(_system)

_ROUTE_CODES = {
    code: route
    for route, codes in {
        Route.ORAL: "26643006 260548002 418136008 127490009 127492001 20053000 20013000 20013500 po",
        Route.TRANSDERMAL: "45890007 448598008 20070000 trnsderm trnsdermd",
        Route.SUBLINGUAL: "37839007 20067000 sl",
        Route.BUCCAL: "54471007 20002500 buc",
        Route.TRANSMUCOSAL: "372449004 419874009 20054000",
        Route.NASAL: "46713006 20049000 nasal",
        Route.RECTAL: "37161004 20061000 pr",
        Route.INJECTION: "47625008 78421000 34206005 58100008 20045000 20035000 20066000 20036500"
        " ivinj ivpush iv im sq",
        Route.REGIONAL: "404820008 72607000 20009000 20042000 20058000 epidurinj itinj",
        Route.IMPLANT: "20015500",
        Route.TOPICAL: "6064005 359540000 20003000",
        Route.OTHER: "20020000 20072000 neb ipinhl",
    }.items()
    for code in codes.split()
}
"""Codes of SNOMED CT, then those of EDQM's standard terms (20…000), as European systems send them, then HL7's."""

_ROUTE_WORDS = (
    (
        r"nerve block|femoral|epidural|peridural|perineural|intra(?:thecal|spinal|articular|peritoneal)\w*",
        Route.REGIONAL,
    ),
    ("parenteral|iv|ivp|ivpb|im|sc|sq|subq|subcut|pca|inj", Route.INJECTION),
    (r"inject\w*|infus\w*|intra(?:venous|muscular|osseous|dermal)\w*", Route.INJECTION),
    (r"subcutaneous\w*|sub-q", Route.INJECTION),
    ("transdermal|td", Route.TRANSDERMAL),
    ("sublingual|under the tongue", Route.SUBLINGUAL),
    ("buccal", Route.BUCCAL),
    (r"\w*mucosal", Route.TRANSMUCOSAL),
    ("nasogastric|orogastric|gastrostomy|jejunostomy|enteral|peg tube|g-tube|ng tube", Route.ORAL),
    (r"nasal\w*|intranasal\w*|nostrils?", Route.NASAL),
    ("rectal|rectally|rectum", Route.RECTAL),
    ("implant|subdermal", Route.IMPLANT),
    ("topical|topically|cutaneous", Route.TOPICAL),
    (r"inhal\w*|nebuli\w*|ophthalmic|otic|vaginal", Route.OTHER),
    ("oral|orally|mouth|peroral|po", Route.ORAL),
)
_ROUTES = tuple((re.compile(rf"(?<![\w-])(?:{words})(?![\w])"), route) for words, route in _ROUTE_WORDS)

_IN_THE = "abstand|anschluss|bedarfsfall|bett|fall|falle|ganzen|laufe|liegen|mund|notfall|sitzen|stehen|verlauf|wechsel"
_INJECTED = re.compile(
    r"^\s*(?:inject|infuse|push(?! fluids))\b|(?<!not )\b(?:iv|ivp|ivpb|subcut|subq|sq|pca|intravenously|"
    rf"intramuscularly|subcutaneously|im(?! (?:{_IN_THE})\b))\b"
)
"""Directions that speak of an injection although the order names no route. German "im Abstand" is "in the distance"."""

_REGIONAL = re.compile(r"(?<!not )\b(?:epidural|epidurally|intrathecal|intrathecally)\b")


def codes_of(concepts: Iterable[Json]) -> tuple[Code, ...]:
    """The codes of concepts, each under the system that the domain knows it by."""
    return tuple([_code(system, code) for concept in concepts for system, code in concept_codes(concept)])


def _code(uri: str, code: str) -> Code:
    """A code under its system. Codes of the ATC are in capitals; some write them small or in groups ("n02a a05")."""
    system = system_of(uri)
    return Code(system, code.replace(" ", "").upper() if system is CodeSystem.ATC else code)


def words_of_concepts(concepts: Iterable[Json]) -> tuple[str, ...]:
    """The texts and displays of concepts."""
    return tuple([word for concept in concepts for word in concept_words(concept)])


def route_of(concept: Json) -> Route | Refusal | None:
    """The route that a concept stands for; None when none is stated, a Refusal when it cannot be read."""
    codes, words = concept_codes(concept), concept_words(concept)
    for _, code in codes:
        if found := _ROUTE_CODES.get(code.lower()):
            return found
    for word in words:
        lower = word.lower()
        if found := _ROUTE_CODES.get(lower):
            return found
        for pattern, route in _ROUTES:
            if pattern.search(lower):
                return route
    if not codes and not words:
        return None
    return Refusal(reason=UncountedReason.ROUTE_NOT_CONVERTIBLE, detail="the order's route could not be read")


def injected_by_method(method: Json) -> Route | None:
    """The route of an injection or infusion that the words of a method of administration speak of."""
    return next(filter(None, map(injected_by, concept_words(method))), None)


def injected_by(directions: str) -> Route | None:
    """The route of an injection or infusion that written directions speak of."""
    words = directions.lower()
    if _REGIONAL.search(words):
        return Route.REGIONAL
    return Route.INJECTION if _INJECTED.search(words) else None
