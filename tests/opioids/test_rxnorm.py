"""An imported RxNorm release: what it adds to the shipped formulary, and what it never takes from it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from opioids.drug_classes import DrugClass
from opioids.drug_codes import Code, CodeSystem
from opioids.formulary import load_formulary, released_products
from opioids.identity import Identified
from opioids.knowledge import load
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Form, Route, Strength, StrengthUnit, UsualPurpose
from opioids.rxnorm_release import FORMAT, Content, ReleasedDrug, RxNormRelease, SourceFile, TermType, read_release
from opioids.rxnorm_rulings import strength_of
from opioids.rxnorm_sought import load_sought
from opioids.shelf import shelf_with
from opioids.tables import KnowledgeError
from opioids.value_sets import Rescue
from tests.opioids.shipped import FORMULARY as SHIPPED

OXYCODONE = Content(rxcui="7804", name="oxycodone")
CODEINE = Content(rxcui="2670", name="codeine")
BUPRENORPHINE = Content(rxcui="1819", name="buprenorphine")
APAP = Content(rxcui="161", name="acetaminophen", strength="325 MG")
NALOXONE = Content(rxcui="7242", name="naloxone", strength="2 MG")
TABLET = "Oral Tablet"


def of(content, strength="5 MG"):
    return replace(content, strength=strength)


def drug(rxcui, *contents, **given):
    made = {"term_type": TermType.PRODUCT, "name": f"drug {rxcui}", "dose_form": TABLET, "contents": contents}
    return ReleasedDrug(**{**made, **given, "rxcui": rxcui})


DRUGS = (
    drug("1", of(OXYCODONE, "6 MG"), name="oxycodone hydrochloride 6 MG Oral Tablet"),
    drug("2", of(OXYCODONE, "6 MG"), name="oxycodone hydrochloride 6 MG Oral Tablet [Newbrand]", brand="Newbrand",
         term_type=TermType.BRANDED_PRODUCT),
    drug("3", of(OXYCODONE, "5.5 MG"), APAP, name="acetaminophen 325 MG / oxycodone hydrochloride 5.5 MG Oral Tablet"),
    drug("4", of(OXYCODONE), dose_form="Oral Wafer"),
    drug("5", of(OXYCODONE, "5 UNT")),
    drug("6", of(OXYCODONE, "5 MG/ML")),
    drug("7", of(OXYCODONE, "7 MG"), retired=True),
    drug("8", of(OXYCODONE, "9 MG"), only_for_animals=True),
    drug("9", OXYCODONE, term_type=TermType.PACK, dose_form=""),
    drug("10", of(OXYCODONE, "6 MG"), term_type=TermType.COMPONENT, dose_form="", name="oxycodone hydrochloride 6 MG"),
    drug("11", of(OXYCODONE, "1 MG/ML"), term_type=TermType.COMPONENT, dose_form=""),
    drug("12", of(OXYCODONE), APAP, term_type=TermType.BRANDED_COMPONENT, dose_form=""),
    drug("13", OXYCODONE, term_type=TermType.FORM, dose_form="Extended Release Oral Tablet"),
    drug("14", OXYCODONE, term_type=TermType.SALT, dose_form="", name="oxycodone hydrochloride"),
    drug("15", OXYCODONE, replace(APAP, strength=""), term_type=TermType.SEVERAL_INGREDIENTS, dose_form=""),
    drug("16", OXYCODONE, term_type=TermType.BRAND, dose_form="", name="Newbrand"),
    drug("17", of(OXYCODONE), of(CODEINE, "10 MG")),
    drug("18", OXYCODONE, CODEINE, term_type=TermType.SEVERAL_INGREDIENTS, dose_form=""),
    drug("19", of(Content(rxcui="999", name="cebranopadol"), "1 MG"), name="cebranopadol 1 MG Oral Tablet"),
    drug("20", of(OXYCODONE, "4.5 MG"), of(OXYCODONE, "0.38 MG")),
    drug("21", of(OXYCODONE, "4.5 MG"), of(OXYCODONE, "2 MG/ML")),
    drug("22", of(OXYCODONE), of(OXYCODONE, "2 MG"), term_type=TermType.BRANDED_COMPONENT, dose_form=""),
    drug("23", APAP),
    drug("24", of(OXYCODONE, "4.5 MG"), of(OXYCODONE, "2 MG/ML"), dose_form="Oral Solution"),
    drug("25", of(OXYCODONE), of(CODEINE, "5 UNT")),
    drug("1049621", of(OXYCODONE, "50 MG"), name="what RxNorm says of a shipped product"),
)  # fmt: skip
NAMES = {
    "197527": "clonazepam 0.5 MG Oral Tablet",
    "31": "naloxone hydrochloride 50 MG/ML Nasal Spray",
    "32": "naloxone hydrochloride 0.02 MG/ML Injectable Solution",
    "33": "hydromorphone hydrochloride 3 MG Oral Tablet",
    "34": "midazolam 5 MG/ML Injectable Solution",
    "35": "morphine sulfate and oxycodone",
}
RELEASE = RxNormRelease(
    version="20AA_251102F",
    day=date(2025, 11, 2),
    files=(SourceFile(name="RXNCONSO.RRF", bytes=1, sha256="0"),),
    ingredients={
        "7804": "oxycodone",
        "2670": "codeine",
        "1819": "buprenorphine",
        "999": "cebranopadol",
        "998": "heroin",
    },
    drugs=DRUGS,
    names=NAMES,
    ndcs={"00001000001": "1", "00001000002": "197527"},
    other_ndcs="00093015001",
)
KNOWN = load(RELEASE, {"00001000002": "1049621"})
FORMULARY = KNOWN.formulary


def identify(*codes, names=()):
    found = [code if isinstance(code, Code) else Code(CodeSystem.RXNORM, code) for code in codes]
    return KNOWN.recogniser.identifier.identify(found, names)


def told(*codes, names=()):
    found = identify(*codes, names=names)
    if not isinstance(found, Identified):
        return found.reason if isinstance(found, Refusal) else found
    product = found.product
    parts = [(one.ingredient.name, one.strength and str(one.strength.value)) for one in product.components]
    return parts, product.noun, product.route, product.combination


# ---- products ----


@pytest.mark.parametrize(
    ("code", "reading"),
    [
        ("1", ([("oxycodone", "6")], "tablet", Route.ORAL, False)),
        ("2", ([("oxycodone", "6")], "tablet", Route.ORAL, False)),
        ("3", ([("oxycodone", "5.5")], "tablet", Route.ORAL, True)),
        ("7", ([("oxycodone", "7")], "tablet", Route.ORAL, False)),
        ("17", ([("oxycodone", "5"), ("codeine", "10")], "tablet", Route.ORAL, True)),
        ("19", ([("cebranopadol", "1")], "tablet", Route.ORAL, False)),
        ("20", ([("oxycodone", "4.88")], "tablet", Route.ORAL, False)),
        ("8", IgnoredReason.NOT_AN_OPIOID),
    ],
)
def test_product_of_the_release_is_known_by_its_code(code, reading):
    assert told(code) == reading


@pytest.mark.parametrize(
    ("code", "why"),
    [
        ("4", "dose form Oral Wafer"),
        ("5", "strength 5 UNT"),
        ("6", "strength 5 MG/ML with dose form Oral Tablet"),
        ("21", "strength 4.5 MG, 2 MG/ML with dose form Oral Tablet"),
        ("23", "no opioid among its ingredients"),
        ("24", "strength 4.5 MG, 2 MG/ML with dose form Oral Solution"),
        ("25", "strength 5 MG, 5 UNT"),
    ],
)
def test_product_that_fits_no_rule_is_not_lost_and_says_why(code, why):
    assert FORMULARY.reasons[code] == why
    others = {"23": IgnoredReason.NOT_AN_OPIOID, "25": UncountedReason.PRODUCT_UNKNOWN}
    found = told(code)
    assert found is others[code] if code in others else found[0] == [("oxycodone", None)]


def test_product_without_a_dose_form_says_so():
    release = replace(RELEASE, drugs=(drug("1", of(OXYCODONE), dose_form=""), drug("2", OXYCODONE)))
    assert load_formulary(release).reasons == {"1": "dose form not stated", "2": "strength not stated"}


@pytest.mark.parametrize(
    ("code", "reading"),
    [
        ("9", ([("oxycodone", None)], "", None, False)),
        ("10", ([("oxycodone", "6")], "", None, False)),
        ("11", ([("oxycodone", "1")], "", None, False)),
        ("12", ([("oxycodone", "5")], "", None, True)),
        ("13", ([("oxycodone", None)], "tablet", Route.ORAL, False)),
        ("14", ([("oxycodone", None)], "", None, False)),
        ("15", ([("oxycodone", None)], "", None, True)),
        ("16", ([("oxycodone", None)], "", None, False)),
        ("18", UncountedReason.PRODUCT_UNKNOWN),
        ("22", ([("oxycodone", None)], "", None, False)),
    ],
)
def test_parts_of_the_release_tell_a_part(code, reading):
    assert told(code) == reading


def test_parts_of_the_release_are_put_together():
    assert told("10", "13") == ([("oxycodone", "6")], "tablet", Route.ORAL, False)
    assert identify("10", "13").product.extended_release
    assert identify("11").product.form is Form.LIQUID


def test_brand_of_the_release_is_known_by_its_name():
    assert told(names=["Newbrand"]) == ([("oxycodone", None)], "tablet", Route.ORAL, False)
    assert told(names=["Newbrand 6 mg"]) == ([("oxycodone", "6")], "tablet", Route.ORAL, False)


@pytest.mark.parametrize(
    "brand", ["Cough Syrup", "Tablet", "Tylenol", "Dilantin", "Xanax", "12", "\N{CJK UNIFIED IDEOGRAPH-4E00}"]
)
def test_brand_of_ordinary_words_or_of_another_drug_makes_no_name_an_opioids(brand):
    branded = drug("2", of(OXYCODONE), brand=brand, term_type=TermType.BRANDED_PRODUCT)
    known = load(replace(RELEASE, drugs=(branded,)))
    assert "2" in known.formulary.products
    assert known.recogniser.identifier.identify([], [f"{brand} lisinopril"]) is IgnoredReason.NOT_AN_OPIOID


@pytest.mark.parametrize("brand", ["Newbrand Tablet", "Cough Newbrand", "Newbrand 12"])
def test_brand_with_an_ordinary_word_beside_its_own_is_a_brand(brand):
    branded = drug("2", of(OXYCODONE, "6 MG"), brand=brand, term_type=TermType.BRANDED_PRODUCT)
    known = load(replace(RELEASE, drugs=(branded,)))
    assert isinstance(known.recogniser.identifier.identify([], [f"{brand} 6 mg"]), Identified)


def test_opioid_of_the_release_that_is_known_here_by_another_name_is_that_opioid():
    known = load(replace(RELEASE, ingredients={"997": "pethidine", "996": "Oxycodone"}))
    names = [known.formulary.by_rxcui[code].name for code in ("997", "996")]
    assert names == ["meperidine", "oxycodone"]


def test_opioid_that_is_new_here_has_no_codes_of_other_systems():
    coded = (*FORMULARY.by_snomed.values(), *FORMULARY.by_atc.values())
    assert not [one for one in coded if one.name == "cebranopadol"]


def test_opioid_that_is_new_here_has_no_factor_and_is_known_by_name_and_code():
    assert told("999") == ([("cebranopadol", None)], "", None, False)
    assert told(names=["cebranopadol 1 mg tablet"]) == ([("cebranopadol", "1")], "tablet", Route.ORAL, False)
    assert not KNOWN.tables["cdc-2022"].converts(identify("999").product.components[0].ingredient)


def test_a_second_code_of_a_known_opioid_is_that_opioid():
    assert told("998") == ([("heroin", None)], "", None, False)
    assert FORMULARY.by_rxcui["998"] == FORMULARY.by_rxcui["3304"]


# ---- shipped products ----


def test_what_is_shipped_stays_as_it_is():
    assert {rxcui: FORMULARY.products[rxcui] for rxcui in SHIPPED.products} == dict(SHIPPED.products)
    assert told("1049621") == ([("oxycodone", "5")], "tablet", Route.ORAL, False)
    assert released_products(RELEASE)["1049621"].components[0].strength.value == 50


def test_only_what_is_in_use_is_among_the_marketed_strengths():
    shipped, line = (
        shelf_with(one, frozenset()).line_of(one.products["1049621"]).strengths for one in (SHIPPED, FORMULARY)
    )
    assert Decimal(6) in line
    assert Decimal(7) not in line
    assert Decimal(9) not in line
    assert set(shipped) <= set(line)


def test_shipped_product_that_is_out_of_use_is_still_known_but_no_longer_dispensed():
    gone = drug("1049621", of(OXYCODONE), retired=True)
    formulary = load_formulary(replace(RELEASE, drugs=(gone,)))
    assert formulary.products["1049621"] == SHIPPED.products["1049621"]
    assert formulary.retired == {"1049621"}
    sold = {one.rxcui for line in shelf_with(formulary, frozenset()).sold.values() for one in line}
    assert "1049621" not in sold
    assert "1049683" in sold


# ---- names, sedatives, antagonists ----


@pytest.mark.parametrize(
    ("code", "names", "outcome"),
    [
        ("197527", [], IgnoredReason.NOT_AN_OPIOID),
        ("197527", ["Medication"], IgnoredReason.NOT_AN_OPIOID),
        ("197527", ["oxycodone 5 mg tablet"], UncountedReason.PRODUCT_UNKNOWN),
        ("31", [], IgnoredReason.ANTAGONIST),
        ("31", ["oxycodone"], UncountedReason.PRODUCT_UNKNOWN),
        ("35", [], UncountedReason.PRODUCT_UNKNOWN),
    ],
)
def test_product_beside_the_opioids_is_known_by_its_full_name(code, names, outcome):
    assert told(code, names=names) == outcome


def test_opioid_whose_relations_are_missing_is_read_from_its_full_name():
    assert told("33") == ([("hydromorphone", "3")], "tablet", Route.ORAL, False)
    assert len(identify("33").assumptions) == 1
    assert len(identify("33", names=["morphine 15 mg tablet"]).assumptions) == 2


@pytest.mark.parametrize(
    ("code", "risk", "rescue"),
    [
        ("197527", (DrugClass.BENZODIAZEPINE, "clonazepam"), Rescue.NO),
        ("34", None, Rescue.NO),
        ("31", None, Rescue.YES),
        ("32", None, Rescue.NO),
        ("1", None, Rescue.NO),
    ],
)
def test_code_alone_tells_what_sedates_and_what_is_for_rescue(code, risk, rescue):
    drug = KNOWN.recogniser.drug((Code(CodeSystem.RXNORM, code),), ())
    assert (drug.risk, drug.rescue) == (risk, rescue)


@pytest.mark.parametrize(
    ("ndc", "outcome"),
    [
        ("00001-0000-01", ([("oxycodone", "6")], "tablet", Route.ORAL, False)),
        ("00001-0000-02", ([("oxycodone", "5")], "tablet", Route.ORAL, False)),
        ("00093-0150-01", IgnoredReason.NOT_AN_OPIOID),
        ("99999-9999-99", UncountedReason.PRODUCT_UNKNOWN),
    ],
)
def test_ndcs_of_the_release_stand_below_the_hospitals_own(ndc, outcome):
    assert told(Code(CodeSystem.NDC, ndc)) == outcome


# ---- rulings ----


@pytest.mark.parametrize(
    ("contents", "given", "wanted"),
    [
        ([of(CODEINE, "2 MG/ML"), Content(rxcui="5", name="guaifenesin", strength="20 MG/ML")], {}, True),
        ([of(CODEINE, "2 MG/ML"), Content(rxcui="5", name="promethazine hydrochloride")], {}, True),
        ([of(OXYCODONE, "2 MG/ML"), Content(rxcui="5", name="promethazine")], {}, False),
        ([of(CODEINE, "2 MG/ML"), APAP], {}, False),
        ([of(CODEINE, "2 MG/ML"), APAP, Content(rxcui="5", name="guaifenesin")], {}, True),
    ],
)
def test_what_is_against_coughs(contents, given, wanted):
    made = released_products(replace(RELEASE, drugs=(drug("1", *contents, dose_form="Oral Solution", **given),)))
    assert made["1"].cough_and_cold is wanted


@pytest.mark.parametrize(
    ("contents", "dose_form", "for_disorder", "slow"),
    [
        ([of(BUPRENORPHINE, "8 MG")], "Sublingual Tablet", True, False),
        ([of(BUPRENORPHINE, "2 MG")], "Sublingual Tablet", True, False),
        ([of(BUPRENORPHINE, "1.9 MG")], "Sublingual Tablet", False, False),
        ([of(BUPRENORPHINE, "0.7 MG"), NALOXONE], "Sublingual Tablet", True, False),
        ([of(BUPRENORPHINE, "4.2 MG"), NALOXONE], "Buccal Film", True, False),
        ([of(BUPRENORPHINE, "0.9 MG")], "Buccal Film", False, False),
        ([of(BUPRENORPHINE, "50 MG/ML")], "Prefilled Syringe", True, True),
        ([of(BUPRENORPHINE, "0.3 MG/ML")], "Injection", False, False),
        ([of(BUPRENORPHINE, "49 MG/ML")], "Prefilled Syringe", False, False),
        ([of(BUPRENORPHINE, "80 MG")], "Drug Implant", True, True),
        ([of(BUPRENORPHINE, "0.01 MG/HR")], "Transdermal System", False, True),
        ([of(OXYCODONE, "10 MG")], "Extended Release Oral Tablet", False, True),
    ],
)
def test_what_is_for_opioid_use_disorder_and_what_is_released_slowly(contents, dose_form, for_disorder, slow):
    product = released_products(replace(RELEASE, drugs=(drug("1", *contents, dose_form=dose_form),)))["1"]
    assert (product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER, product.extended_release) == (for_disorder, slow)


@pytest.mark.parametrize(
    ("text", "strength"),
    [
        ("5 MG", (5, StrengthUnit.MG)),
        ("0.025 MG/HR", (25, StrengthUnit.MCG_PER_HOUR)),
        ("12 MCG/HR", (12, StrengthUnit.MCG_PER_HOUR)),
        ("100 MCG/ACTUAT", (Decimal("0.1"), StrengthUnit.MG_PER_ACTUATION)),
        ("0.667 mg/ml", (Decimal("0.667"), StrengthUnit.MG_PER_ML)),
        ("1 G", (1000, StrengthUnit.MG)),
        ("0 MG", None),
        ("5 UNT", None),
        ("5 MG/MG", None),
        ("5 MG/5 ML", None),
        ("", None),
    ],
)
def test_strength_as_rxnorm_writes_it(text, strength):
    assert strength_of(text) == (strength and Strength(value=Decimal(strength[0]), unit=strength[1]))


# ---- what is sought ----


@pytest.mark.parametrize(
    ("rxcui", "name", "atc", "opioid", "matters"),
    [
        ("7804", "oxycodone", [], True, False),
        ("1", "Oxycodone", [], True, False),
        ("1", "pethidine", [], True, False),
        # Of a release only ingredients are asked about; a brand is none.
        ("1", "Endone", [], False, False),
        ("1", "diamorphine", [], True, False),
        ("1", "cebranopadol", ["N02AX99"], True, False),
        ("1", "lisinopril", ["C09AA03"], False, False),
        ("7242", "naloxone", [], False, True),
        ("596", "alprazolam", [], False, True),
        ("1", "lormetazepam", [], False, True),
        ("1", "phenobarbitone", [], False, True),
        ("1", "sodium oxybate", [], False, True),
        ("29046", "lisinopril", [], False, False),
    ],
)
def test_which_ingredients_are_sought(rxcui, name, atc, opioid, matters):
    sought = load_sought()
    assert (sought.is_opioid(rxcui, name, atc), sought.matters(rxcui, name)) == (opioid, matters)


def test_names_that_speak_of_what_is_sought():
    speaks = load_sought().is_spoken_of
    assert speaks("oxycodone hydrochloride 5 MG Oral Tablet")
    assert speaks("clonazepam 0.5 MG Oral Tablet")
    assert not speaks("apomorphine 10 MG/ML Injectable Solution")


# ---- the file ----


def document(**given):
    whole = {
        "format": FORMAT,
        "version": "1",
        "date": "2026-01-05",
        "files": [{"name": "a", "bytes": 1, "sha256": "b"}],
        "ingredients": {"7804": "oxycodone"},
        "drugs": [
            {
                "rxcui": "1",
                "term_type": "SCD",
                "name": "n",
                "contents": [{"rxcui": "7804", "name": "oxycodone", "strength": "5 MG"}],
                "dose_form": TABLET,
                "brand": "",
                "only_for_animals": False,
                "retired": False,
            }
        ],
        "names": {},
        "ndcs": {},
        "other_ndcs": "",
    }
    return {**whole, **given}


def test_file_is_read_whole():
    release = read_release(json.dumps(document()), "f.json")
    assert release.drugs == (drug("1", of(OXYCODONE), name="n"),)
    assert (release.version, release.day) == ("1", date(2026, 1, 5))
    assert read_release(json.dumps(document(date="")), "f.json").day is None


DRUG = document()["drugs"][0]

# What RxNorm calls the kinds of names that a release is read for.
TERM_TYPES = ("SCD", "SBD", "GPCK", "BPCK", "SCDC", "SBDC", "SCDF", "SBDF", "SCDG", "SBDG", "PIN", "MIN", "BN")


@pytest.mark.parametrize("term_type", TERM_TYPES)
def test_every_kind_of_name_that_matters_can_stand_in_the_file(term_type):
    [found] = read_release(json.dumps(document(drugs=[{**DRUG, "term_type": term_type}])), "f.json").drugs
    assert found.term_type == term_type


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("{", "not JSON"),
        ("[]", "expected a file made by opioid-cds import-rxnorm"),
        ("{}", "expected a file made by opioid-cds import-rxnorm"),
        (document(format="opioid-cds formulary 2"), "expected a file made by opioid-cds import-rxnorm"),
        (document(version=1), "version: expected a text"),
        (document(date="soon"), "date: expected a day"),
        (document(date=None), "date: expected a text"),
        (document(files={}), "files: expected a list"),
        (document(files=[{"name": "a"}]), "files[0]: expected name, bytes, sha256"),
        (document(files=[{"name": "a", "bytes": True, "sha256": ""}]), "files[0].bytes: expected a whole number"),
        (document(names=[]), "names: expected a table"),
        (document(ndcs={"1": 1}), "ndcs: expected texts only"),
        (document(drugs=[1]), "drugs[0]: expected rxcui"),
        (document(drugs=[{**DRUG, "retired": 0}]), "drugs[0].retired: expected true or false"),
        (document(drugs=[{**DRUG, "term_type": "XYZ"}]), "drugs[0].term_type: not known here"),
        (document(drugs=[DRUG, {**DRUG, "contents": [{}]}]), "drugs[1].contents[0]: expected rxcui, name, strength"),
        (document(other_ndcs=None), "other_ndcs: expected a text"),
    ],
)
def test_file_that_is_not_what_it_should_be_says_where(text, path):
    written = text if isinstance(text, str) else json.dumps(text)
    with pytest.raises(KnowledgeError) as failure:
        read_release(written, "f.json")
    assert str(failure.value).startswith("f.json: ")
    assert path in str(failure.value)


def test_release_without_a_date_is_read_all_the_same():
    assert released_products(replace(RELEASE, day=None)).keys() == released_products(RELEASE).keys()
