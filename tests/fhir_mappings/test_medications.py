"""The drug of an order: its concept, the Medication it refers to, or that Medication's ingredients."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fhir_mappings.ingredients import MOST_LISTED
from fhir_mappings.medications import names_a_drug, read_drug, unresolved_reference
from fhir_mappings.references import Resources
from opioids.drug_classes import DrugClass
from opioids.identity import Identified
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Form, Route, StrengthUnit

RX = "http://www.nlm.nih.gov/research/umls/rxnorm"
CODED = {"coding": [{"system": RX, "code": "1049621", "display": "Oxycodone 5 MG"}]}
INGREDIENT = {"coding": [{"system": RX, "code": "7804"}]}


@pytest.fixture
def drug(knowledge):
    def read(order, *others, full_url=""):
        return read_drug(order, Resources((one, full_url) for one in others), knowledge.recogniser)

    return read


@pytest.fixture
def identity(drug):
    def read(*given, **named):
        return drug(*given, **named).recognised.identity

    return read


def test_medication_is_found_by_the_id_in_its_address_though_it_bears_another():
    medication = {"resourceType": "Medication", "id": "x", "code": CODED}
    resources = Resources([(medication, "https://ehr.example.org/fhir/Medication/y")])
    assert [resources.find(f"Medication/{id_}", {}) for id_ in ("x", "y", "z")] == [medication, medication, None]


def strength(found):
    assert isinstance(found, Identified), found
    one = found.product.components[0].strength
    return None if one is None else (one.value, one.unit)


def medication(**given):
    return {"resourceType": "Medication", "id": "m", **given}


def referring(reference="Medication/m", display=None):
    return {"medicationReference": {"reference": reference, **({"display": display} if display else {})}}


# ---- concepts ----


@pytest.mark.parametrize(
    "order",
    [
        {"medicationCodeableConcept": CODED},
        {"medicationCodeableConcept": [CODED]},
        {"medication": {"concept": CODED}},
        {"medication": CODED},
    ],
)
def test_concept_is_found_where_each_release_puts_it(order, drug):
    found = drug(order)
    assert (found.name, strength(found.recognised.identity)) == ("Oxycodone 5 MG", (5, StrengthUnit.MG))


@pytest.mark.parametrize(
    ("order", "name"),
    [
        ({"medicationCodeableConcept": {**CODED, "text": "my words"}}, "my words"),
        (
            {"medicationCodeableConcept": {"coding": [{"system": RX, "code": "1049621"}]}},
            "oxycodone hydrochloride 5 MG Oral Tablet",
        ),
        ({"medicationCodeableConcept": {"coding": [{"system": RX, "code": "314076"}]}}, "code 314076"),
        ({}, "medication not named"),
    ],
)
def test_drug_is_called_by_its_text_display_product_or_code(order, name, drug):
    assert drug(order).name == name


def test_coding_that_is_no_plain_value_is_passed_over(identity):
    odd = {"coding": [{"system": RX, "code": ["1049621"]}, {"system": RX, "code": "7804", "display": {"x": 1}}]}
    assert strength(identity({"medicationCodeableConcept": odd})) is None


@pytest.mark.parametrize(
    ("order", "named"),
    [
        ({}, False),
        ({"medicationCodeableConcept": {}}, False),
        ({"medicationCodeableConcept": CODED}, True),
        ({"medicationReference": {"reference": "#a"}}, True),
        ({"medication": {"concept": CODED}}, True),
    ],
)
def test_whether_an_order_names_a_drug_at_all(order, named):
    assert names_a_drug(order) is named


# ---- references ----


@pytest.mark.parametrize(
    ("order", "others"),
    [
        ({**referring("#m"), "contained": [medication(code=CODED)]}, []),
        ({**referring("#m"), "contained": [{**medication(code=CODED), "id": "#m"}]}, []),
        ({**referring("#m"), "contained": medication(code=CODED)}, []),
        (referring(), [medication(code=CODED)]),
        (referring("https://ehr.example.org/fhir/Medication/m"), [medication(code=CODED)]),
        (referring("Medication/m/_history/2"), [medication(code=CODED)]),
        ({"medication": {"reference": {"reference": "Medication/m"}}}, [medication(code=CODED)]),
        ({"medication": {"reference": "Medication/m"}}, [medication(code=CODED)]),
    ],
)
def test_medication_is_found_contained_or_beside_the_order(order, others, identity):
    assert strength(identity(order, *others)) == (5, StrengthUnit.MG)


def test_medication_is_found_by_its_full_url(identity):
    found = identity(referring("urn:uuid:1"), medication(code=CODED), full_url="urn:uuid:1")
    assert strength(found) == (5, StrengthUnit.MG)


HERE = "https://ehr.example.org/fhir/Medication/m"


@pytest.mark.parametrize(
    "reference", [HERE, HERE.replace("ehr", "EHR"), f"{HERE}/_history/3", HERE.replace("https", "http"), "Medication/m"]
)
def test_medication_of_the_same_server_is_meant(reference, identity):
    assert strength(identity(referring(reference), medication(code=CODED), full_url=HERE)) == (5, StrengthUnit.MG)


def test_medication_of_another_server_that_bears_the_same_id_is_not_meant(identity):
    found = identity(referring(HERE.replace("ehr", "other")), medication(code=CODED), full_url=HERE)
    assert found.reason is UncountedReason.REFERENCE_UNRESOLVED


@pytest.mark.parametrize(
    "reference",
    [
        {"display": "oxycodone 5 mg tablet"},
        {"identifier": {"system": "urn:local", "value": "7"}, "display": "oxycodone 5 mg tablet"},
    ],
)
def test_reference_that_points_nowhere_names_its_drug(reference, identity):
    assert strength(identity({"medicationReference": reference})) == (5, StrengthUnit.MG)
    assert strength(identity({"medication": {"reference": reference}})) == (5, StrengthUnit.MG)


def test_identifier_that_is_a_drugs_code_names_the_drug(identity):
    rxnorm = {"system": "http://www.nlm.nih.gov/research/umls/rxnorm", "value": "1049621"}
    assert strength(identity({"medicationReference": {"identifier": rxnorm}})) == (5, StrengthUnit.MG)
    both = {"identifier": rxnorm, "display": "oxycodone 10 mg tablet"}
    assert strength(identity({"medicationReference": both})) == (5, StrengthUnit.MG)


@pytest.mark.parametrize(
    "identifier",
    [
        {"system": "urn:local", "value": "1049621"},
        {"value": "1049621"},
        {"system": "http://www.nlm.nih.gov/research/umls/rxnorm"},
        "1049621",
    ],
)
def test_identifier_that_is_no_code_names_nothing(identifier, identity):
    found = identity({"medicationReference": {"identifier": identifier}})
    assert found.reason is UncountedReason.REFERENCE_UNRESOLVED


LOCAL = {"system": "urn:local:items", "value": "7"}


@pytest.mark.parametrize("reference", [{}, {"reference": "Medication/not-sent"}, {"display": "Pain tablet"}])
def test_identifier_leads_to_the_one_medication_that_bears_it(reference, identity):
    bearer = medication(code=CODED, identifier=[{"value": "8"}, LOCAL])
    other = {**medication(code=INGREDIENT, identifier=[{"system": "urn:other", "value": "7"}]), "id": "n"}
    order = {"medicationReference": {"identifier": LOCAL, **reference}}
    assert strength(identity(order, bearer, other)) == (5, StrengthUnit.MG)
    assert strength(identity(order, bearer, dict(bearer), other)) == (5, StrengthUnit.MG)  # sent in two lists


def test_address_stands_over_the_identifier_beside_it(identity):
    bearer = {**medication(code=INGREDIENT, identifier=LOCAL), "id": "n"}
    order = {"medicationReference": {"reference": "Medication/m", "identifier": LOCAL}}
    assert strength(identity(order, medication(code=CODED), bearer)) == (5, StrengthUnit.MG)


@pytest.mark.parametrize(
    "others",
    [
        [medication(code=CODED, identifier=LOCAL), {**medication(code=CODED, identifier=LOCAL), "id": "n"}],
        [medication(code=CODED, identifier={"value": "7"})],
        [{**medication(identifier=LOCAL), "resourceType": "Substance"}],
        [],
    ],
)
def test_identifier_that_two_bear_or_none_leads_nowhere(others, identity):
    found = identity({"medicationReference": {"identifier": LOCAL}}, *others)
    assert found.reason is UncountedReason.REFERENCE_UNRESOLVED


def test_medication_found_by_its_identifier_is_not_asked_for(knowledge):
    resources = Resources([(medication(code=CODED, identifier=LOCAL), "")])
    order = {"medicationReference": {"reference": "Medication/not-sent", "identifier": LOCAL}}
    assert unresolved_reference(order, resources, knowledge.recogniser) is None
    assert unresolved_reference(order, Resources(), knowledge.recogniser) == "Medication/not-sent"


def test_display_of_a_harmless_drug_is_enough(drug):
    found = drug(referring("Medication/other", "lisinopril 10 mg tablet"))
    assert found.recognised.identity is IgnoredReason.NOT_AN_OPIOID


def test_concept_beside_a_reference_that_leads_nowhere_serves(identity):
    order = {**referring("Medication/other"), "medicationCodeableConcept": CODED}
    assert strength(identity(order)) == (5, StrengthUnit.MG)


def test_display_of_the_reference_names_a_medication_without_a_code(identity):
    assert strength(identity(referring(display="oxycodone 5 mg tablet"), medication())) == (5, StrengthUnit.MG)


def test_first_resource_under_a_name_stays(identity):
    other = {"coding": [{"system": RX, "code": "1049683"}]}
    assert strength(identity(referring(), medication(code=CODED), medication(code=other))) == (5, StrengthUnit.MG)


# ---- ingredients ----


def q(value, unit):
    return {"value": value, "unit": unit}


def ratio(value, unit, per, per_unit):
    return {"numerator": q(value, unit), "denominator": q(per, per_unit)}


@pytest.mark.parametrize(
    ("ingredient", "value", "unit", "form"),
    [
        ({"strength": ratio(5, "mg", 1, "tablet")}, 5, StrengthUnit.MG, Form.UNKNOWN),
        ({"amount": ratio(5, "mg", 1, "tablet")}, 5, StrengthUnit.MG, Form.UNKNOWN),
        ({"strengthRatio": ratio(5, "mg", 1, "tablet")}, 5, StrengthUnit.MG, Form.UNKNOWN),
        ({"strengthQuantity": q(5, "mg")}, 5, StrengthUnit.MG, Form.UNKNOWN),
        ({"strength": {"numerator": q(5, "mg")}}, 5, StrengthUnit.MG, Form.UNKNOWN),
        ({"strength": ratio(10, "mg", 2, "tablet")}, 5, StrengthUnit.MG, Form.UNKNOWN),
        ({"strength": ratio(5000, "mcg", 1, "tablet")}, 5, StrengthUnit.MG, Form.UNKNOWN),
        ({"strength": ratio(10, "mg", 5, "mL")}, 2, StrengthUnit.MG_PER_ML, Form.LIQUID),
        ({"strength": ratio(2, "mg", 1, "actuation")}, 2, StrengthUnit.MG_PER_ACTUATION, Form.SPRAY),
    ],
)
def test_strength_of_an_ingredient(ingredient, value, unit, form, identity):
    drug_ = medication(ingredient=[{"itemCodeableConcept": INGREDIENT, **ingredient}])
    found = identity(referring(), drug_)
    assert strength(found) == (value, unit)
    assert found.product.form is form
    assert found.assumptions


@pytest.mark.parametrize(
    ("given", "rate"),
    [
        ({"strengthQuantity": q(25, "mcg/h")}, (25, StrengthUnit.MCG_PER_HOUR)),
        ({"strength": ratio(25, "mcg", 1, "h")}, (25, StrengthUnit.MCG_PER_HOUR)),
        ({"strength": ratio(25, "mcg/h", 1, "h")}, None),  # an hour twice
    ],
)
def test_rate_of_a_patch_in_its_ingredient_list(given, rate, identity):
    fentanyl = {"coding": [{"system": RX, "code": "4337"}]}
    assert strength(identity(referring(), medication(ingredient=[{"itemCodeableConcept": fentanyl, **given}]))) == rate


@pytest.mark.parametrize(
    "given",
    [
        {"strength": ratio(0, "mg", 1, "tablet")},
        {"strength": ratio(-5, "mg", 1, "tablet")},
        {"strength": ratio(5, "vial", 1, "tablet")},
        {"strength": ratio(5, "mL", 1, "tablet")},
        {"strength": ratio(5, "mg", -1, "tablet")},
        {"strength": ratio(5, "mg", 12, "h")},
        {},
    ],
)
def test_strength_that_cannot_be_read_leaves_the_ingredient(given, identity):
    found = identity(referring(), medication(ingredient=[{"itemCodeableConcept": INGREDIENT, **given}]))
    assert strength(found) is None


@pytest.mark.parametrize(
    "item", [{"itemCodeableConcept": INGREDIENT}, {"item": {"concept": INGREDIENT}}, {"item": INGREDIENT}]
)
def test_ingredient_is_found_where_each_release_puts_it(item, identity):
    found = identity(referring(), medication(ingredient=[{**item, "strengthQuantity": q(5, "mg")}]))
    assert strength(found) == (5, StrengthUnit.MG)


def test_ingredients_of_dstu2_stand_under_the_product(identity):
    listed = {"product": {"ingredient": [{"item": INGREDIENT, "amount": ratio(5, "mg", 1, "tablet")}]}}
    assert strength(identity(referring(), medication(**listed))) == (5, StrengthUnit.MG)


def test_combination_keeps_what_is_not_the_opioids(identity):
    listed = [
        {"itemCodeableConcept": INGREDIENT, "strength": ratio(5, "mg", 1, "tablet")},
        {"itemCodeableConcept": {"text": "acetaminophen"}, "strength": ratio(325, "mg", 1, "tablet")},
    ]
    product = identity(referring(), medication(ingredient=listed)).product
    assert (product.combination, product.other_strengths) == (True, (Decimal(325),))
    assert [one.ingredient.name for one in product.components] == ["oxycodone"]


@pytest.mark.parametrize(("carriers", "read"), [(MOST_LISTED - 1, True), (MOST_LISTED, False)])
def test_list_that_is_longer_than_of_any_medicine_is_not_read_and_said(carriers, read, identity, drug):
    listed = [{"itemCodeableConcept": {"text": "lactose"}, "isActive": False}] * carriers + [
        {"itemCodeableConcept": {"text": "diazepam"}, "strength": ratio(5, "mg", 1, "tablet")}
    ]
    order, endless = referring(), medication(ingredient=listed)
    assert (identity(order, endless) is IgnoredReason.NOT_AN_OPIOID) is read
    if not read:
        refusal = Refusal(
            reason=UncountedReason.RESOURCE_INVALID, detail="more than 200 ingredients are listed, as of no medicine"
        )
        assert identity(order, endless) == refusal
        assert identity(order, {**endless, "code": CODED}).product.rxcui == "1049621"


def listing(drug_, value=None, unit="mg", per=1, per_unit="tablet"):
    amount = {"strength": ratio(value, unit, per, per_unit)} if value else {}
    return [{"itemCodeableConcept": {"text": drug_}, **amount}]


FILM = {"coding": [{"system": RX, "code": "1010600"}]}  # buprenorphine with naloxone


@pytest.mark.parametrize(
    ("code", "listed", "says"),
    [
        (CODED, listing("oxycodone", 5), ""),
        (CODED, listing("oxycodone", 7.5), ""),
        (CODED, listing("oxycodone", 7.6), "its ingredient list says 7.6 mg"),
        (CODED, listing("oxycodone", 3.3), "its ingredient list says 3.3 mg"),
        (CODED, listing("oxycodone"), ""),
        (CODED, listing("oxycodone", 80, "mg", 1, "mL"), ""),
        (CODED, listing("hydromorphone", 5), "its ingredient list says hydromorphone"),
        (FILM, listing("buprenorphine", 2), ""),
        (FILM, listing("morphine", 15), "refused"),
        ({"text": "oxycodone 5 mg tablet"}, listing("oxycodone", 80), "refused"),
        ({"text": "oxycodone 5 mg tablet"}, listing("hydromorphone", 5), "refused"),
        ({"text": "oxycodone 5 mg tablet"}, listing("oxycodone", 4.5), ""),
        (INGREDIENT, listing("hydromorphone", 8), "refused"),
    ],
)
def test_ingredients_that_say_something_else_are_said(code, listed, says, identity):
    found = identity(referring(), medication(code=code, ingredient=listed))
    if says == "refused":
        assert isinstance(found, Refusal)
        assert found.reason is UncountedReason.PRODUCT_UNKNOWN
    else:
        against = [one.partition(":")[0] for one in found.assumptions if one.startswith("its ingredient list")]
        assert against == ([says] if says else [])


def test_salts_of_one_drug_are_no_other_strength(identity):
    salts = [*listing("oxycodone hydrochloride", 4.5), *listing("oxycodone terephthalate", 0.38)]
    aspirin = {"coding": [{"system": RX, "code": "637540"}]}
    found = identity(referring(), medication(code=aspirin, ingredient=salts))
    assert not any(one.startswith("its ingredient list") for one in found.assumptions)


def test_ingredients_tell_the_strength_that_the_code_lacks(identity):
    listed = [{"itemCodeableConcept": INGREDIENT, "strength": ratio(10, "mg", 1, "tablet")}]
    assert strength(identity(referring(), medication(code=INGREDIENT, ingredient=listed))) == (10, StrengthUnit.MG)


def test_ingredients_never_unsay_an_opioid_that_the_name_speaks_of(identity):
    harmless = [{"itemCodeableConcept": {"text": "acetaminophen"}}]
    for words in ("hydrocodone special", "oxycodone 5 mg tablet"):
        assert not isinstance(
            identity(referring(), medication(code={"text": words}, ingredient=harmless)), IgnoredReason
        )


def test_ingredient_that_may_be_an_opioid_is_refused(identity):
    odd = {"coding": [{"system": "urn:example:local", "code": "1", "display": "hydromorphone"}]}
    found = identity(referring(), medication(ingredient=[{"itemCodeableConcept": odd}]))
    assert found.reason is UncountedReason.PRODUCT_UNKNOWN


# ---- ingredients that are referred to, of every release ----

SUBSTANCE = {"resourceType": "Substance", "id": "s", "code": INGREDIENT}
R5_SUBSTANCE = {"resourceType": "Substance", "id": "s", "code": {"concept": INGREDIENT}}
SALT = {"resourceType": "Medication", "id": "salt", "code": INGREDIENT}
FIVE = ratio(5, "mg", 1, "tablet")


@pytest.mark.parametrize(
    ("own", "others"),
    [
        ({"ingredient": [{"itemReference": {"reference": "Substance/s"}, "strength": FIVE}]}, [SUBSTANCE]),
        ({"ingredient": [{"itemReference": {"reference": "Medication/salt"}, "strength": FIVE}]}, [SALT]),
        ({"ingredient": [{"itemReference": {"reference": "#s"}, "amount": FIVE}], "contained": [SUBSTANCE]}, []),
        (
            {"ingredient": [{"item": {"reference": {"reference": "Substance/s"}}, "strengthRatio": FIVE}]},
            [R5_SUBSTANCE],
        ),
        ({"product": {"ingredient": [{"item": {"reference": "Substance/s"}, "amount": FIVE}]}}, [SUBSTANCE]),
        ({"ingredient": [{"itemReference": {"display": "oxycodone"}, "strength": FIVE}]}, []),
        ({"ingredient": [{"item": {"reference": {"display": "oxycodone"}}, "strengthQuantity": q(5, "mg")}]}, []),
    ],
)
def test_ingredient_is_found_where_its_reference_leads(own, others, identity):
    assert strength(identity(referring(), medication(**own), *others)) == (5, StrengthUnit.MG)


@pytest.mark.parametrize(("words", "value"), [("5 mg", 5), ("high", None)])
def test_strength_in_words_is_read_with_the_ingredients_name(words, value, identity):
    item = {"concept": {**INGREDIENT, "text": "oxycodone"}}
    listed = [{"item": item, "strengthCodeableConcept": {"text": words}}]
    found = strength(identity(referring(), medication(ingredient=listed)))
    assert (found and found[0]) == value


def test_substance_contained_in_the_order_is_found(identity):
    listed = [{"itemReference": {"reference": "#s"}, "strength": FIVE}]
    order = {**referring("#m"), "contained": [medication(ingredient=listed), SUBSTANCE]}
    assert strength(identity(order)) == (5, StrengthUnit.MG)


UNSENT = {"itemReference": {"reference": "Substance/other"}}


@pytest.mark.parametrize(
    ("own", "listed", "outcome"),
    [
        ({}, [UNSENT], UncountedReason.REFERENCE_UNRESOLVED),
        ({}, [{"itemCodeableConcept": {"text": "acetaminophen"}}, UNSENT], UncountedReason.REFERENCE_UNRESOLVED),
        ({"code": {"text": "lisinopril 10 mg"}}, [UNSENT], IgnoredReason.NOT_AN_OPIOID),
        ({"code": {"text": "hydrocodone and oxycodone"}}, [UNSENT], UncountedReason.PRODUCT_UNKNOWN),
    ],
)
def test_ingredient_that_was_not_sent_matters_only_where_nothing_else_names_the_drug(own, listed, outcome, identity):
    found = identity(referring(), medication(**own, ingredient=listed))
    assert (found if isinstance(found, IgnoredReason) else found.reason) is outcome


NDC = {"coding": [{"system": "http://hl7.org/fhir/sid/ndc", "code": "99999-9999-99"}]}


@pytest.mark.parametrize(
    ("code", "item", "outcome"),
    [
        (NDC, {"text": "lisinopril"}, IgnoredReason.NOT_AN_OPIOID),
        (NDC, {"coding": [{"system": RX, "code": "29046"}]}, IgnoredReason.NOT_AN_OPIOID),
        (NDC, {"text": "naloxone"}, IgnoredReason.ANTAGONIST),
        (NDC, {"text": "hydromorphne"}, UncountedReason.PRODUCT_UNKNOWN),
        ({**NDC, "text": "something with oxycodone"}, {"text": "lisinopril"}, UncountedReason.PRODUCT_UNKNOWN),
    ],
)
def test_ingredients_tell_what_a_code_that_is_not_known_leaves_open(code, item, outcome, identity):
    found = identity(referring(), medication(code=code, ingredient=[{"itemCodeableConcept": item}]))
    assert (found if isinstance(found, IgnoredReason) else found.reason) is outcome


def test_carrier_in_the_list_is_no_part_of_a_combination(identity):
    listed = [
        {"itemCodeableConcept": INGREDIENT, "strength": FIVE, "isActive": True},
        {"itemCodeableConcept": {"text": "lactose"}, "isActive": False},
    ]
    assert not identity(referring(), medication(ingredient=listed)).product.combination


def test_two_salts_in_the_list_are_one_component(identity):
    listed = [{"itemCodeableConcept": INGREDIENT, "strength": ratio(mg, "mg", 1, "tablet")} for mg in (4.5, 0.38)]
    assert strength(identity(referring(), medication(ingredient=listed))) == (Decimal("4.88"), StrengthUnit.MG)
    listed[1]["strength"] = ratio(0.38, "mg", 1, "mL")
    assert strength(identity(referring(), medication(ingredient=listed))) is None


@pytest.mark.parametrize(
    ("below", "value"),
    [
        (q(1, "L"), Decimal("0.01")),
        ({"value": 5, "unit": "milliliter", "code": "mL"}, 2),
        (q(1, "vial"), 10),
        (q(1, "{dosage form}"), 10),
        ({"unit": "tablet"}, 10),
        (q(1, "g"), None),
        (q(1, "day"), None),
        (q(0, "tablet"), None),
        (q("few", "tablet"), None),
        (q(1, "widget"), None),
    ],
)
def test_what_a_strength_is_in(below, value, identity):
    listed = [{"itemCodeableConcept": INGREDIENT, "strength": {"numerator": q(10, "mg"), "denominator": below}}]
    found = strength(identity(referring(), medication(ingredient=listed)))
    assert (found and found[0]) == value


def test_ingredients_name_a_medication_that_has_no_name(drug):
    listed = [{"itemCodeableConcept": {"text": "oxycodone hydrochloride"}, "strength": FIVE}]
    assert drug(referring(), medication(ingredient=listed)).name == "oxycodone hydrochloride"
    assert drug(referring(), medication(code={"text": "pain tablet"}, ingredient=listed)).name == "pain tablet"


@pytest.mark.parametrize(
    ("listed", "name"),
    [
        ([INGREDIENT], "oxycodone"),
        ([{"coding": [{"system": RX, "code": "7052"}]}, INGREDIENT], "morphine / oxycodone"),
        ([{"text": "morphine sulfate"}, {"text": "oxycodone hydrochloride"}], "morphine / oxycodone"),
        ([{"coding": [{"system": RX, "code": "10355"}]}], "temazepam"),
    ],
)
def test_ingredients_that_are_codes_or_several_opioids_are_told_by_name(listed, name, drug):
    parts = [{"itemCodeableConcept": one, "strength": FIVE} for one in listed]
    assert drug(referring(), medication(ingredient=parts)).name == name


def test_a_sedative_of_which_only_a_code_was_sent_is_told_by_name(drug):
    assert drug({"medicationCodeableConcept": {"coding": [{"system": RX, "code": "10355"}]}}).name == "temazepam"


def test_sedative_among_the_ingredients_is_seen(drug):
    listed = [{"itemCodeableConcept": {"text": "butalbital"}}, {"itemCodeableConcept": {"text": "caffeine"}}]
    found = drug(referring(), medication(code={"text": "headache tablet"}, ingredient=listed)).recognised
    assert found.identity is IgnoredReason.NOT_AN_OPIOID
    assert found.risk == (DrugClass.BARBITURATE, "butalbital")


# ---- forms ----


@pytest.mark.parametrize("name", ["form", "doseForm"])
@pytest.mark.parametrize(
    ("words", "route"), [("solution for injection", Route.INJECTION), ("oral solution", Route.ORAL)]
)
def test_form_of_a_medication_tells_the_route(name, words, route, identity):
    found = identity(referring(), medication(code=INGREDIENT, **{name: {"text": words}}))
    assert found.product.route is route


@pytest.mark.parametrize("form", [{"text": "thing"}, {}, None])
def test_form_that_cannot_be_read_leaves_the_route_open(form, identity):
    assert identity(referring(), medication(code=INGREDIENT, form=form)).product.route is None
