"""The marketed products that a drug name can mean, and what they tell where they all agree."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from opioids.drug_phrases import Named
from opioids.formulary import Marketed
from opioids.names.forms import Shape
from opioids.names.strengths import LEAST_PARTNER, Strengths, alike
from opioids.names.words import Amount
from opioids.products import DoseForm, Form, Ingredient, Product, Route, Strength, UsualPurpose


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A name that speaks of one opioid. `parts` are what it speaks of and the amounts in it, in order."""

    name: str
    opioid: Ingredient
    parts: Sequence[Named | Amount]
    shape: Shape

    @property
    def mentions(self) -> list[Named]:
        """What the name speaks of, without the amounts."""
        return [part for part in self.parts if isinstance(part, Named)]

    @property
    def partners(self) -> frozenset[str]:
        """The other ingredients that the name speaks of."""
        return frozenset().union(*(one.beside for one in self.mentions)) - {"dispersible"}

    @property
    def brands(self) -> list[Product]:
        """The products of the brands that the name speaks of."""
        return [product for one in self.mentions for product in one.products]


def candidates(spoken: Spoken, marketed: Sequence[Marketed]) -> list[Product]:
    """The products of the brand, or those with the same ingredients as the name speaks of."""
    brands = {one.rxcui for one in spoken.brands}
    branded = [one for one in marketed if one.product.rxcui in brands]
    said = spoken.shape.dose_form
    if said and said.form is Form.SOLID and all_hold(one.product.form is Form.LIQUID for one in branded):
        # "Hycodan 5-1.5 tablet": the brand's tablets are sold no more, and those that are hold the same.
        like = {one.beside for one in branded}
        return [one.product for one in marketed if one.beside in like]
    if branded:
        return [one.product for one in branded]
    beside = spoken.partners | spoken.shape.beside
    return [one.product for one in marketed if one.beside == beside]


def with_unnamed_partner(spoken: Spoken, marketed: Sequence[Marketed]) -> list[Product]:
    """What "hydrocodone 5/325" can mean: combinations whose partner is told by its amount alone."""
    if spoken.brands or spoken.partners:
        return []
    products = [one.product for one in marketed if one.product.other_strengths]
    return [one for one in products if min(one.other_strengths) >= LEAST_PARTNER]


def fits(product: Product, strength: Strength | None, shape: Shape) -> bool:
    """Whether a marketed product has the strength, form, route and release that a name states."""
    form = shape.dose_form
    return (
        (strength is None or alike(strength, product.components[0].strength))
        and (form is None or (form.form, form.noun) == (product.form, product.noun))
        and shape.stated_route in (None, product.route)
        and (product.extended_release or not shape.extended)
    )


def is_marketed(strength: Strength | None, pool: Sequence[Product]) -> bool:
    """Whether one of the products has this strength."""
    return strength is not None and any(alike(strength, one.components[0].strength) for one in pool)


def is_pair(read: Strengths, pool: Sequence[Product]) -> bool:
    """Whether a product holds the opioid in this strength and the other amounts with it."""
    fitting = [one for one in pool if one.other_strengths == read.others]
    return is_marketed(read.opioid, fitting)


# ---- what they tell ----


def all_hold(facts: Iterable[bool]) -> bool:
    """Whether there are facts and all of them hold."""
    known = list(facts)
    return bool(known) and all(known)


def other_strengths_of(products: Sequence[Product]) -> tuple[Decimal, ...]:
    """Every amount of a partner in the products."""
    return tuple(sorted({other for one in products for other in one.other_strengths}))


def usual_route(form: DoseForm, fitting: Sequence[Product]) -> Route | None:
    """The route of the marketed products, if they have one only; the form's usual one among several."""
    routes = {one.route for one in fitting}
    if len(routes) == 1:
        return routes.pop()
    return form.route if not routes or form.route in routes else None


def usual_purpose(
    spoken: Spoken, strength: Strength | None, fitting: Sequence[Product], pool: Sequence[Product]
) -> UsualPurpose:
    """What all marketed products that fit are for; of a strength that none has, what its neighbours tell."""
    told = {one.usual_purpose for one in spoken.mentions} - {UsualPurpose.NOT_TOLD}
    if told:
        return told.pop()
    for_disorder = UsualPurpose.OPIOID_USE_DISORDER
    if not fitting and strength:
        like = [one for one in pool if fits(one, None, spoken.shape)]
        return for_disorder if _is_as_strong(strength, like) else UsualPurpose.NOT_TOLD
    return for_disorder if all_hold(one.usual_purpose is for_disorder for one in fitting) else UsualPurpose.NOT_TOLD


def _is_as_strong(strength: Strength, like: Sequence[Product]) -> bool:
    """Whether a strength is at least one that is for opioid use disorder and above all that are not."""
    known = [(one.components[0].strength, one.usual_purpose) for one in like]
    values = [(one.value, purpose) for one, purpose in known if one and one.unit is strength.unit]
    disorder = [value for value, purpose in values if purpose is UsualPurpose.OPIOID_USE_DISORDER]
    others = [value for value, purpose in values if purpose is not UsualPurpose.OPIOID_USE_DISORDER]
    return bool(disorder) and min(disorder) <= strength.value and max(others, default=Decimal(0)) < strength.value
