"""The formulary: every opioid product and ingredient that the service knows by code or by name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from opioids.products import (
    Component,
    Form,
    Ingredient,
    Pharmacology,
    Product,
    Route,
    Strength,
    StrengthUnit,
    UsualPurpose,
)
from opioids.tables import decimal_of, rows_of

Words = tuple[str, ...]

_STRENGTH_IN_NAME = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) MG\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseForm:
    """How a dose form is counted, and the route that its name implies (None where it does not)."""

    name: str
    form: Form
    noun: str
    route: Route | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulary:
    """Opioid drugs by code and by name.

    `products` and `antagonist_products` are keyed by RxCUI; `by_rxcui`, `by_snomed` and `by_atc` hold
    ingredients; `names` maps the words of a name to the ingredients it stands for, and `brands` the
    words of a brand to its products.
    """

    products: Mapping[str, Product]
    antagonist_products: frozenset[str]
    by_rxcui: Mapping[str, Ingredient]
    by_snomed: Mapping[str, Ingredient]
    by_atc: Mapping[str, Ingredient]
    names: Mapping[Words, Ingredient]
    brands: Mapping[Words, tuple[Product, ...]]
    first_words: frozenset[str]
    longest_name: int
    strengths: Mapping[tuple[object, ...], tuple[Decimal, ...]]

    def marketed_strengths(self, product: Product) -> tuple[Decimal, ...]:
        """The strengths in which the same drug is marketed in the same form, smallest first.

        Same ingredient, dose form, release and route; values in the product's own strength unit.
        """
        return self.strengths.get(_line_of(product), ())


def words_of(text: str) -> Words:
    """The lower-case words of a drug name; punctuation separates, so `oxycodone-acetaminophen` is two."""
    return tuple(re.findall(r"[a-z0-9]+", text.lower()))


def load_formulary() -> Formulary:
    """Load the formulary from `opioids/knowledge/formulary`.

    Raises:
        KnowledgeError: a row without provenance or with a strength that is no positive number.
    """
    ingredients = {row["name"]: _ingredient(row) for row in rows_of("formulary/ingredients.csv")}
    forms = {form.name: form for form in map(_dose_form, rows_of("formulary/dose_forms.csv"))}
    rows = tuple(rows_of("formulary/products.csv"))
    products = _products(rows, ingredients, forms)
    names = {words_of(name): ingredient for name, ingredient in ingredients.items()}
    for row in rows_of("formulary/names.csv"):
        names[words_of(row["name"])] = ingredients[row["ingredient"]]
    brands = _brands(rows, products)
    phrases = [*names, *brands]
    return Formulary(
        products=products,
        antagonist_products=_antagonist_products(),
        by_rxcui={one.rxcui: one for one in ingredients.values() if one.rxcui},
        by_snomed=_by_code(rows_of("formulary/ingredients.csv"), "snomed", ingredients),
        by_atc=_by_code(rows_of("formulary/ingredients.csv"), "atc", ingredients),
        names=names,
        brands=brands,
        first_words=frozenset(phrase[0] for phrase in phrases),
        longest_name=max(map(len, phrases)),
        strengths=_strengths_by_line(products.values()),
    )


def load_dose_forms() -> tuple[DoseForm, ...]:
    """The dose forms that RxNorm names use, longest name first, so that the most specific one wins."""
    forms = map(_dose_form, rows_of("formulary/dose_forms.csv"))
    return tuple(sorted(forms, key=lambda form: -len(form.name)))


def _ingredient(row: Mapping[str, str]) -> Ingredient:
    return Ingredient(name=row["name"], rxcui=row["rxcui"], pharmacology=Pharmacology(row["pharmacology"]))


def _dose_form(row: Mapping[str, str]) -> DoseForm:
    return DoseForm(
        name=row["dose_form"],
        form=Form(row["form"]),
        noun=row["noun"],
        route=Route(row["route"]) if row["route"] else None,
    )


def _by_code(
    rows: Iterable[Mapping[str, str]], column: str, ingredients: Mapping[str, Ingredient]
) -> dict[str, Ingredient]:
    return {code: ingredients[row["name"]] for row in rows for code in row[column].split("|") if code}


def _products(
    rows: Iterable[Mapping[str, str]], ingredients: Mapping[str, Ingredient], forms: Mapping[str, DoseForm]
) -> dict[str, Product]:
    grouped: dict[str, list[Mapping[str, str]]] = {}
    for row in rows:
        grouped.setdefault(row["rxcui"], []).append(row)
    return {rxcui: _product(group, ingredients, forms) for rxcui, group in grouped.items()}


def _product(
    rows: list[Mapping[str, str]], ingredients: Mapping[str, Ingredient], forms: Mapping[str, DoseForm]
) -> Product:
    """One product; two salts of one ingredient in it are one component with the sum of their strengths."""
    row = rows[0]
    form = forms[row["dose_form"]]
    value = sum((decimal_of(each["strength"], f"products.csv, {row['rxcui']}") for each in rows), Decimal(0))
    component = Component(
        ingredient=ingredients[row["ingredient"]],
        strength=Strength(value=value, unit=StrengthUnit(row["strength_unit"])),
    )
    own = {Decimal(each["strength"]) for each in rows}
    return Product(
        name=row["name"],
        rxcui=row["rxcui"],
        components=(component,),
        form=form.form,
        noun=form.noun,
        route=Route(row["route"]),
        extended_release=row["extended_release"] == "yes",
        units_per_dose=int(row["units_per_dose"]),
        cough_and_cold=row["use"] == "cough-and-cold",
        usual_purpose=UsualPurpose(row["usual_purpose"] or "not told"),
        combination=row["combination"] == "yes",
        other_strengths=other_strengths(row["name"], own) if row["combination"] == "yes" else (),
    )


def other_strengths(name: str, own: set[Decimal]) -> tuple[Decimal, ...]:
    """The milligrams in an RxNorm name that do not belong to the opioid."""
    found = (Decimal(text) for text in _STRENGTH_IN_NAME.findall(name))
    return tuple(value for value in found if value not in own)


def _brands(rows: Iterable[Mapping[str, str]], products: Mapping[str, Product]) -> dict[Words, tuple[Product, ...]]:
    grouped: dict[Words, dict[str, Product]] = {}
    for row in rows:
        if row["brand"]:
            grouped.setdefault(words_of(row["brand"]), {})[row["rxcui"]] = products[row["rxcui"]]
    return {brand: tuple(found.values()) for brand, found in grouped.items()}


def _antagonist_products() -> frozenset[str]:
    """Products of naloxone or nalmefene alone; those with an opioid are opioid products first."""
    rows = rows_of("value_sets/rescue_naloxone.csv")
    opioid = ("buprenorphine", "pentazocine", "oxycodone")
    return frozenset(row["code"] for row in rows if row["code"] and not any(name in row["name"] for name in opioid))


def _strengths_by_line(products: Iterable[Product]) -> dict[tuple[object, ...], tuple[Decimal, ...]]:
    found: dict[tuple[object, ...], set[Decimal]] = {}
    for product in products:
        if strength := product.components[0].strength:
            found.setdefault(_line_of(product), set()).add(strength.value)
    return {line: tuple(sorted(values)) for line, values in found.items()}


def _line_of(product: Product) -> tuple[object, ...]:
    """What the strengths of one drug have in common: a pharmacist's product line."""
    component = product.components[0]
    unit = component.strength.unit if component.strength else None
    shape = (product.form, product.noun, product.route, product.extended_release, product.combination)
    return (component.ingredient.name, unit, *shape)
