"""The formulary: every opioid product and ingredient that the service knows by code or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from opioids.drug_phrases import (
    PhraseBook,
    add_brands,
    book_of,
    likeness_of,
    load_phrases,
    other_ingredients,
    with_salts,
)
from opioids.names.words import words_of
from opioids.product_rows import products_of
from opioids.products import DoseForm, Ingredient, Pharmacology, Product
from opioids.rxnorm_release import RxNormRelease
from opioids.rxnorm_rulings import Ruled, rule
from opioids.tables import Row, record, rows_of

_INGREDIENTS, _FORMS = "formulary/ingredients.csv", "formulary/dose_forms.csv"


class Marketed(NamedTuple):
    """A product of the formulary and what stands beside its opioid: other ingredients, or "dispersible"."""

    product: Product
    beside: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Formulary:
    """Opioid drugs by code and by name.

    `products` and `antagonist_products` are keyed by RxCUI, and so are `parts`: components, forms and the
    like, which tell an ingredient and only a part of the rest. `by_rxcui`, `by_snomed` and `by_atc` hold
    ingredients, `beside_rxcui` the codes of what is combined with them. `combined_atc` are codes of opioids
    with another painkiller, `atc_notes` what a code cannot tell apart, `disorder_atc` codes of treatments of opioid
    use disorder; a code that begins with one of `opioid_atc_groups` is an opioid's even when its ingredient is
    not known. `phrases` are the words of names. `marketed` holds the products of an ingredient,
    `opioid_is_smaller` tells which of two strengths is the opioid's, `sole_partners` what an opioid is combined with
    where it is nothing else. An imported release adds
    products and parts; `reasons` say why a product of it is only a part, `retired` are codes that it says are out
    of use, `other_names` what it calls other products that matter.
    """

    products: Mapping[str, Product]
    parts: Mapping[str, Product]
    reasons: Mapping[str, str]
    retired: frozenset[str]
    other_names: Mapping[str, str]
    antagonist_products: frozenset[str]
    by_rxcui: Mapping[str, Ingredient]
    by_snomed: Mapping[str, Ingredient]
    by_atc: Mapping[str, Ingredient]
    beside_rxcui: frozenset[str]
    combined_atc: frozenset[str]
    atc_notes: Mapping[str, str]
    disorder_atc: frozenset[str]
    opioid_atc_groups: tuple[str, ...]
    phrases: PhraseBook
    marketed: Mapping[str, tuple[Marketed, ...]]
    opioid_is_smaller: Mapping[str, bool]
    sole_partners: Mapping[str, str]


def load_formulary(release: RxNormRelease | None = None) -> Formulary:
    """Load the formulary from `opioids/knowledge/formulary`, with the products of an imported release beside it.

    Raises:
        KnowledgeError: a row without provenance or with a strength that is no positive number.
    """
    ingredient_rows, released = with_released(tuple(rows_of(_INGREDIENTS)), release)
    ingredients = {row["name"]: record(Ingredient, row, _INGREDIENTS) for row in ingredient_rows}
    combined_atc = _by_code(ingredient_rows, "atc_combined", ingredients)
    form_rows = tuple(rows_of(_FORMS))
    forms = {row["dose_form"]: record(DoseForm, row, _FORMS) for row in form_rows}
    rows = tuple(rows_of("formulary/products.csv"))
    coded = _by_rxcui(ingredient_rows, ingredients, released)
    opioids = {rxcui: one for rxcui, one in coded.items() if one.pharmacology is not Pharmacology.ANTAGONIST}
    ruled = rule(release, opioids, frozenset(row["rxcui"] for row in rows)) if release else Ruled()
    rows = (*rows, *ruled.rows)
    products = products_of(rows, ingredients, forms)
    partners = tuple(rows_of("formulary/partners.csv"))
    phrases = load_phrases(ingredients, forms, partners)
    names = with_salts(phrases)
    features = {row["dose_form"]: frozenset(filter(None, [row["feature"]])) for row in form_rows}
    beside = {row["rxcui"]: features[row["dose_form"]] | other_ingredients(row["name"], names) for row in rows}
    add_brands(names, rows, products, beside)
    add_brands(phrases, rows, products, beside)
    return Formulary(
        products=products,
        parts=ruled.parts,
        reasons=ruled.reasons,
        retired=frozenset(ruled.retired),
        other_names={**release.names, **ruled.names} if release else {},
        antagonist_products=_antagonist_products(products),
        by_rxcui=coded,
        by_snomed=_by_code(ingredient_rows, "snomed", ingredients),
        by_atc={**_by_code(ingredient_rows, "atc", ingredients), **combined_atc},
        beside_rxcui=frozenset(row["rxcui"] for row in partners if row["rxcui"]),
        combined_atc=frozenset(combined_atc),
        atc_notes={row["code"]: row["note"] for row in rows_of("formulary/atc_notes.csv")},
        disorder_atc=frozenset(row["code"] for row in rows_of("formulary/disorder_atc.csv")),
        opioid_atc_groups=tuple(row["group"] for row in rows_of("formulary/atc_groups.csv")),
        phrases=book_of(names, likeness_of(phrases)),
        marketed=_marketed(products, beside),
        opioid_is_smaller={row["name"]: row["opioid_is"] == "smaller" for row in partners if row["opioid_is"]},
        sole_partners={row["sole_with"]: row["name"] for row in partners if row["sole_with"]},
    )


def released_products(release: RxNormRelease) -> dict[str, Product]:
    """The whole products of a release by its own facts alone, those too that are shipped."""
    rows, names = with_released(tuple(rows_of(_INGREDIENTS)), release)
    ingredients = {row["name"]: record(Ingredient, row, _INGREDIENTS) for row in rows}
    opioids = {rxcui: ingredients[name] for rxcui, name in names.items()}
    forms = {row["dose_form"]: record(DoseForm, row, _FORMS) for row in rows_of(_FORMS)}
    return products_of(rule(release, opioids, frozenset()).rows, ingredients, forms)


# ---- ingredients ----


def _by_code(rows: Iterable[Row], column: str, ingredients: Mapping[str, Ingredient]) -> dict[str, Ingredient]:
    return {code: ingredients[row["name"]] for row in rows for code in row[column].split("|") if code}


def _by_rxcui(
    rows: Iterable[Row], ingredients: Mapping[str, Ingredient], released: Mapping[str, str]
) -> dict[str, Ingredient]:
    """Ingredients by their own codes, those of a release, and those of their salts."""
    return {
        **{one.rxcui: one for one in ingredients.values() if one.rxcui},
        **{rxcui: ingredients[name] for rxcui, name in released.items()},
        **_by_code(rows, "rxcui_salts", ingredients),
    }


# ---- products ----


def _antagonist_products(opioids: Mapping[str, Product]) -> frozenset[str]:
    """Products of naloxone or nalmefene alone; those with an opioid are opioid products."""
    rows = rows_of("value_sets/rescue_naloxone.csv")
    return frozenset(row["code"] for row in rows if row["code"] and row["system"] == "RxNorm") - opioids.keys()


def _marketed(products: Mapping[str, Product], beside: Mapping[str, frozenset[str]]) -> dict[str, tuple[Marketed, ...]]:
    found: dict[str, list[Marketed]] = {}
    for rxcui, product in products.items():
        found.setdefault(product.components[0].ingredient.name, []).append(Marketed(product, beside[rxcui]))
    return {name: tuple(group) for name, group in found.items()}


# ---- an imported release: codes of its opioids, and those that are new ----


def with_released(rows: Sequence[Row], release: RxNormRelease | None) -> tuple[list[Row], dict[str, str]]:
    """The ingredient rows with the codes of a release, and the names of its opioids by RxCUI.

    An opioid that is not known here becomes an ingredient without a factor: its orders are uncounted, never
    ignored.
    """
    if release is None:
        return list(rows), {}
    by_rxcui = {row["rxcui"]: row["name"] for row in rows if row["rxcui"]}
    by_name = _by_name(rows)
    names = {
        rxcui: by_rxcui.get(rxcui) or by_name.get(words_of(name)) or name for rxcui, name in release.ingredients.items()
    }
    codes = {name: rxcui for rxcui, name in names.items()}
    found = [{**row, "rxcui": row["rxcui"] or codes.get(row["name"], "")} for row in rows]
    new = sorted(set(codes) - {row["name"] for row in rows})
    return [*found, *(_new_row(name, codes[name], release) for name in new)], names


def _by_name(rows: Iterable[Row]) -> dict[tuple[str, ...], str]:
    """What single ingredients are called, synonyms included."""
    found = {
        words_of(row["name"]): row["ingredient"]
        for row in rows_of("formulary/names.csv")
        if row["kind"] == "synonym" and not row["beside"]
    }
    return {**found, **{words_of(row["name"]): row["name"] for row in rows}}


def _new_row(name: str, rxcui: str, release: RxNormRelease) -> Row:
    return {
        "name": name,
        "rxcui": rxcui,
        "rxcui_salts": "",
        "snomed": "",
        "atc": "",
        "atc_combined": "",
        "pharmacology": "agonist",
        "source": f"RxNorm {release.version}",
    }
