"""Drug names as charts write them: read rightly, or honestly not at all, and never as another strength.

How a reading is written in `names_told.txt`. "oxycodone 5 mg, tablet, oral" is a product with its strength, what it is
counted in and its route; "?" stands for what the name does not tell. "+325" are the amounts of what else is in it,
"ER" is extended release, "OUD" a product for opioid use disorder, "cough" one against coughs. "combined" is said where
it is all that is known of what else is in it.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opioids.names.forms import FormReader
from opioids.names.reading import LONGEST_NAME_READ, MOST_AMOUNTS_READ, NameReader, names_a_drug_plainly
from opioids.names.strengths import close
from opioids.names.words import amount_at, tokens_of
from opioids.prescriptions import IgnoredReason
from opioids.products import Form, Product, Route, StrengthUnit, UsualPurpose
from opioids.tables import rows_of
from tests.opioids.shipped import FORMULARY, IDENTIFIER

READER = NameReader(FORMULARY)

WITHOUT_FULL_NAMES = NameReader(FORMULARY)
"""A reader that does not know the full RxNorm names by heart, and so has to read them like any other."""
WITHOUT_FULL_NAMES._by_name = {}


def told(name: str, reader: NameReader = READER) -> str:
    reading = reader.read(name)
    product = reading.product or reading.outline
    return written(product) if product else " and ".join(one.name for one in reading.opioids)


def written(product: Product) -> str:
    component = product.components[0]
    strength = component.strength
    size = f"{strength.value.normalize():f} {strength.unit}" if strength else "?"
    counted = product.noun or (product.form.value if product.form is not Form.UNKNOWN else "?")
    parts = [f"{component.ingredient.name} {size}", counted, product.route.value if product.route else "?"]
    if product.combination and strength and strength.unit is StrengthUnit.MG and len(product.other_strengths) < 4:
        parts.append("+" + "+".join(f"{other.normalize():f}" for other in product.other_strengths))
    elif product.combination:
        parts.append("combined")
    if product.extended_release:
        parts.append("ER")
    if product.cough_and_cold:
        parts.append("cough")
    if product.usual_purpose is UsualPurpose.OPIOID_USE_DISORDER:
        parts.append("OUD")
    return ", ".join(parts)


# ---- names and what they tell ----

LINES = (Path(__file__).parent / "names_told.txt").read_text("utf-8").splitlines()
NAMES = [tuple(reversed(line.split(" | "))) for line in LINES if not line.startswith("#")]
SIGNS = [
    ("fentanyl 25 \N{MICRO SIGN}g/h patch", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("fentanyl 25 \N{GREEK SMALL LETTER MU}g/h patch", "fentanyl 25 mcg/h, patch, transdermal, ER"),
    ("oxycodone\N{EN DASH}acetaminophen 5\N{EN DASH}325 mg tablet", "oxycodone 5 mg, tablet, oral, +325"),
    ("Percocet\N{REGISTERED SIGN} 5\N{DIVISION SLASH}325 mg", "oxycodone 5 mg, tablet, oral, +325"),
    ("hydromorphone 1\N{SUPERSCRIPT TWO} mg tablet", "hydromorphone ?, tablet, oral"),
    ("morphine 15\N{NO-BREAK SPACE}mg tablet", "morphine 15 mg, tablet, oral"),
    ("oxy\N{SOFT HYPHEN}codone 5 mg", "oxycodone 5 mg, ?, ?"),
]


@pytest.mark.parametrize(("name", "reading"), [*NAMES, *SIGNS])
def test_name_tells(name, reading):
    assert told(name) == reading


def test_name_without_a_strength_is_an_outline_and_no_product_and_one_of_two_opioids_is_neither():
    for name, reading in NAMES:
        found = READER.read(name)
        unknown = reading.partition(",")[0].endswith("?")
        assert (found.product is None, found.outline is None) == (
            ("," not in reading or unknown),
            ("," not in reading or not unknown),
        ), name


BESIDE = [(row["name"], row["beside"]) for row in rows_of("formulary/names.csv") if row["beside"]]


@pytest.mark.parametrize(("name", "beside"), BESIDE)
def test_brand_that_holds_something_else_is_a_combination_unless_it_is_an_antagonist(name, beside):
    """Milligrams of a combination can mean either of its ingredients."""
    reading = READER.read(f"{name} 1 tablet")
    product = reading.product or reading.outline
    assert product is not None
    assert product.combination is (beside != "naloxone")


def test_product_bears_the_name_as_it_was_written():
    assert READER.read(" oxyCODONE  5 mg tablet ").product.name == "oxyCODONE  5 mg tablet"


# ---- the formulary's own names ----

TWO_SALTS = {"637540", "724614"}
"""Their names hold two amounts of oxycodone, which only the code adds up."""
MR_IS_PART_OF_THE_BRAND = {"860159"}


def test_every_full_name_is_its_product():
    assert [one.name for one in FORMULARY.products.values() if READER.read(one.name).product is not one] == []


@pytest.mark.parametrize("change", [str.upper, str.lower, lambda name: f"  {name.replace(' ', '  ')} "])
def test_letter_case_and_spaces_do_not_matter_to_a_full_name(change):
    read = READER.read
    assert [one.name for one in FORMULARY.products.values() if read(change(one.name)).product is not one] == []


def test_full_names_tell_as_much_when_they_are_read_word_by_word():
    different = {
        rxcui
        for rxcui, one in FORMULARY.products.items()
        if (found := WITHOUT_FULL_NAMES.read(one.name).product) is None or said(found) != said(one)
    }
    assert different == TWO_SALTS | MR_IS_PART_OF_THE_BRAND


def said(product: Product):
    others = sorted(product.other_strengths)
    shape = (product.form, product.noun, product.route, product.extended_release)
    return (product.components, *shape, product.combination, others, product.cough_and_cold, product.usual_purpose)


def short_names() -> Iterator[tuple[str, Product]]:
    """How charts shorten the names of solid products: "oxycodone-acetaminophen (PERCOCET) 5-325 mg per tablet"."""
    for product in FORMULARY.products.values():
        full = product.name.partition("[")[0].split("HR ")[-1].removeprefix("Abuse-Deterrent ")
        parts = re.findall(r"([A-Za-z]+)[A-Za-z ]* ([\d.]+) MG(?!/)", full)
        if product.form is not Form.SOLID or product.rxcui in TWO_SALTS or len(parts) != full.count(" / ") + 1:
            continue
        drugs, sizes = zip(*parts, strict=True)
        yield f"{'-'.join(drugs)} {'-'.join(sizes)} mg per {product.noun}", product
        yield f"{'/'.join(drugs)} {'/'.join(sizes)}mg {product.noun}s", product
        yield f"{'-'.join(drugs)} {'mg-'.join(sizes)}mg", product
        yield f"{'-'.join(reversed(drugs))} {' mg-'.join(reversed(sizes))} mg oral {product.noun}", product
        yield " / ".join(f"{size} mg {drug}" for drug, size in parts), product


def test_shortened_names_never_tell_another_strength():
    count = 0
    for name, product in short_names():
        found = WITHOUT_FULL_NAMES.read(name)
        component = found.product.components[0] if found.product else None
        assert component == product.components[0], name
        count += 1
    assert count > 2500


# ---- what is no opioid ----

NO_OPIOIDS = (Path(__file__).parent / "no_opioids.txt").read_text(encoding="utf-8").splitlines()


def test_names_of_other_drugs_are_not_taken_for_opioids():
    assert len(NO_OPIOIDS) > 350
    assert [name for name in NO_OPIOIDS if READER.read(name).opioids or READER.read(name).antagonists] == []
    identify = IDENTIFIER.identify
    assert {identify((), (name,)) for name in NO_OPIOIDS} == {IgnoredReason.NOT_AN_OPIOID}


@pytest.mark.parametrize(
    "name", ["Narcan 4 mg nasal spray", "naloxone", "naltrexone (VIVITROL) 380 mg", "nalmefene", "naloxonhydrochlorid"]
)
def test_antagonist_alone_is_told_as_one(name):
    reading = READER.read(name)
    assert (len(reading.antagonists), reading.opioids, reading.product) == (1, (), None)


# ---- laws ----

TEXTS = st.text(st.sampled_from("0123456789.,-/+ µ½×mgclhrp()#") | st.characters(), max_size=60)


@given(TEXTS)
def test_any_text_can_be_read(text):
    for name in (text, f"oxycodone {text}", f"{text} fentanyl patch"):
        reading = READER.read(name)
        assert not (reading.product and reading.outline)


@given(st.text(st.characters(exclude_categories=["L", "N"]), max_size=20), st.sampled_from(["tablet", "#30", ""]))
def test_signs_around_a_strength_never_turn_it_into_another(signs, after):
    product = READER.read(f"oxycodone {signs} 5 mg {signs} {after}").product
    assert product is None or product.components[0].strength.value == 5


SPELLINGS = {
    "morphine 2 mg/{} oral solution": ("ml|mL|mls|cc|milliliter|milliliters|millilitre|millilitres|1 mL", "2 mg/mL"),
    "morphine 10 {}/5 mL oral solution": ("mg|mgs|mgm|milligram|milligrams|milligramme|milligrammes", "2 mg/mL"),
    "morphine 10 {} tablet": ("mg|MG|mgs|mgm|milligram|milligrams|milligramme|milligrammes", "10 mg"),
    "hydromorphone 2000 {} tablet": (
        "mcg|mcgs|ug|ugs|microgram|micrograms|microgramme|microgrammes|mikrogramm",
        "2 mg",
    ),
    "tapentadol 0.05 {} tablet": ("g|gm|gms|gram|grams|gramme|grammes", "50 mg"),
    "fentanyl 25 mcg/{} patch": ("h|hr|hrs|hour|hours|std", "25 mcg/h"),
    "fentanyl 100 mcg/{} nasal spray": ("actuat|actuation|actuations|act|spray|puff", "0.1 mg/actuation"),
}


@pytest.mark.parametrize(
    ("name", "strength"),
    [
        (template.format(word), strength)
        for template, (words, strength) in SPELLINGS.items()
        for word in words.split("|")
    ],
)
def test_units_are_read_in_all_their_spellings(name, strength):
    reading = READER.read(name)
    assert reading.product is not None
    assert reading.assumptions == ()
    found = reading.product.components[0].strength
    assert f"{found.value.normalize():f} {found.unit}" == strength


@pytest.mark.parametrize(
    "per",
    ["kg", "g", "l", "liter", "litre", "m", "cm", "min", "minute", "d", "day", "days", "wk", "week", "weeks", "month"],
)
def test_amount_per_something_else_is_no_strength(per):
    product = READER.read(f"morphine 10 mg/{per} tablet").product
    assert product is None or product.components[0].strength is None


@given(st.sampled_from([name for name, _ in NAMES]))
def test_letter_case_never_matters(name):
    assert told(name.upper()) == told(name.lower()) == told(name)


@pytest.mark.parametrize(
    "piece",
    ["oxycodone ", "5-5 ", "5-", "5-325 mg ", "codeine 5-325 mg ", "1,", "\u00e9", "co ", "mg/", "in ", "  ", "5 "],
)
def test_steps_to_read_grow_hardly_faster_than_the_text(piece):
    short, long = ("oxycodone" + piece * (size // len(piece)) for size in (225, 900))
    assert steps(long) < 5 * steps(short)


def test_name_without_an_opioid_takes_few_steps():
    assert steps("atorvastatin calcium 40 MG Oral Tablet [Lipitor]") * 4 < steps(
        "oxycodone hydrochloride 40 MG Oral Tablet"
    )


def steps(name: str) -> int:
    """Lines that are run to read a name that is not remembered."""
    count = 0

    def line(_frame: FrameType, event: str, _arg: object) -> object:
        nonlocal count
        count += event == "line"
        return line

    before = sys.gettrace()
    sys.settrace(line)
    try:
        READER.read.__wrapped__(name)
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize("name", ["oxycodone 5 mg " + "x" * LONGEST_NAME_READ, "oxycodone 5 mg" + " 7" * 30])
def test_of_a_text_that_is_no_name_only_the_opioid_is_read(name):
    reading = READER.read(name)
    assert [one.name for one in reading.opioids] == ["oxycodone"]
    assert reading.product is None


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_longest_name_is_read_and_a_longer_one_is_not(more, is_read):
    name = "oxycodone 5 mg tablet ".ljust(LONGEST_NAME_READ + more, ".")
    assert len(name) == LONGEST_NAME_READ + more
    assert (READER.read(name).product is not None) is is_read


@pytest.mark.parametrize(("more", "is_read"), [(0, True), (1, False)])
def test_name_of_the_most_amounts_is_read_and_one_of_more_is_not(more, is_read):
    name = "oxycodone and oxycodone 5 mg tablet" + " 5 mg" * (MOST_AMOUNTS_READ - 1 + more)
    assert (READER.read(name).product is not None) is is_read


@pytest.mark.parametrize(("one", "same"), [("1.005", True), ("0.995", True), ("1.0051", False), ("0.9949", False)])
def test_numbers_are_the_same_up_to_half_a_percent(one, same):
    assert close(Decimal(one), Decimal(1)) is same


def test_product_of_a_name_has_no_code_of_rxnorm():
    product = READER.read("oxycodone 7 mg tablet").product
    assert product is not None
    assert product.rxcui == ""


def test_what_follows_the_longest_name_is_not_looked_at():
    assert READER.read("x" * LONGEST_NAME_READ + " oxycodone").opioids == ()


# ---- whether a text names a drug ----


@pytest.mark.parametrize(
    "text", ["lisinopril", "Lisinopril 10 mg tablet", "ibuprofen/famotidine", "HCTZ 25", "a white Zestril tablet"]
)
def test_text_names_a_drug(text):
    assert names_a_drug_plainly(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "Medication",
        "Medication/123",
        "https://example.org/fhir/Medication/lisinopril",
        "MedicationRequest/lisinopril",
        "#lisinopril",
        "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0",
        "See order",
        "Compound analgesic",
        "Pain medication, 1 tablet daily",
        "12345",
        "ASA 81",
        "opioid",
        "10 mg",
    ],
)
def test_text_names_no_drug_plainly(text):
    assert not names_a_drug_plainly(text)


# ---- amounts and forms ----


def test_amount_in_no_volume_is_no_strength_and_the_text_goes_on_after_it():
    tokens = tokens_of("10 mg / 0 ml tablet")
    amount, at = amount_at(tokens, 0)
    assert (amount.per, tokens[at].text) == (None, "tablet")


def test_number_that_begins_with_a_point_is_a_number_in_its_digits():
    assert [(one.text, one.value) for one in tokens_of("morphine .5 mg")] == [
        ("morphine", None),
        ("5", Decimal("0.5")),
        ("mg", None),
    ]


@pytest.mark.parametrize("route", ["iv", "sublingual", "nasal", "oral", "topical"])
def test_route_that_a_form_cannot_have_does_not_stand_over_it(route):
    assert FormReader().read(f"morphine suppository {route}").stated_route is Route.RECTAL


def test_text_without_form_or_route_states_none():
    shape = FormReader().read("morphine 5 mg")
    assert (shape.dose_form, shape.stated_route) == (None, None)
