"""FHIR code systems and concepts into the words of the domain."""

from __future__ import annotations

from collections.abc import Iterable

from fhir_mappings.elements import Json, concept_codes, concept_words
from opioids.identity import Code, CodeSystem
from opioids.products import Route

_SYSTEMS = {
    "http://www.nlm.nih.gov/research/umls/rxnorm": CodeSystem.RXNORM,
    "urn:oid:2.16.840.1.113883.6.88": CodeSystem.RXNORM,
    "http://snomed.info/sct": CodeSystem.SNOMED,
    "urn:oid:2.16.840.1.113883.6.96": CodeSystem.SNOMED,
    "http://www.whocc.no/atc": CodeSystem.ATC,
    "urn:oid:2.16.840.1.113883.6.73": CodeSystem.ATC,
    "http://hl7.org/fhir/sid/icd-10-cm": CodeSystem.ICD10,
    "http://hl7.org/fhir/sid/icd-10": CodeSystem.ICD10,
    "urn:oid:2.16.840.1.113883.6.90": CodeSystem.ICD10,
    "urn:oid:2.16.840.1.113883.6.3": CodeSystem.ICD10,
}

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
    "404820008": Route.INJECTION,
    "72607000": Route.INJECTION,
    "6064005": Route.TOPICAL,
    "359540000": Route.TOPICAL,
    "58100008": Route.INJECTION,
    "po": Route.ORAL,
    "sl": Route.SUBLINGUAL,
    "buc": Route.BUCCAL,
    "trnsderm": Route.TRANSDERMAL,
    "trnsdermd": Route.TRANSDERMAL,
    "ivinj": Route.INJECTION,
    "iv": Route.INJECTION,
    "im": Route.INJECTION,
    "sq": Route.INJECTION,
    "epidurinj": Route.INJECTION,
    "itinj": Route.INJECTION,
    "nasal": Route.NASAL,
    "pr": Route.RECTAL,
}

_ROUTE_WORDS = (
    ("transdermal", Route.TRANSDERMAL),
    ("sublingual", Route.SUBLINGUAL),
    ("under the tongue", Route.SUBLINGUAL),
    ("buccal", Route.BUCCAL),
    ("mucos", Route.TRANSMUCOSAL),
    ("intravenous", Route.INJECTION),
    ("intramuscular", Route.INJECTION),
    ("subcutaneous", Route.INJECTION),
    ("intrathecal", Route.INJECTION),
    ("epidural", Route.INJECTION),
    ("inject", Route.INJECTION),
    ("infus", Route.INJECTION),
    ("nasogastric", Route.ORAL),
    ("gastrostomy", Route.ORAL),
    ("enteral", Route.ORAL),
    ("nasal", Route.NASAL),
    ("nostril", Route.NASAL),
    ("rectal", Route.RECTAL),
    ("rectum", Route.RECTAL),
    ("implant", Route.IMPLANT),
    ("topical", Route.TOPICAL),
    ("cutaneous", Route.TOPICAL),
    ("inhal", Route.OTHER),
    ("ophthalmic", Route.OTHER),
    ("vaginal", Route.OTHER),
    ("oral", Route.ORAL),
    ("mouth", Route.ORAL),
    ("peroral", Route.ORAL),
)


def codes_of(concepts: Iterable[Json]) -> tuple[Code, ...]:
    """The codes of concepts, each under the system that the domain knows it by."""
    return tuple(
        [
            Code(_SYSTEMS.get(system, CodeSystem.OTHER), code)
            for concept in concepts
            for system, code in concept_codes(concept)
        ]
    )


def words_of_concepts(concepts: Iterable[Json]) -> tuple[str, ...]:
    """The texts and displays of concepts."""
    return tuple([word for concept in concepts for word in concept_words(concept)])


def route_of(concept: Json) -> tuple[Route | None, bool]:
    """The route that a concept stands for, and whether one was stated at all."""
    codes, words = concept_codes(concept), concept_words(concept)
    for _, code in codes:
        if found := _ROUTE_CODES.get(code.lower()):
            return found, True
    for word in words:
        lower = word.lower()
        if found := _ROUTE_CODES.get(lower):
            return found, True
        for part, route in _ROUTE_WORDS:
            if part in lower:
                return route, True
    return None, bool(codes or words)
