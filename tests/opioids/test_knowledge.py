"""Every knowledge file as it is shipped: where each row comes from, no key twice, everything reachable."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from opioids import base_strengths, formulary, guideline_files, knowledge, limits, tables
from opioids.conditions import ConditionGroup
from opioids.conversion import ConversionFactor
from opioids.conversion_files import PROVISIONAL
from opioids.criteria import Circumstance
from opioids.drug_classes import DrugClass
from opioids.drug_codes import Code, CodeSystem
from opioids.guideline_files import load_guideline
from opioids.identity import Identified, Identifier
from opioids.names.words import words_of
from opioids.prescriptions import IgnoredReason
from opioids.products import Form, Ingredient, Pharmacology, Route, StrengthUnit
from opioids.tables import KnowledgeError, Review
from opioids.tapers.profiles import load_tapers
from tests.opioids.shipped import FORMULARY

ROOT = Path(knowledge.__file__).parent
CSV_FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.csv"))
JSON_FILES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.json"))

# The bibliography explains the sources that rows name; it is not loaded.
WITHOUT_PROVENANCE = {"sources.csv"}

KEYS = {
    "formulary/atc_groups.csv": ("group",),
    "formulary/atc_notes.csv": ("code",),
    "formulary/disorder_atc.csv": ("code",),
    "formulary/look_alikes.csv": ("word",),
    "formulary/form_words.csv": ("words",),
    "formulary/makers.csv": ("maker",),
    "formulary/partners.csv": ("name",),
    "formulary/order_limits.csv": ("name",),
    "formulary/patch_limits.csv": ("name",),
    "formulary/base_strengths.csv": ("ingredient", "strength_mg"),
    "formulary/route_words.csv": ("words",),
    "formulary/salts.csv": ("salt",),
    "formulary/tolerance.csv": ("begun", "begun_routes", "ingredient", "route"),
    "formulary/vague_words.csv": ("word",),
    "formulary/unsure_words.csv": ("word",),
    "value_sets/treatment_reasons.csv": ("reason",),
    "formulary/brand_words.csv": ("word",),
    "formulary/disorder_rules.csv": ("ingredient", "dose_form", "route", "beside"),
    "formulary/dose_forms.csv": ("dose_form",),
    "formulary/ingredients.csv": ("name",),
    "formulary/names.csv": ("name",),
    "formulary/national_names.csv": ("name", "country"),
    "formulary/numbered_strengths.csv": ("number", "ingredient", "beside"),
    "formulary/products.csv": ("rxcui", "strength"),
    "formulary/not_marketed.csv": ("rxcui", "country"),
    "tapers/help_lines.csv": ("country", "kind"),
    "tapers/practice.csv": ("name",),
    "tapers/profiles.csv": ("id",),
    "tapers/signs.csv": ("id", "kind"),
    "tapers/withdrawal.csv": ("symptom", "options"),
    "guidelines/attributes.csv": ("guideline", "name"),
    "guidelines/data_used.csv": ("item",),
    "guidelines/known_limits.csv": ("limit",),
    "guidelines/lookalikes.csv": ("name",),
    "guidelines/register.csv": ("id",),
    "guidelines/support.csv": ("id",),
    "value_sets/conditions.csv": ("group",),
    "value_sets/goals.csv": ("subject",),
    "value_sets/look_alikes.csv": ("word",),
    "value_sets/observations.csv": ("loinc",),
    "value_sets/places.csv": ("code",),
    "value_sets/medications.csv": ("ingredient",),
    "value_sets/medication_groups.csv": ("atc_group",),
    "value_sets/medication_words.csv": ("word",),
    "value_sets/medication_products.csv": ("rxcui",),
    "value_sets/rescue_words.csv": ("terms",),
    "value_sets/rescue_naloxone.csv": ("code", "name"),
    "conversion_tables/anzca-2021/factors.csv": ("ingredient", "route"),
    "conversion_tables/ca-2017/factors.csv": ("ingredient", "route"),
    "conversion_tables/cdc-2016/factors.csv": ("ingredient", "route", "above"),
    "conversion_tables/cdc-2022/factors.csv": ("ingredient", "route", "above"),
    "conversion_tables/de-dgs/factors.csv": ("ingredient", "route"),
    "conversion_tables/heal-2025/factors.csv": ("ingredient", "route", "form"),
    "conversion_tables/uk-fpm-2020/factors.csv": ("ingredient", "route", "strength"),
}

GUIDELINES = ("au-2022", "ca-2017", "de-lonts-2020", "uk-nice-ng215", "us-cdc-2022")


def rows(path):
    with (ROOT / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_shipped_files_are_those_that_the_tests_know():
    assert set(CSV_FILES) - WITHOUT_PROVENANCE == set(KEYS)
    assert {Path(path).name for path in JSON_FILES} == {"table.json", "guideline.json", "naloxone_order.json"}


@pytest.mark.parametrize("path", sorted(KEYS))
def test_every_row_says_where_it_comes_from(path):
    found = rows(path)
    assert found
    states = {state.value for state in Review}
    assert [row for row in found if not (row["source"] and row["edition"] and row["review"] in states)] == []


@pytest.mark.parametrize("path", JSON_FILES)
def test_every_document_and_every_list_in_it_say_where_they_come_from(path):
    document = json.loads((ROOT / path).read_text(encoding="utf-8"))
    nested = [one for value in document.values() if isinstance(value, list) for one in value]
    nested += [value for value in document.values() if isinstance(value, dict)]
    states = {state.value for state in Review}
    for one in (document, *nested):
        assert one["source"]
        assert one["edition"]
        assert one["review"] in states


@pytest.mark.parametrize(("path", "key"), sorted(KEYS.items()))
def test_no_key_stands_twice(path, key):
    found = Counter(tuple(row[name].lower() for name in key) for row in rows(path))
    assert [one for one, count in found.items() if count > 1] == []


@pytest.mark.parametrize(("column", "separator"), [("rxcui", None), ("snomed", "|"), ("atc", "|")])
def test_no_code_stands_for_two_ingredients(column, separator):
    found = rows("formulary/ingredients.csv")
    codes = [code for row in found for code in row[column].split(separator or "|") if code]
    codes += [code for row in found for code in row["rxcui_salts"].split("|") if code and column == "rxcui"]
    assert [code for code, count in Counter(codes).items() if count > 1] == []


@pytest.mark.parametrize("column", ["rxcui", "atc"])
def test_no_code_stands_for_two_risk_medicines(column):
    codes = [code for row in rows("value_sets/medications.csv") for code in row[column].split("|") if code]
    assert [code for code, count in Counter(codes).items() if count > 1] == []


def test_no_name_is_that_of_another_ingredient():
    known = {words_of(row["name"]): row["name"] for row in rows("formulary/ingredients.csv")}
    other = [row["name"] for row in rows("formulary/names.csv") if words_of(row["name"]) in known]
    assert other == []


# ---- products ----


def test_rows_of_one_product_differ_in_strength_only():
    first: dict[str, dict] = {}
    for row in rows("formulary/products.csv"):
        shared = {name: value for name, value in row.items() if name != "strength"}
        assert first.setdefault(row["rxcui"], shared) == shared


def test_every_row_of_the_sources_is_carried():
    products = rows("formulary/products.csv")
    assert (len(products), len({row["rxcui"] for row in products})) == (1198, 1196)
    origins = Counter(row["source"].partition(";")[0] for row in products)
    assert origins == {
        "mme-r4-3.0.0": 912,
        "cds-r4-2020": 226,
        "opioid-cds-r4 valueset opioid-analgesics-with-ambulatory-misuse-potential": 26,
        "opioid-cds-r4 valueset fentanyl-type-medications": 18,
        "opioid-cds-r4 valueset buprenorphine-medications": 14,
        "opioid-cds-r4 valueset non-synthetic-opioid-medications": 2,
    }
    uses = Counter(row["use"] for row in products)
    # The sources call 287 rows antitussive; meperidine with promethazine is an analgesic.
    assert uses == {"analgesic": 899, "cough-and-cold": 286, "veterinary": 8, "antidiarrhoeal": 5}
    assert Counter(row["usual_purpose"] for row in products)["opioid use disorder"] == 59
    assert sum(row["units_per_dose"] != "1" for row in products) == 4


def test_every_product_is_found_by_its_code():
    identifier = Identifier(FORMULARY)
    codes = {row["rxcui"] for row in rows("formulary/products.csv")}
    assert set(FORMULARY.products) == codes
    for code in codes:
        found = identifier.identify([Code(CodeSystem.RXNORM, code)], [])
        if FORMULARY.products[code].veterinary:
            assert found is IgnoredReason.NOT_AN_OPIOID
            continue
        assert isinstance(found, Identified)
        assert found.product.rxcui == code


def test_strength_unit_fits_the_form():
    fitting = {
        Form.SOLID: {StrengthUnit.MG},
        Form.LIQUID: {StrengthUnit.MG_PER_ML, StrengthUnit.MG},
        Form.PATCH: {StrengthUnit.MCG_PER_HOUR, StrengthUnit.MG_PER_ACTUATION},
        Form.SPRAY: {StrengthUnit.MG_PER_ACTUATION},
    }
    wrong = [
        one.name for one in FORMULARY.products.values() if one.components[0].strength.unit not in fitting[one.form]
    ]
    assert wrong == []


def test_liquid_strength_in_mg_is_that_of_a_powder_to_inject():
    powders = [
        one
        for one in FORMULARY.products.values()
        if one.form is Form.LIQUID and one.components[0].strength.unit is StrengthUnit.MG
    ]
    assert {one.route for one in powders} == {Route.INJECTION}


def test_two_salts_of_one_ingredient_are_one_strength():
    assert FORMULARY.products["637540"].components[0].strength.value == Decimal("4.88")
    assert FORMULARY.products["724614"].components[0].strength.value == Decimal("2.44")


def test_combination_knows_the_milligrams_that_are_not_the_opioids():
    assert FORMULARY.products["857002"].other_strengths == (325,)
    assert FORMULARY.products["993943"].other_strengths == (325, 50, 40)
    assert FORMULARY.products["1049621"].other_strengths == ()


def test_every_ingredient_is_found_by_each_of_its_codes_and_by_its_name():
    identifier = Identifier(FORMULARY)
    columns = {"rxcui": CodeSystem.RXNORM, "snomed": CodeSystem.SNOMED, "atc": CodeSystem.ATC}
    for row in rows("formulary/ingredients.csv"):
        for column, system in columns.items():
            for code in filter(None, row[column].split("|")):
                found = identifier.identify([Code(system, code)], [])
                assert _is(found, row["name"], row["pharmacology"])
        assert _is(identifier.identify([], [row["name"]]), row["name"], row["pharmacology"])


def _is(found, name, pharmacology) -> bool:
    if pharmacology == "antagonist":
        return found is IgnoredReason.ANTAGONIST
    return isinstance(found, Identified) and found.product.components[0].ingredient.name == name


def test_every_brand_and_synonym_is_read():
    reader = Identifier(FORMULARY).names
    for row in rows("formulary/names.csv"):
        reading = reader.read(row["name"])
        assert row["ingredient"] in {one.name for one in (*reading.opioids, *reading.antagonists)}, row["name"]


def test_every_product_of_an_antagonist_alone_is_one():
    identifier = Identifier(FORMULARY)
    for code in FORMULARY.antagonist_products:
        assert identifier.identify([Code(CodeSystem.RXNORM, code)], []) is IgnoredReason.ANTAGONIST
    assert FORMULARY.antagonist_products.isdisjoint(FORMULARY.products)


# ---- factors ----


TABLES = ("anzca-2021", "ca-2017", "cdc-2016", "cdc-2022", "de-dgs", "heal-2025", "uk-fpm-2020")
PROVISIONAL_TABLES = {"ca-2017", "de-dgs"}


def ingredient_of(name) -> Ingredient:
    return Ingredient(name=name, rxcui="", pharmacology=Pharmacology.AGONIST)


def factors_of(table) -> list[tuple[ConversionFactor, dict[str, str]]]:
    """Each row of a table's file that has a number, with the row that the loaded table finds for it."""
    found = []
    for row in rows(f"conversion_tables/{table.id}/factors.csv"):
        if row["status"] not in ("counted", "lookup"):
            continue
        route = Route.NASAL if row["route"] == "any" else Route(row["route"])
        rule = table.find(ingredient_of(row["ingredient"]), route, row.get("form", "").split("|")[-1])
        found.append((rule.of(Decimal(row["strength"])) if row["status"] == "lookup" else rule, row))
    return found


def test_shipped_tables_are_those_that_the_tests_know(knowledge):
    assert tuple(sorted(knowledge.tables)) == TABLES


@pytest.mark.parametrize("table", TABLES)
def test_every_factor_row_is_reached_by_some_daily_dose(table, knowledge):
    for found, row in factors_of(knowledge.tables[table]):
        above = Decimal(row.get("above") or 0)
        assert found.per.value == row["per"]
        if row["status"] == "lookup":
            assert found.at(above) * Decimal(row["strength"]) == Decimal(row["mme"])
        else:
            assert found.at(above + Decimal("0.001")) == Decimal(row["factor"])


@pytest.mark.parametrize("table", TABLES)
def test_drug_with_nothing_but_refusals_has_no_factor(table, knowledge):
    listed = rows(f"conversion_tables/{table}/factors.csv")
    counted = {row["ingredient"] for row in listed if row["status"] in ("counted", "lookup")}
    for name in {row["ingredient"] for row in listed} - counted:
        assert not knowledge.tables[table].converts(ingredient_of(name))


@pytest.mark.parametrize("table", TABLES)
def test_every_ingredient_of_a_table_is_in_the_formulary(table):
    known = {row["name"] for row in rows("formulary/ingredients.csv")}
    assert {row["ingredient"] for row in rows(f"conversion_tables/{table}/factors.csv")} <= known


@pytest.mark.parametrize("table", TABLES)
def test_only_provisional_rows_say_that_they_are(table, knowledge):
    said = {PROVISIONAL in found.caveats for found, _ in factors_of(knowledge.tables[table])}
    assert said == {table in PROVISIONAL_TABLES}


@pytest.mark.parametrize("table", TABLES)
def test_factor_that_comes_from_a_range_names_the_range(table, knowledge):
    for found, row in factors_of(knowledge.tables[table]):
        if low_high := row.get("published"):
            low, high = map(Decimal, low_high.split("-"))
            assert low <= Decimal(row["factor"]) <= high
            assert f"the source gives {low} to {high}: {row['factor']} is used" in found.caveats


def test_tables_whose_figures_may_stand_beside_an_uncounted_opioid(knowledge):
    named = {one.id: one.supplement.id for one in knowledge.tables.values() if one.supplement}
    assert named == {"cdc-2016": "heal-2025", "cdc-2022": "heal-2025"}
    assert knowledge.tables["cdc-2022"].supplement == knowledge.tables["heal-2025"]


def test_factors_of_2022_are_those_of_the_guideline(knowledge):
    found = {key: [band.factor for band in rule.bands] for key, [rule] in knowledge.tables["cdc-2022"].rules.items()}
    oral = {
        "codeine": "0.15", "hydrocodone": "1", "hydromorphone": "5", "methadone": "4.7", "morphine": "1",
        "oxycodone": "1.5", "oxymorphone": "3", "tapentadol": "0.4", "tramadol": "0.2",
    }  # fmt: skip
    wanted = {(name, Route.ORAL): [Decimal(factor)] for name, factor in oral.items()}
    assert found == {**wanted, ("fentanyl", Route.TRANSDERMAL): [Decimal("2.4")]}


# ---- value sets and guidelines ----


def test_every_group_and_class_that_the_code_knows_has_rows():
    assert {row["group"] for row in rows("value_sets/conditions.csv")} == {group.value for group in ConditionGroup}
    assert {row["drug_class"] for row in rows("value_sets/medications.csv")} == {one.value for one in DrugClass}


def test_guidelines_are_those_that_the_tests_know(knowledge):
    assert tuple(knowledge.guidelines) == GUIDELINES


@pytest.mark.parametrize("name", GUIDELINES)
def test_guideline_is_loaded_with_numbers_that_make_sense(name, knowledge):
    loaded = knowledge.guidelines[name]
    pace = loaded.pace
    doses = [point.mme_per_day for point in loaded.dose_points if point.mme_per_day is not None]
    assert doses == sorted(doses)
    assert all(dose > 0 for dose in doses)
    assert len({point.name for point in loaded.dose_points}) == len(loaded.dose_points) >= 1
    assert 0 < pace.rounding_percent < pace.steep_percent < pace.half_percent < 100
    for percent in (pace.most_percent, pace.short_most_percent, pace.wide_percent):
        assert percent is None or 0 < percent < pace.steep_percent
    assert 0 < loaded.long_term_days <= pace.long_therapy_days <= pace.monthly_tiers_from_days
    assert 0 < pace.short_window_days <= pace.long_window_days
    assert 0 < loaded.benefit.improvement_percent < 100
    assert loaded.benefit.recent_days > loaded.benefit.apart_days > 0
    assert loaded.naloxone_lookback_days > loaded.new_therapy_days > 0


@pytest.mark.parametrize("name", GUIDELINES)
def test_guideline_states_its_sources_in_its_own_words(name, knowledge):
    loaded = knowledge.guidelines[name]
    assert all(one.text and one.strength and one.by and one.source for one in loaded.statements.values())
    criteria = (*loaded.review_reasons, *loaded.naloxone, *loaded.exclusions)
    assert all(one.words and one.source for one in criteria)
    assert [one.words for one in criteria if ("{dose}" in one.words) != (one.point is not None)] == []
    assert loaded.url.startswith("https://")


@pytest.mark.parametrize("name", GUIDELINES)
def test_statements_are_named_once(name):
    document = json.loads((ROOT / f"guidelines/{name}/guideline.json").read_text(encoding="utf-8"))
    assert [one for one, count in Counter(row["id"] for row in document["statements"]).items() if count > 1] == []
    assert document["id"] == name


@pytest.mark.parametrize("name", GUIDELINES)
def test_guideline_has_the_attributes_that_hospitals_must_be_able_to_show(name, knowledge):
    found = {one.name: one.text for one in knowledge.guidelines[name].attributes}
    assert set(found) == {"developer", "funding", "evidence", "population", "limits", "released"}
    assert all(found.values())


def test_naloxone_order_is_a_rescue_product(knowledge):
    orders = [one.naloxone_order for one in knowledge.guidelines.values() if one.naloxone_order]
    rescue = {row["code"] for row in rows("value_sets/rescue_naloxone.csv") if row["rescue"] == "true"}
    assert orders
    for order in orders:
        # T10: the example of others that is coded as buprenorphine.
        assert order.rxcui in rescue
        assert order.dose_mg > 0
        assert order.quantity >= 2


def test_default_table_is_the_clinical_one(knowledge):
    assert knowledge.guidelines["us-cdc-2022"].default_table == "cdc-2022"


# ---- what is refused on loading ----

PRODUCTS_HEADER = (
    "rxcui,name,brand,ingredient,strength,strength_unit,dose_form,route,units_per_dose,extended_release,use,"
    "usual_purpose,combination,source,edition,review"
)


@pytest.fixture
def load_with(monkeypatch):
    """Loads the formulary with one more row of products."""
    read = tables.text_of

    def load(row):
        def text_of(path):
            return f"{PRODUCTS_HEADER}\n{row}" if path == "formulary/products.csv" else read(path)

        monkeypatch.setattr(tables, "text_of", text_of)
        return formulary.load_formulary()

    return load


PRODUCT = "1,x,,oxycodone,{strength},mg,Oral Tablet,oral,1,no,analgesic,,no,{source},2020,verified"


def test_product_with_provenance_and_strength_is_loaded(load_with):
    assert load_with(PRODUCT.format(strength=5, source="S")).products["1"].components[0].strength.value == 5


@pytest.mark.parametrize("strength", ["", "0", "-5", "five", "NaN"])
def test_product_without_a_positive_strength_is_refused(strength, load_with):
    with pytest.raises(KnowledgeError):
        load_with(PRODUCT.format(strength=strength, source="S"))


def test_product_without_source_is_refused(load_with):
    with pytest.raises(KnowledgeError, match="line 2: no source"):
        load_with(PRODUCT.format(strength=5, source=""))


@pytest.mark.parametrize(("salt", "said"), [("9", "less of the base"), ("x", "'x' is not a number")])
def test_base_strength_that_is_no_less_than_its_salts_is_refused(salt, said, monkeypatch):
    head = "ingredient,strength_mg,salt,salt_mg,source,edition,review"
    monkeypatch.setattr(tables, "text_of", lambda path: f"{head}\noxycodone,9,hydrochloride,{salt},S,2026,verified")
    with pytest.raises(KnowledgeError, match=said):
        base_strengths.base_strengths.__wrapped__()


def test_base_strength_that_was_checked_is_not_called_provisional(monkeypatch):
    head = "ingredient,strength_mg,salt,salt_mg,source,edition,review"
    monkeypatch.setattr(tables, "text_of", lambda path: f"{head}\noxycodone,9,hydrochloride,10,S,2026,verified")
    assert [*base_strengths.base_strengths.__wrapped__().values()] == [
        "labelled as base, counted as labelled: 9 mg is as much as 10 mg of the hydrochloride"
    ]


NAMED_NUMBERS = {
    "formulary/order_limits.csv": (limits.order_limits.__wrapped__, "early_fill_days"),
    "formulary/patch_limits.csv": (limits.patch_limits.__wrapped__, "most_at_once"),
    "tapers/practice.csv": (load_tapers, "review_days"),
}


@pytest.mark.parametrize("path", sorted(NAMED_NUMBERS))
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda name, line: "", "no row for {name}"),
        (lambda name, line: line.replace(name, f"{name}s"), "{name}s: no such name"),
        (lambda name, line: f"{line}\n{line}", "{name}: there twice"),
        (lambda name, line: line.replace(line.split(",")[1], "many", 1), "{name}: 'many' is not a number"),
        (lambda name, line: line.replace(line.split(",")[1], "", 1), "{name}: '' is not a number"),
        (lambda name, line: line.replace(name, "", 1), "no such name"),
    ],
)
def test_named_numbers_are_refused_where_a_name_is_missing_unknown_or_there_twice(path, change, said, monkeypatch):
    load, name = NAMED_NUMBERS[path]
    read = tables.text_of

    def text_of(asked):
        lines = read(asked).splitlines()
        changed = [change(name, line) if line.startswith(f"{name},") and asked == path else line for line in lines]
        return "\n".join(line for line in changed if line)

    load()
    monkeypatch.setattr(tables, "text_of", text_of)
    with pytest.raises(KnowledgeError, match=re.escape(said.format(name=name))) as refused:
        load()
    assert path in str(refused.value)


def test_named_number_that_has_to_be_whole_is_refused_as_a_fraction(monkeypatch):
    read = tables.text_of
    monkeypatch.setattr(tables, "text_of", lambda path: read(path).replace("review_days,28,", "review_days,28.5,"))
    with pytest.raises(KnowledgeError, match=r"tapers/practice\.csv, review_days: 28\.5 is not a whole number"):
        load_tapers()


@pytest.fixture
def load_changed(monkeypatch):
    """Loads the guideline after a change to its document."""
    read = tables.text_of

    def load(change):
        def text_of(path):
            if not path.endswith("guideline.json"):
                return read(path)
            document = json.loads(read(path))
            change(document)
            return json.dumps(document)

        monkeypatch.setattr(tables, "text_of", text_of)
        return guideline_files.load_guideline("us-cdc-2022")

    return load


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document.pop("source"),
        lambda document: document["pace"].pop("source"),
        lambda document: document["long_term"].update(edition=""),
        lambda document: document["statements"][0].pop("review"),
        lambda document: document["dose_points"][0].update(review="n/a"),
        lambda document: document["naloxone"][0].pop("source"),
        lambda document: document["exclusions"][0].pop("edition"),
        lambda document: document["benefit"].pop("source"),
        lambda document: document["review_reasons"][0].pop("review"),
        lambda document: document["basis"][0].update(statements=["US-X"]),
        lambda document: document["pace"].update(long_statement="US-X"),
        lambda document: document["dose_points"][0].update(statement="US-X"),
        lambda document: document["dose_points"][0].update(raise_statement="US-X"),
        lambda document: document["sedatives"][0].update(statement="US-X"),
        lambda document: document["review_reasons"][0].update(id="US-X"),
        lambda document: document["naloxone"][0].update(criterion="dose-point:high"),
    ],
)
def test_guideline_with_a_part_that_lacks_provenance_or_leads_nowhere_is_refused(change, load_changed):
    with pytest.raises(KnowledgeError, match="guideline"):
        load_changed(change)


@pytest.mark.parametrize(
    ("criterion", "sought"),
    [
        ("condition:depression", ConditionGroup.DEPRESSION),
        ("drug:z_drug", DrugClass.Z_DRUG),
        ("age-65", Circumstance.AGE_65),
    ],
)
def test_criterion_is_a_condition_a_medicine_or_a_circumstance(criterion, sought, load_changed):
    def change(document):
        document["naloxone"][0]["criterion"] = criterion

    assert load_changed(change).naloxone[0].looks_for is sought


@pytest.mark.parametrize("criterion", ["condition:unheard-of", "drug:aspirin", "dose", "dose-point", "dose-point:low"])
def test_criterion_that_nothing_could_meet_is_refused(criterion, load_changed):
    def change(document):
        document["naloxone"][0]["criterion"] = criterion

    with pytest.raises(ValueError, match="not a valid"):
        load_changed(change)


def test_guideline_on_disk_is_the_one_that_is_loaded(knowledge):
    assert load_guideline("us-cdc-2022") == knowledge.guidelines["us-cdc-2022"]


def test_attributes_of_a_guideline_are_its_own(knowledge):
    said = {name: {one.text for one in loaded.attributes} for name, loaded in knowledge.guidelines.items()}
    own = {
        name: {row["text"] for row in rows("guidelines/attributes.csv") if row["guideline"] == name} for name in said
    }
    assert said == own


def test_only_support_that_is_worth_an_offer_is_offered(knowledge):
    shown = {row["words"]: row["shown"] for row in rows("guidelines/support.csv")}
    for loaded in knowledge.guidelines.values():
        offered = [one.words for one in loaded.support]
        assert "an agreed plan with nurse support" in offered
        assert {shown[words] for words in offered} == {"yes"}
        assert "an education brochure by mail" not in offered
