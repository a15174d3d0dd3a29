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
    "": CodeSystem.NONE,
    "http://www.nlm.nih.gov/research/umls/rxnorm": CodeSystem.RXNORM,
    "urn:oid:2.16.840.1.113883.6.88": CodeSystem.RXNORM,
    "http://hl7.org/fhir/sid/ndc": CodeSystem.NDC,
    "urn:oid:2.16.840.1.113883.6.69": CodeSystem.NDC,
    "http://snomed.info/sct": CodeSystem.SNOMED,
    "urn:oid:2.16.840.1.113883.6.96": CodeSystem.SNOMED,
    "http://www.whocc.no/atc": CodeSystem.ATC,
    "http://fhir.de/codesystem/bfarm/atc": CodeSystem.ATC,
    "http://fhir.de/codesystem/dimdi/atc": CodeSystem.ATC,
    "urn:oid:2.16.840.1.113883.6.73": CodeSystem.ATC,
    "http://hl7.org/fhir/sid/icd-10-cm": CodeSystem.ICD10,
    "http://hl7.org/fhir/sid/icd-10": CodeSystem.ICD10,
    "http://hl7.org/fhir/sid/icd-10-am": CodeSystem.ICD10,
    "http://hl7.org/fhir/sid/icd-10-ca": CodeSystem.ICD10,
    "http://hl7.org/fhir/sid/icd-10-gm": CodeSystem.ICD10,
    "http://fhir.de/codesystem/bfarm/icd-10-gm": CodeSystem.ICD10,
    "http://fhir.de/codesystem/dimdi/icd-10-gm": CodeSystem.ICD10,
    "icd-10-cm": CodeSystem.ICD10,
    "rxnorm": CodeSystem.RXNORM,
    "rxcui": CodeSystem.RXNORM,
    "http://hl7.org/fhir/sid/rxnorm": CodeSystem.RXNORM,
    "http://www.nlm.nih.gov/rxnorm": CodeSystem.RXNORM,
    "ndc": CodeSystem.NDC,
    "snomed": CodeSystem.SNOMED,
    "snomedct": CodeSystem.SNOMED,
    "snomed-ct": CodeSystem.SNOMED,
    "snomed ct": CodeSystem.SNOMED,
    "atc": CodeSystem.ATC,
    "who-atc": CodeSystem.ATC,
    "http://hl7.org/fhir/sid/icd-9-cm": CodeSystem.ICD9,
    "urn:oid:2.16.840.1.113883.6.103": CodeSystem.ICD9,
    "urn:oid:2.16.840.1.113883.6.90": CodeSystem.ICD10,
    "urn:oid:2.16.840.1.113883.6.3": CodeSystem.ICD10,
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
"""Addresses that are written wrongly ("http://nlm.nih.gov/research/umls/rxnorm") and name their system all the same:
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
    "26643006": Route.ORAL,
    "260548002": Route.ORAL,
    "418136008": Route.ORAL,
    "127490009": Route.ORAL,
    "127492001": Route.ORAL,
    "45890007": Route.TRANSDERMAL,
    "448598008": Route.TRANSDERMAL,
    "37839007": Route.SUBLINGUAL,
    "54471007": Route.BUCCAL,
    "372449004": Route.TRANSMUCOSAL,
    "419874009": Route.TRANSMUCOSAL,
    "46713006": Route.NASAL,
    "37161004": Route.RECTAL,
    "47625008": Route.INJECTION,
    "78421000": Route.INJECTION,
    "34206005": Route.INJECTION,
    "404820008": Route.REGIONAL,
    "72607000": Route.REGIONAL,
    "6064005": Route.TOPICAL,
    "359540000": Route.TOPICAL,
    "58100008": Route.INJECTION,
    # EDQM's standard terms, as European systems send them.
    "20053000": Route.ORAL,
    "20013000": Route.ORAL,
    "20013500": Route.ORAL,
    "20070000": Route.TRANSDERMAL,
    "20067000": Route.SUBLINGUAL,
    "20002500": Route.BUCCAL,
    "20054000": Route.TRANSMUCOSAL,
    "20049000": Route.NASAL,
    "20061000": Route.RECTAL,
    "20045000": Route.INJECTION,
    "20035000": Route.INJECTION,
    "20066000": Route.INJECTION,
    "20036500": Route.INJECTION,
    "20009000": Route.REGIONAL,
    "20042000": Route.REGIONAL,
    "20058000": Route.REGIONAL,
    "20015500": Route.IMPLANT,
    "20003000": Route.TOPICAL,
    "20020000": Route.OTHER,
    "20072000": Route.OTHER,
    "po": Route.ORAL,
    "sl": Route.SUBLINGUAL,
    "buc": Route.BUCCAL,
    "trnsderm": Route.TRANSDERMAL,
    "trnsdermd": Route.TRANSDERMAL,
    "ivinj": Route.INJECTION,
    "ivpush": Route.INJECTION,
    "iv": Route.INJECTION,
    "im": Route.INJECTION,
    "sq": Route.INJECTION,
    "epidurinj": Route.REGIONAL,
    "itinj": Route.REGIONAL,
    "nasal": Route.NASAL,
    "pr": Route.RECTAL,
    "neb": Route.OTHER,
    "ipinhl": Route.OTHER,
}

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

_INJECTED = re.compile(
    r"^\s*(?:inject|infuse|push)\b|(?<!not )\b(?:iv|ivp|ivpb|im|subcut|subq|sq|pca|intravenously|intramuscularly|"
    r"subcutaneously)\b"
)
"""Directions that speak of an injection although the order names no route."""

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
