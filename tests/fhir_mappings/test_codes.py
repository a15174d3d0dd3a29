"""Code systems and routes, as clients spell them."""

from __future__ import annotations

import pytest

from fhir_mappings.codes import codes_of, injected_by, injected_by_method, route_of, system_of
from opioids.drug_codes import Code, CodeSystem
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Route


@pytest.mark.parametrize(
    ("uri", "system"),
    [
        ("http://www.nlm.nih.gov/research/umls/rxnorm", CodeSystem.RXNORM),
        ("https://www.nlm.nih.gov/research/umls/rxnorm/", CodeSystem.RXNORM),
        ("HTTP://WWW.NLM.NIH.GOV/research/umls/RxNorm", CodeSystem.RXNORM),
        ("urn:oid:2.16.840.1.113883.6.88", CodeSystem.RXNORM),
        ("2.16.840.1.113883.6.88", CodeSystem.RXNORM),
        ("oid:2.16.840.1.113883.6.88", CodeSystem.RXNORM),
        ("http://www.nlm.nih.gov/research/umls/rxnorm|20260105", CodeSystem.RXNORM),
        ("http://nlm.nih.gov/research/umls/rxnorm", CodeSystem.RXNORM),
        ("urn:rxnorm", CodeSystem.RXNORM),
        ("http://example.org/rxnorm/CodeSystem", CodeSystem.RXNORM),
        ("http://example.org/not-rxnorm-codes", CodeSystem.OTHER),
        ("http://whocc.no/atc", CodeSystem.ATC),
        ("http://example.org/fhir/sid/atc/2026", CodeSystem.ATC),
        ("http://example.org/match", CodeSystem.OTHER),
        ("https://www.snomed.org/sct", CodeSystem.SNOMED),
        ("urn:snomedct", CodeSystem.SNOMED),
        ("http://www.fda.gov/ndc", CodeSystem.NDC),
        ("RxNorm", CodeSystem.RXNORM),
        ("NDC", CodeSystem.NDC),
        ("SNOMED CT", CodeSystem.SNOMED),
        ("atc", CodeSystem.ATC),
        ("http://hl7.org/fhir/sid/ndc", CodeSystem.NDC),
        ("http://snomed.info/sct", CodeSystem.SNOMED),
        ("http://snomed.info/sct/731000124108", CodeSystem.SNOMED),
        ("urn:oid:2.16.840.1.113883.6.96", CodeSystem.SNOMED),
        ("http://www.whocc.no/atc", CodeSystem.ATC),
        ("http://fhir.de/CodeSystem/bfarm/atc", CodeSystem.ATC),
        ("http://hl7.org/fhir/sid/icd-10-cm", CodeSystem.ICD10),
        ("http://hl7.org/fhir/sid/icd-10", CodeSystem.ICD10),
        ("http://hl7.org/fhir/sid/icd-10-cm/", CodeSystem.ICD10),
        ("http://hl7.org/fhir/sid/icd-10-cm|2026", CodeSystem.ICD10),
        ("http://fhir.de/CodeSystem/bfarm/icd-10-gm", CodeSystem.ICD10),
        ("http://fhir.de/CodeSystem/dimdi/icd-10-gm", CodeSystem.ICD10),
        ("http://hl7.org/fhir/sid/icd-10-am", CodeSystem.ICD10),
        ("http://hl7.org/fhir/sid/icd-10-pcs", CodeSystem.OTHER),
        ("", CodeSystem.NONE),
        ("urn:example:local", CodeSystem.OTHER),
        ("2.16", CodeSystem.OTHER),
    ],
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


@pytest.mark.parametrize(
    ("words", "route"),
    [
        ("oral", Route.ORAL),
        ("Oral route", Route.ORAL),
        ("by mouth", Route.ORAL),
        ("PO", Route.ORAL),
        ("nasogastric", Route.ORAL),
        ("nebulized", Route.OTHER),
        ("Nebulised inhalation", Route.OTHER),
        ("by nebulizer", Route.OTHER),
        ("via gastrostomy tube", Route.ORAL),
        ("sublingual", Route.SUBLINGUAL),
        ("under the tongue", Route.SUBLINGUAL),
        ("SL", Route.SUBLINGUAL),
        ("buccal", Route.BUCCAL),
        ("oromucosal", Route.TRANSMUCOSAL),
        ("transdermal", Route.TRANSDERMAL),
        ("intravenous", Route.INJECTION),
        ("IV push", Route.INJECTION),
        ("intramuscular", Route.INJECTION),
        ("subcutaneous", Route.INJECTION),
        ("epidural", Route.REGIONAL),
        ("intrathecal", Route.REGIONAL),
        ("femoral nerve block infusion", Route.REGIONAL),
        ("continuous infusion", Route.INJECTION),
        ("nasal", Route.NASAL),
        ("in each nostril", Route.NASAL),
        ("rectal", Route.RECTAL),
        ("PR", Route.RECTAL),
        ("topical", Route.TOPICAL),
        ("inhalation", Route.OTHER),
        ("vaginal", Route.OTHER),
    ],
)
def test_route_in_words(words, route):
    assert route_of({"text": words}) is route
    assert route_of({"coding": [{"display": words}]}) is route
    assert route_of(words) is route


@pytest.mark.parametrize(
    ("code", "route"),
    [
        ("26643006", Route.ORAL),
        ("45890007", Route.TRANSDERMAL),
        ("37839007", Route.SUBLINGUAL),
        ("54471007", Route.BUCCAL),
        ("46713006", Route.NASAL),
        ("37161004", Route.RECTAL),
        ("47625008", Route.INJECTION),
        ("78421000", Route.INJECTION),
        ("34206005", Route.INJECTION),
        ("PO", Route.ORAL),
        ("TRNSDERMD", Route.TRANSDERMAL),
        ("IVINJ", Route.INJECTION),
        ("IVPUSH", Route.INJECTION),
        ("NEB", Route.OTHER),
        ("IPINHL", Route.OTHER),
        ("404820008", Route.REGIONAL),
        ("ITINJ", Route.REGIONAL),
        ("20053000", Route.ORAL),
        ("20013500", Route.ORAL),
        ("20070000", Route.TRANSDERMAL),
        ("20067000", Route.SUBLINGUAL),
        ("20002500", Route.BUCCAL),
        ("20054000", Route.TRANSMUCOSAL),
        ("20049000", Route.NASAL),
        ("20061000", Route.RECTAL),
        ("20045000", Route.INJECTION),
        ("20042000", Route.REGIONAL),
        ("20015500", Route.IMPLANT),
        ("20003000", Route.TOPICAL),
        ("20020000", Route.OTHER),
    ],
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
