"""Opioid products as a pharmacist names them: ingredient, strength, form and route."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum


class Route(StrEnum):
    """How a drug enters the body, as far as conversion tables tell routes apart."""

    ORAL = "oral"
    TRANSDERMAL = "transdermal"
    SUBLINGUAL = "sublingual"
    BUCCAL = "buccal"
    TRANSMUCOSAL = "transmucosal"
    NASAL = "nasal"
    RECTAL = "rectal"
    INJECTION = "injection"
    """Into a vein, a muscle or under the skin: what tables call parenteral."""
    REGIONAL = "regional"
    """Epidural, intrathecal, beside a nerve, into a joint: no factor is meant for it."""
    IMPLANT = "implant"
    TOPICAL = "topical"
    OTHER = "other"


Kind = tuple[str, Route]
"""An opioid as tables know it: the name of an ingredient, by a route."""


class Form(StrEnum):
    """How a product is counted and measured."""

    SOLID = "solid"
    """Tablets, capsules, films, lozenges, suppositories: strength per unit."""
    LIQUID = "liquid"
    """Strength per mL."""
    PATCH = "patch"
    """Strength in mcg per hour."""
    SPRAY = "spray"
    """Strength per actuation."""
    UNKNOWN = "unknown"


class Pharmacology(StrEnum):
    """What an ingredient does at the opioid receptor, as far as counting depends on it."""

    AGONIST = "agonist"
    PARTIAL_AGONIST = "partial agonist"
    ANTAGONIST = "antagonist"


class StrengthUnit(StrEnum):
    """What a strength is measured in."""

    MG = "mg"
    MG_PER_ML = "mg/mL"
    MCG_PER_HOUR = "mcg/h"
    MG_PER_ACTUATION = "mg/actuation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ingredient:
    """An opioid (or opioid antagonist) ingredient. `rxcui` is empty where it could not be verified."""

    name: str
    rxcui: str
    pharmacology: Pharmacology


def opioids_among(ingredients: Iterable[Ingredient]) -> tuple[Ingredient, ...]:
    """Those that are opioids, and no antagonist of them."""
    return tuple(one for one in ingredients if one.pharmacology is not Pharmacology.ANTAGONIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Strength:
    """How much of an ingredient one unit, one mL or one hour gives."""

    value: Decimal
    unit: StrengthUnit


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One opioid ingredient of a product; `strength` is None when only the ingredient is known."""

    ingredient: Ingredient
    strength: Strength | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoseForm:
    """How a dose form is counted, and the route that its name implies (None where it does not)."""

    form: Form
    noun: str
    route: Route | None


FORM_NOT_TOLD = DoseForm(form=Form.UNKNOWN, noun="", route=None)
PATCH = DoseForm(form=Form.PATCH, noun="patch", route=Route.TRANSDERMAL)
_FORMS_OF_UNITS = {
    StrengthUnit.MCG_PER_HOUR: PATCH,
    StrengthUnit.MG_PER_ML: DoseForm(form=Form.LIQUID, noun="", route=None),
    StrengthUnit.MG_PER_ACTUATION: DoseForm(form=Form.SPRAY, noun="spray", route=None),
}


def form_told_by(strength: Strength | None) -> DoseForm:
    """What a strength alone tells of the form: a rate is a patch's, a concentration a liquid's."""
    return _FORMS_OF_UNITS.get(strength.unit, FORM_NOT_TOLD) if strength else FORM_NOT_TOLD


class UsualPurpose(StrEnum):
    """What a product is used for, where the product alone tells."""

    NOT_TOLD = "not told"
    OPIOID_USE_DISORDER = "opioid use disorder"


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """A drug product with its opioid components (other ingredients never count).

    `units_per_dose` is more than one for packs whose dose is several sprays. `other_strengths` are the
    milligrams of the non-opioid ingredients, which make a dose in mg ambiguous.
    """

    name: str
    rxcui: str
    components: tuple[Component, ...]
    form: Form
    noun: str
    route: Route | None
    extended_release: bool = False
    units_per_dose: int = 1
    cough_and_cold: bool = False
    usual_purpose: UsualPurpose = UsualPurpose.NOT_TOLD
    combination: bool = False
    other_strengths: tuple[Decimal, ...] = ()
    veterinary: bool = False
    ingredients: frozenset[str] = field(init=False, repr=False, compare=False)
    """The names of its opioids."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "ingredients", frozenset([part.ingredient.name for part in self.components]))


def ingredient_only(ingredient: Ingredient) -> Product:
    """A product of which only the ingredient is known: it counts when the dose is a mass."""
    return Product(
        name=ingredient.name,
        rxcui="",
        components=(Component(ingredient=ingredient, strength=None),),
        form=Form.UNKNOWN,
        noun="",
        route=None,
    )
