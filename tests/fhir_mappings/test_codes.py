"""Code systems and routes, as clients spell them."""

from __future__ import annotations

import pytest

from fhir_mappings.codes import codes_of, injected_by, injected_by_method, route_of, system_of
from opioids.drug_codes import Code, CodeSystem
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Route

SYSTEMS = {
    CodeSystem.RXNORM: "http://www.nlm.nih.gov/research/umls/rxnorm, https://www.nlm.nih.gov/research/umls/rxnorm/, "
    "HTTP://WWW.NLM.NIH.GOV/research/umls/RxNorm, urn:oid:2.16.840.1.113883.6.88, "
    "2.16.840.1.113883.6.88, oid:2.16.840.1.113883.6.88, "
    "http://www.nlm.nih.gov/research/umls/rxnorm|20260105, http://nlm.nih.gov/research/umls/rxnorm, "
    "urn:rxnorm, http://example.org/rxnorm/CodeSystem, RxNorm",
    CodeSystem.OTHER: "http://example.org/not-rxnorm-codes, http://example.org/match, "
    "http://hl7.org/fhir/sid/icd-10-pcs, urn:example:local, 2.16",
    CodeSystem.ATC: "http://whocc.no/atc, http://example.org/fhir/sid/atc/2026, atc, http://www.whocc.no/atc, "
    "http://fhir.de/CodeSystem/bfarm/atc",
    CodeSystem.SNOMED: "https://www.snomed.org/sct, urn:snomedct, SNOMED CT, http://snomed.info/sct, "
    "http://snomed.info/sct/731000124108, urn:oid:2.16.840.1.113883.6.96",
    CodeSystem.NDC: "http://www.fda.gov/ndc, NDC, http://hl7.org/fhir/sid/ndc",
    CodeSystem.ICD10: "http://hl7.org/fhir/sid/icd-10-cm, http://hl7.org/fhir/sid/icd-10, "
    "http://hl7.org/fhir/sid/icd-10-cm/, http://hl7.org/fhir/sid/icd-10-cm|2026, "
    "http://fhir.de/CodeSystem/bfarm/icd-10-gm, http://fhir.de/CodeSystem/dimdi/icd-10-gm, "
    "http://hl7.org/fhir/sid/icd-10-am",
    CodeSystem.NONE: "",
}


@pytest.mark.parametrize(
    ("uri", "system"), [(one, found) for found, each in SYSTEMS.items() for one in each.split(", ")]
)
def test_code_system_is_known_however_it_is_spelt(uri, system):
    assert system_of(uri) is system


def test_codes_of_concepts_keep_their_system():
    concepts = [
        {"coding": [{"system": "http://snomed.info/sct", "code": "1"}]},
        {"coding": {"code": "2"}},
        "words",
        None,
    ]
    assert codes_of(concepts) == (Code(CodeSystem.SNOMED, "1"), Code(CodeSystem.NONE, "2"))


@pytest.mark.parametrize("code", ["n02aa05", "N02AA05", "N02A A05"])
def test_codes_of_the_atc_are_known_however_they_are_written(code):
    concepts = [
        {"coding": [{"system": "http://www.whocc.no/atc", "code": code}, {"system": "urn:local", "code": "a b"}]}
    ]
    assert codes_of(concepts) == (Code(CodeSystem.ATC, "N02AA05"), Code(CodeSystem.OTHER, "a b"))


ROUTES = {
    Route.ORAL: "oral, Oral route, by mouth, PO, nasogastric, via gastrostomy tube",
    Route.OTHER: "nebulized, Nebulised inhalation, by nebulizer, inhalation, vaginal",
    Route.SUBLINGUAL: "sublingual, under the tongue, SL",
    Route.BUCCAL: "buccal",
    Route.TRANSMUCOSAL: "oromucosal",
    Route.TRANSDERMAL: "transdermal",
    Route.INJECTION: "intravenous, IV push, intramuscular, subcutaneous, continuous infusion",
    Route.REGIONAL: "epidural, intrathecal, femoral nerve block infusion",
    Route.NASAL: "nasal, in each nostril",
    Route.RECTAL: "rectal, PR",
    Route.TOPICAL: "topical",
}


@pytest.mark.parametrize(
    ("words", "route"), [(one, found) for found, each in ROUTES.items() for one in each.split(", ")]
)
def test_route_in_words(words, route):
    assert route_of({"text": words}) is route
    assert route_of({"coding": [{"display": words}]}) is route
    assert route_of(words) is route


ROUTE_CODES = {
    Route.ORAL: "26643006 PO 20053000 20013500",
    Route.TRANSDERMAL: "45890007 TRNSDERMD 20070000",
    Route.SUBLINGUAL: "37839007 20067000",
    Route.BUCCAL: "54471007 20002500",
    Route.NASAL: "46713006 20049000",
    Route.RECTAL: "37161004 20061000",
    Route.INJECTION: "47625008 78421000 34206005 IVINJ IVPUSH 20045000",
    Route.OTHER: "NEB IPINHL 20020000",
    Route.REGIONAL: "404820008 ITINJ 20042000",
    Route.TRANSMUCOSAL: "20054000",
    Route.IMPLANT: "20015500",
    Route.TOPICAL: "20003000",
}


@pytest.mark.parametrize(
    ("code", "route"), [(one, found) for found, each in ROUTE_CODES.items() for one in each.split(" ")]
)
def test_route_as_a_code(code, route):
    assert route_of({"coding": [{"code": code}]}) is route


def test_code_of_a_route_decides_over_its_words():
    assert route_of({"coding": [{"code": "47625008"}], "text": "oral"}) is Route.INJECTION


@pytest.mark.parametrize("concept", [None, {}, [], "", {"text": ""}])
def test_no_route_is_none(concept):
    assert route_of(concept) is None


@pytest.mark.parametrize("concept", [{"text": "as directed"}, {"coding": [{"code": "999"}]}])
def test_route_that_cannot_be_read_is_refused(concept):
    found = route_of(concept)
    assert isinstance(found, Refusal)
    assert found.reason is UncountedReason.ROUTE_NOT_CONVERTIBLE


@pytest.mark.parametrize(
    ("words", "injected"),
    [
        ("Inject 10 mg every 4 hours", Route.INJECTION),
        ("10 mg IV q4h", Route.INJECTION),
        ("2 mg subcut every 3 h prn", Route.INJECTION),
        ("take 1 tablet by mouth", None),
        ("take 1 tablet by mouth, not IV", None),
        ("take 5 mL by mouth, not intrathecal", None),
        ("C-IV tablet twice a day", Route.INJECTION),
        ("2 mg epidurally once a day", Route.REGIONAL),
        ("Morphine 5 mg IM every 4 hours", Route.INJECTION),
        ("5 mg im alle 4 Stunden", Route.INJECTION),
        ("alle 12 Stunden, im Abstand von 12 Stunden", None),
        ("im Ganzen schlucken", None),
        ("im Mund zergehen lassen", None),
        ("im Wechsel, 5 mg IM", Route.INJECTION),
        ("Push fluids", None),
        ("", None),
    ],
)
def test_directions_may_speak_of_an_injection(words, injected):
    assert injected_by(words) is injected


@pytest.mark.parametrize(
    ("method", "route"),
    [
        ({"text": "Inject"}, Route.INJECTION),
        ({"coding": [{"display": "Infuse - dosing instruction imperative"}]}, Route.INJECTION),
        ({"text": "Swallow"}, None),
        (None, None),
    ],
)
def test_method_may_speak_of_an_injection(method, route):
    assert injected_by_method(method) is route
