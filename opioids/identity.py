"""Which drug an order is for, from its codes and its words.

The most specific code decides: product over component over ingredient; without a usable code the name is read.
The order of the codes never matters. "Not in our formulary" is not "not an opioid": every code and every
word is looked at before an order is called harmless.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from opioids.drug_codes import Code, CodeBook, CodeSystem, Told
from opioids.formulary import Formulary
from opioids.names.agreement import agreed, contradictions, is_for_disorder, other_opioids, outline_of
from opioids.names.reading import LONGEST_NAME_READ, NameReader, NameReading, tell_a_drug, telling_words
from opioids.ndc import NO_NDCS, NdcBook
from opioids.prescriptions import IgnoredReason, Refusal, UncountedReason
from opioids.products import Form, Ingredient, Pharmacology, Product, UsualPurpose, ingredient_only

MOST_WORDS_COMPARED = 40
"""Of a name; no drug has more, and comparing each with every opioid takes time."""
_LOCAL = (CodeSystem.NONE, CodeSystem.OTHER)
"""Codes in these systems tell nothing of a drug."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The product of an order and what had to be assumed to find it."""

    product: Product
    assumptions: tuple[str, ...] = ()


Identity = Identified | Refusal | IgnoredReason


class Identifier:
    """Identifies drugs against one formulary and the NDCs that a hospital supplied."""

    def __init__(self, formulary: Formulary, ndcs: NdcBook = NO_NDCS) -> None:
        self.formulary = formulary
        self.names = NameReader(formulary)
        self._codes = CodeBook(formulary, ndcs)

    def identify(self, codes: Sequence[Code], names: Sequence[str]) -> Identity:
        """The drug that `codes` and `names` (displays and free text) stand for.

        Returns an `Identified` opioid, the reason why it is known to be none, or a `Refusal` when it is
        or may be an opioid that cannot be told.
        """
        if not codes and not any(name.strip() for name in names):
            return Refusal(reason=UncountedReason.RESOURCE_INVALID, detail="no medication is named")
        # One letter more than is read of a name tells that there was more: names are remembered.
        cut = dict.fromkeys(name[: LONGEST_NAME_READ + 1] for name in names)
        readings = [reading for reading in map(self.names.read, cut) if _speaks(reading)]
        told = self._codes.read(codes)
        if told.products:
            return _by_product(told, readings)
        parts = told.parts or tuple(map(ingredient_only, told.opioids))
        if parts:
            return _by_part(parts, told, readings)
        if told.other_names:
            coded = [reading for reading in map(self.names.read, told.other_names) if _speaks(reading)]
            return _by_released_name(coded, readings)
        if told.ingredients or told.is_antagonist:
            return _against_a_blocker(readings) if _speaks_of_opioids(readings) else IgnoredReason.ANTAGONIST
        if not _speaks_of_opioids(readings) and (doubt := self._doubt(codes, names)):
            return _unknown(doubt)
        return _by_name(readings, bool(codes))

    def released_names(self, codes: Sequence[Code]) -> tuple[str, ...]:
        """What an imported release calls the products of codes that matter beside an opioid."""
        return self._codes.read(codes).other_names if self.formulary.other_names else ()

    def _doubt(self, codes: Sequence[Code], names: Sequence[str]) -> str:
        """Why an order whose words speak of no opioid may be one all the same; empty when it is none."""
        telling = [telling_words(name)[:MOST_WORDS_COMPARED] for name in names]
        told = any(map(tell_a_drug, telling))
        if any(telling) and not told and all(code.system in _LOCAL for code in codes):
            return "its words may mean an opioid or another drug"
        if doubt := self._codes.doubt(codes, named=told):
            return doubt
        like = next(filter(None, map(self.formulary.phrases.likeness.find, telling)), None)
        return f'"{like[0]}" may be meant for {self._called(like[1])}' if like else ""

    def _called(self, name: str) -> str:
        """The name as a reader knows it: "oxycodone" for "oxycodon", "pethidine (meperidine)", brands as they are."""
        named = self.formulary.phrases.names[(name,)]
        if named.is_brand:
            return name
        ingredient = named.opioids[0].name
        return ingredient if ingredient.startswith(name) else f"{name} ({ingredient})"


# ---- by code ----


def _by_product(told: Told, readings: list[NameReading]) -> Identity:
    product = min(told.products, key=lambda one: one.rxcui)
    kind = (product.components, product.form, product.route)
    if any((one.components, one.form, one.route) != kind for one in told.products):
        return _unknown("the codes of the order stand for different products")
    against = (*_other_codes(product, told), *contradictions(product, readings))
    if any(one.veterinary for one in told.products):
        return _unknown("its code is a veterinary product's, its words are not") if against else _VETERINARY
    others = [*_coded_beside(product, told), *other_opioids(product, readings)]
    if others and may_add_nothing(product):
        return _either(product, others)
    return Identified(product=product, assumptions=against)


def may_add_nothing(product: Product) -> bool:
    """Whether an order may be left out of a total for being of this product: then nothing would be said of it."""
    partial = all(one.ingredient.pharmacology is Pharmacology.PARTIAL_AGONIST for one in product.components)
    return partial or is_for_disorder(product)


def _either(product: Product, others: Sequence[Ingredient]) -> Refusal:
    """The order may be of an opioid that counts, though its code is of one that may not."""
    words = " and ".join(dict.fromkeys(one.name for one in others))
    return _unknown(f"one code says {product.components[0].ingredient.name}, the text or another code {words}")


def _other_codes(product: Product, told: Told) -> tuple[str, ...]:
    """What less specific codes say against that of a product."""
    if not (said := _coded_beside(product, told)):
        return ()
    others = " and ".join(one.name for one in said)
    return (f"the product's code says {product.components[0].ingredient.name}, another {others}: the product was used",)


def _coded_beside(product: Product, told: Told) -> list[Ingredient]:
    """The opioids of less specific codes that are not the product's."""
    own = {part.ingredient for part in product.components}
    said = {part.ingredient for one in told.parts for part in one.components} | set(told.opioids)
    return sorted(said - own, key=lambda one: one.name)


def _by_part(parts: Sequence[Product], told: Told, readings: list[NameReading]) -> Identity:
    """The product of a component's, a form's or an ingredient's code, completed from what else is told."""
    opioids = {part.ingredient for one in parts for part in one.components} | set(told.opioids)
    if len(opioids) > 1:
        return _unknown("the codes of the order stand for different opioids")
    part = min(parts, key=_least_known)
    strength = part.components[0].strength
    if any(one.components[0].strength not in (None, strength) for one in parts):
        return _unknown("the codes of the order stand for different products")
    named = agreed(readings)
    if isinstance(named, Product) and named.components[0].ingredient in opioids:
        known = named
        if strength is None:
            product = _purposed(_completed(known, parts, told), told)
            notes = (*_assumed(readings), *_notes(product, told))
            return Identified(product=product, assumptions=("strength read from the name", *notes))
    else:
        known = (outline_of(opioids.pop(), readings) if named is None else None) or part
    product = _completed(known, parts, told)
    product = replace(product, name=part.name, rxcui=part.rxcui, components=part.components)
    purposed = _purposed(product, told)
    others = other_opioids(product, readings)
    if others and may_add_nothing(purposed):
        return _either(product, others)
    return Identified(product=purposed, assumptions=(*_notes(product, told), *contradictions(product, readings)))


def _least_known(part: Product) -> tuple[bool, bool, str]:
    """Parts that tell more come first: those with a strength, then those with a form."""
    return (part.components[0].strength is None, part.form is Form.UNKNOWN, part.rxcui)


def _completed(product: Product, parts: Sequence[Product], told: Told) -> Product:
    """A product with what other codes tell of its form and of what it is combined with."""
    combination = product.combination or told.combined or any(one.combination for one in parts)
    formed = [one for one in parts if one.form is not Form.UNKNOWN]
    shapes = {(one.form, one.noun, one.route, one.extended_release) for one in formed}
    if len(shapes) != 1:
        return replace(product, combination=combination)
    form, noun, route, extended = shapes.pop()
    return replace(
        product, combination=combination, form=form, noun=noun, route=route or product.route, extended_release=extended
    )


def _purposed(product: Product, told: Told) -> Product:
    """An ATC code of a treatment of opioid use disorder tells what the drug is for; a patch is for pain."""
    if not told.for_disorder or product.form is Form.PATCH:
        return product
    return replace(product, usual_purpose=UsualPurpose.OPIOID_USE_DISORDER)


def _notes(product: Product, told: Told) -> tuple[str, ...]:
    """What the codes leave open matters only while nothing else tells the form."""
    return told.notes if product.form is Form.UNKNOWN else ()


# ---- by name ----


def _by_released_name(coded: list[NameReading], readings: list[NameReading]) -> Identity:
    """What an imported release calls a code stands before the order's own words, as the code itself does."""
    if _speaks_of_opioids(coded):
        found = _by_name(coded, True)
        if not isinstance(found, Identified):
            return found
        return replace(found, assumptions=(*found.assumptions, *contradictions(found.product, readings)))
    if _speaks_of_opioids(readings):
        return _unknown("its code is that of another drug, its words speak of an opioid")
    return IgnoredReason.ANTAGONIST if coded else IgnoredReason.NOT_AN_OPIOID


def _by_name(readings: list[NameReading], coded: bool) -> Identity:
    opioids = list(dict.fromkeys(one for reading in readings for one in reading.opioids))
    if not opioids:
        return IgnoredReason.ANTAGONIST if readings else IgnoredReason.NOT_AN_OPIOID
    product = agreed(readings)
    if isinstance(product, Product) and len(opioids) == 1:
        if product.veterinary:
            return _VETERINARY
        return Identified(product=product, assumptions=("the product was read from its name", *_assumed(readings)))
    outline = outline_of(opioids[0], readings) if len(opioids) == 1 and product is None else None
    if outline and (not coded or is_for_disorder(outline)):
        only = replace(outline, name=opioids[0].name)
        return Identified(product=only, assumptions=("only the ingredient was read from the name",))
    named = " and ".join(one.name for one in opioids)
    return _unknown(f"speaks of {named}, but the product cannot be told")


def _against_a_blocker(readings: list[NameReading]) -> Identity:
    """What names say beside the code of an antagonist alone: it may be all that was coded of a combination."""
    found = _by_name(readings, True)
    if not isinstance(found, Identified) or any(reading.antagonists for reading in readings):
        return found
    opioid = found.product.components[0].ingredient.name
    note = f"its code is that of an opioid blocker, the text says {opioid}: the text was used"
    return replace(found, assumptions=(*found.assumptions, note))


def _assumed(readings: list[NameReading]) -> tuple[str, ...]:
    """What was assumed in reading the names; nothing where one of them tells the same without."""
    whole = [one.assumptions for one in readings if one.product]
    return min(whole, key=len)


def _speaks(reading: NameReading) -> bool:
    return bool(reading.opioids or reading.antagonists)


def _speaks_of_opioids(readings: list[NameReading]) -> bool:
    return any(reading.opioids for reading in readings)


def _unknown(detail: str) -> Refusal:
    return Refusal(reason=UncountedReason.PRODUCT_UNKNOWN, detail=detail)


_VETERINARY = IgnoredReason.NOT_AN_OPIOID
"""A product for animals in a patient's chart is nothing that the patient takes."""
