"""Reading a drug name: RxNorm style, or ingredient or brand with strength and form in free text.

Names are compared word by word, so hydrocodone is never codeine and dihydrocodeine is neither. A
name that speaks of an opioid but cannot be read in full still says so: it must not pass as harmless.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from opioids.formulary import DoseForm, Formulary, Words, load_dose_forms, words_of
from opioids.products import Component, Form, Ingredient, Pharmacology, Product, Route, Strength, StrengthUnit

LONGEST_NAME_READ = 1000
"""Characters; a longer text is no drug name, and what follows is not looked at."""

_NUMBER = r"(?<![\d.])(\d{1,6}(?:\.\d{1,6})?)"
_STRENGTH = re.compile(
    _NUMBER
    + r"\s*(mg|milligrams?|mcg|ug|µg|micrograms?|g)\b(?:\s*/\s*(\d{0,4}(?:\.\d+)?)\s*(ml|hr|hour|h|actuat\w*|spray)\b)?"
)
_PAIR = re.compile(
    _NUMBER + r"\s*(?:mg)?\s*[-/]\s*" + _NUMBER + r"\s*mg\b|" + _NUMBER + r"[-/]" + _NUMBER + r"(?![\d.])"
)
_SEGMENT = re.compile(r"\s/\s|\s\+\s|\band\b")
_EXTENDED = re.compile(
    r"\b(?:er|xr|sr|cr|mr|xl|12\s*hr|24\s*hr|contin\w*|retard)\b"
    r"|(?:extended|modified|sustained|controlled|prolonged)[ -]release"
)
_INJECTION_WORDS = (
    "injection injections injectable inj syringe syringes vial vials ampule ampules ampoule ampoules amp amps iv im sc "
    "sq subq subcut subcutaneous intravenous intramuscular infusion epidural intrathecal pca"
)
_FORM_WORDS: tuple[tuple[str, Form, str, Route | None], ...] = (
    ("suppository suppositories rectal", Form.SOLID, "suppository", Route.RECTAL),
    ("patch patches transdermal td", Form.PATCH, "patch", Route.TRANSDERMAL),
    ("lozenge lozenges lollipop", Form.SOLID, "lozenge", Route.TRANSMUCOSAL),
    ("sublingual sl", Form.SOLID, "tablet", Route.SUBLINGUAL),
    ("buccal", Form.SOLID, "tablet", Route.BUCCAL),
    ("capsule capsules cap caps", Form.SOLID, "capsule", Route.ORAL),
    ("tablet tablets tab tabs caplet caplets pill pills", Form.SOLID, "tablet", Route.ORAL),
    # After the solid forms, because "C-IV" in a tablet's name is a schedule; before the liquids.
    (_INJECTION_WORDS, Form.LIQUID, "", Route.INJECTION),
    ("nasal", Form.SPRAY, "spray", Route.NASAL),
    ("solution syrup liquid elixir suspension concentrate drops", Form.LIQUID, "", Route.ORAL),
)
"""Words of a name that tell the form; the first row with a word of the name decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReading:
    """What a drug name speaks of. `product` is None when it names an opioid but not which product."""

    opioids: tuple[Ingredient, ...] = ()
    antagonists: tuple[Ingredient, ...] = ()
    product: Product | None = None


NOTHING = NameReading()


class NameReader:
    """Reads names against one formulary and remembers recent ones (drug names repeat all day)."""

    def __init__(self, formulary: Formulary, *, remembered: int = 4096) -> None:
        self._formulary = formulary
        self._dose_forms = load_dose_forms()
        self._by_name = {words_of(product.name): product for product in formulary.products.values()}
        self.read = lru_cache(maxsize=remembered)(self._read)

    def _read(self, name: str) -> NameReading:
        text = name[:LONGEST_NAME_READ].lower()
        words = words_of(text)
        if self._formulary.first_words.isdisjoint(words):
            return NOTHING
        brand_products: list[Product] = []
        found = tuple(dict.fromkeys(self._ingredients(words, brand_products)))
        opioids = tuple(one for one in found if one.pharmacology is not Pharmacology.ANTAGONIST)
        antagonists = tuple(one for one in found if one.pharmacology is Pharmacology.ANTAGONIST)
        product = self._by_name.get(words)
        if product is None and len(opioids) == 1:
            product = self._product(name.strip(), text, opioids[0], brand_products, bool(antagonists))
        return NameReading(opioids=opioids, antagonists=antagonists, product=product)

    def _ingredients(self, words: Words, brand_products: list[Product]) -> Iterator[Ingredient]:
        """The ingredients named, longest phrase first at each word; products of brands are collected."""
        book = self._formulary
        at = 0
        while at < len(words):
            step = 1
            if words[at] in book.first_words:
                for length in range(min(book.longest_name, len(words) - at), 0, -1):
                    phrase = words[at : at + length]
                    products = book.brands.get(phrase, ())
                    ingredient = book.names.get(phrase)
                    if products or ingredient:
                        brand_products.extend(products)
                        yield from (part.ingredient for one in products for part in one.components)
                        if ingredient:
                            yield ingredient
                        step = length
                        break
            at += step

    def _product(
        self, name: str, text: str, opioid: Ingredient, brand_products: list[Product], with_antagonist: bool
    ) -> Product | None:
        combined = _pair_strength(text, opioid, [*brand_products, *self._formulary.products.values()])
        strength = combined or _single_strength(text, self._words_for(opioid, brand_products))
        if strength is None:
            return None
        branded = [one for one in brand_products if one.components[0].strength == strength]
        form = self._form(text)
        if branded and form is None and len({(one.form, one.route, one.extended_release) for one in branded}) == 1:
            return branded[0]
        if form is None:
            form = _form_of_strength(strength)
        return Product(
            name=name,
            rxcui="",
            components=(Component(ingredient=opioid, strength=strength),),
            form=form.form,
            noun=form.noun,
            route=form.route,
            extended_release=bool(_EXTENDED.search(text)),
            combination=combined is not None or with_antagonist,
        )

    def _words_for(self, opioid: Ingredient, brand_products: list[Product]) -> tuple[str, ...]:
        names = [" ".join(phrase) for phrase, one in self._formulary.names.items() if one == opioid]
        brands = [
            " ".join(phrase)
            for phrase, products in self._formulary.brands.items()
            if any(product in brand_products for product in products)
        ]
        return (*names, *brands)

    def _form(self, text: str) -> DoseForm | None:
        for dose_form in self._dose_forms:
            if dose_form.name.lower() in text:
                return dose_form
        words = frozenset(words_of(text))
        for known, form, noun, route in _FORM_WORDS:
            if not words.isdisjoint(known.split()):
                return DoseForm(name="", form=form, noun=noun, route=route)
        return None


def _form_of_strength(strength: Strength) -> DoseForm:
    """What a strength alone tells of the form: a rate is a patch's, a concentration a liquid's."""
    if strength.unit is StrengthUnit.MCG_PER_HOUR:
        return DoseForm(name="", form=Form.PATCH, noun="patch", route=Route.TRANSDERMAL)
    if strength.unit is StrengthUnit.MG_PER_ML:
        return DoseForm(name="", form=Form.LIQUID, noun="", route=None)
    return DoseForm(name="", form=Form.UNKNOWN, noun="", route=None)


def _pair_strength(text: str, opioid: Ingredient, candidates: list[Product]) -> Strength | None:
    """The opioid's strength in a pair such as 5-325, if marketed products leave no doubt which it is."""
    match = _PAIR.search(text)
    if match is None or "/ml" in text.replace(" ", ""):
        return None
    first, second = (Decimal(group) for group in match.groups() if group is not None)
    found = set()
    for product in candidates:
        component = product.components[0]
        if component.ingredient == opioid and component.strength and product.other_strengths:
            for mine, other in ((first, second), (second, first)):
                if component.strength.value == mine and other in product.other_strengths:
                    found.add(component.strength)
    return found.pop() if len(found) == 1 else None


def _single_strength(text: str, names: tuple[str, ...]) -> Strength | None:
    """The one strength that stands in the part of the name that speaks of the opioid."""
    if _PAIR.search(text) and "/ml" not in text.replace(" ", ""):
        return None
    segments = _SEGMENT.split(text)
    own = [part for part in segments if any(name in " ".join(words_of(part)) for name in names)] or segments
    found = {strength for part in own for strength in _strengths(part)}
    return found.pop() if len(found) == 1 else None


def _strengths(text: str) -> Iterator[Strength]:
    for value_text, unit, per, per_unit in _STRENGTH.findall(text):
        value = Decimal(value_text)
        micro = unit.startswith(("mc", "u", "µ", "micro"))
        grams = unit == "g"
        if value == 0 or (per and Decimal(per) == 0):
            continue
        per_value = Decimal(per) if per else Decimal(1)
        milligrams = value / 1000 if micro else value * 1000 if grams else value
        if per_unit in ("hr", "hour", "h"):
            yield Strength(value=milligrams * 1000 / per_value, unit=StrengthUnit.MCG_PER_HOUR)
        elif per_unit == "ml":
            yield Strength(value=milligrams / per_value, unit=StrengthUnit.MG_PER_ML)
        elif per_unit:
            yield Strength(value=milligrams / per_value, unit=StrengthUnit.MG_PER_ACTUATION)
        else:
            yield Strength(value=milligrams, unit=StrengthUnit.MG)
