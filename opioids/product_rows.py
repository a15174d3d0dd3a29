"""Products from the rows of `products.csv` and of imported releases, which have the same columns."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from opioids.products import Component, DoseForm, Ingredient, Product, Route, Strength, StrengthUnit, UsualPurpose
from opioids.tables import Row, decimal_of

_STRENGTH_IN_NAME = re.compile(r"(?<![\d.])(\d+(?:\.\d+)?) MG\b", re.IGNORECASE)


def products_of(
    rows: Iterable[Row], ingredients: Mapping[str, Ingredient], forms: Mapping[str, DoseForm]
) -> dict[str, Product]:
    """The products by RxCUI; rows of one code are one product.

    Raises:
        KnowledgeError: a strength is no positive number.
    """
    grouped: dict[str, list[Row]] = {}
    for row in rows:
        grouped.setdefault(row["rxcui"], []).append(row)
    return {rxcui: _product(group, ingredients, forms) for rxcui, group in grouped.items()}


def _product(rows: Sequence[Row], ingredients: Mapping[str, Ingredient], forms: Mapping[str, DoseForm]) -> Product:
    """One product; two salts of one ingredient in it are one component with the sum of their strengths."""
    row, form = rows[0], forms[rows[0]["dose_form"]]
    strengths = [(each["ingredient"], decimal_of(each["strength"], f"products, {row['rxcui']}")) for each in rows]
    unit = StrengthUnit(row["strength_unit"])
    sums: dict[str, Decimal] = {}
    for name, value in strengths:
        sums[name] = sums.get(name, Decimal(0)) + value
    combined = row["combination"] == "yes"
    return Product(
        name=row["name"],
        rxcui=row["rxcui"],
        components=tuple(
            Component(ingredient=ingredients[name], strength=Strength(value=value, unit=unit))
            for name, value in sums.items()
        ),
        form=form.form,
        noun=form.noun,
        route=Route(row["route"]) if row["route"] else None,
        extended_release=row["extended_release"] == "yes",
        units_per_dose=int(row["units_per_dose"]),
        cough_and_cold=row["use"] == "cough-and-cold",
        veterinary=row["use"] == "veterinary",
        usual_purpose=UsualPurpose(row["usual_purpose"] or "not told"),
        combination=combined,
        other_strengths=other_strengths(row["name"], {value for _, value in strengths}) if combined else (),
    )


def other_strengths(name: str, own: Iterable[Decimal]) -> tuple[Decimal, ...]:
    """The milligrams in an RxNorm name that do not belong to the opioid, even where they are as many."""
    found = Counter(Decimal(text) for text in _STRENGTH_IN_NAME.findall(name))
    return tuple((found - Counter(own)).elements())
