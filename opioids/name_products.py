"""From the words of a drug name that speak of one opioid to the product that they describe.

Strength, form and route are taken from the name. What it leaves open, and what the product is usually for,
is taken from the marketed products that fit it, where they all agree.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from opioids.drug_phrases import DoseForm, Named
from opioids.formulary import Formulary, Marketed
from opioids.name_forms import FormReader, Shape
from opioids.name_numbers import NumberedStrengths, fits_the_amounts
from opioids.name_strengths import LEAST_PARTNER, Strengths, alike, in_one_volume, read_strengths, with_lost_unit
from opioids.name_words import Amount
from opioids.products import Component, Form, Ingredient, Product, Route, Strength, StrengthUnit, UsualPurpose

_LABEL_DIFFERS = Decimal("0.05")
"""A patch is called by its label: the system of 12 mcg/h delivers 12.5."""

_SWALLOWED_WHOLE = (Form.SOLID, Form.UNKNOWN)
_PATCH = DoseForm(form=Form.PATCH, noun="patch", route=Route.TRANSDERMAL)
_INFUSION = DoseForm(form=Form.LIQUID, noun="", route=Route.INJECTION)
_UNKNOWN = DoseForm(form=Form.UNKNOWN, noun="", route=None)
_FORMS_OF_UNITS = {
    StrengthUnit.MCG_PER_HOUR: _PATCH,
    StrengthUnit.MG_PER_ML: DoseForm(form=Form.LIQUID, noun="", route=None),
    StrengthUnit.MG_PER_ACTUATION: DoseForm(form=Form.SPRAY, noun="spray", route=None),
}
"""What a strength alone tells of the form: a rate is a patch's, a concentration a liquid's."""

RATE_WITHOUT_HOUR = "the patch's micrograms were read as its rate an hour"


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


class ProductReader:
    """Reads the product of a name that speaks of one opioid."""

    def __init__(self, formulary: Formulary) -> None:
        self._marketed = formulary.marketed
        self._opioid_is_smaller = formulary.opioid_is_smaller
        self._forms = FormReader()
        self._numbers = NumberedStrengths()

    def read(
        self, name: str, text: str, opioid: Ingredient, parts: Sequence[Named | Amount]
    ) -> tuple[Product, tuple[str, ...]]:
        """The product that `name`, written as the plain `text`, tells as far as it does, and what was assumed."""
        spoken = Spoken(name=name, opioid=opioid, parts=parts, shape=self._forms.read(text))
        marketed = self._marketed.get(opioid.name, ())
        pool, unnamed = _pool(spoken, marketed), _with_unnamed_partner(spoken, marketed)
        rules = [self._opioid_is_smaller.get(one) for one in spoken.partners]
        rule = rules[0] if len(rules) == 1 else None
        read = read_strengths(parts, [*pool, *unnamed], opioid_is_smaller=rule)
        if dissolved := in_one_volume(parts):
            together = read_strengths(dissolved, pool, opioid_is_smaller=rule)
            read = together if _is_marketed(together.opioid, pool) else read
        if unnamed and read.others:
            pool = unnamed
        if read.opioid is None and (measured := with_lost_unit(parts)):
            together = read_strengths(measured, pool, opioid_is_smaller=rule)
            read = together if _is_pair(together, pool) else read
        read, notes = self._by_number(spoken, text, read)
        rates = _rates(marketed)
        rate = _rate_without_hour(spoken, read.opioid, rates)
        product = self._product(spoken, replace(read, opioid=rate or read.opioid), pool, rates)
        return product, (RATE_WITHOUT_HOUR,) if rate else notes

    def _by_number(self, spoken: Spoken, text: str, read: Strengths) -> tuple[Strengths, tuple[str, ...]]:
        """The strength of "Tylenol #3": of tablets, never of a liquid, and never beside another strength."""
        form = spoken.shape.dose_form
        told = self._numbers.told(text, spoken.opioid.name, spoken.partners)
        if told is None or (form and form.form not in _SWALLOWED_WHOLE):
            return read, ()
        number, strength = told
        if not fits_the_amounts(number, strength, spoken.parts) or read.opioid not in (None, strength):
            return replace(read, opioid=None), ()
        if read.opioid is None:
            return replace(read, opioid=strength), (
                f"its number was read as {strength.value} mg of {spoken.opioid.name}",
            )
        return read, ()

    def _product(self, spoken: Spoken, read: Strengths, pool: Sequence[Product], rates: Sequence[Decimal]) -> Product:
        strength = _labelled(read.opioid, rates)
        fitting = [one for one in pool if _fits(one, strength, spoken.shape)]
        combination = self._is_combination(spoken, strength, read)
        form = _dose_form(spoken, strength, fitting)
        if form is _UNKNOWN and read.opioid and read.opioid.unit is StrengthUnit.MCG_PER_HOUR and not rates:
            form = _INFUSION
        return Product(
            name=spoken.name,
            rxcui="",
            components=(Component(ingredient=spoken.opioid, strength=_rounded(strength, fitting)),),
            form=form.form,
            noun=form.noun,
            route=form.route,
            extended_release=spoken.shape.extended or _all(one.extended_release for one in fitting),
            cough_and_cold=_all(one.cough_and_cold for one in fitting),
            usual_purpose=_usual_purpose(spoken, strength, fitting, pool),
            combination=combination,
            other_strengths=(read.others or _others(fitting or pool)) if combination else (),
            veterinary=_all(one.veterinary for one in spoken.brands),
        )

    def _is_combination(self, spoken: Spoken, strength: Strength | None, read: Strengths) -> bool:
        """Whether a dose in mg can mean another ingredient. Nobody doses by an antagonist that is mixed in."""
        if strength is None and spoken.partners:
            return any(self._opioid_is_smaller.get(one) is not False for one in spoken.partners)
        return bool(spoken.partners or read.others) or _all(one.combination for one in spoken.brands)


def _all(facts: Iterable[bool]) -> bool:
    """Whether there are facts and all of them hold."""
    known = list(facts)
    return bool(known) and all(known)


# ---- which products the name can mean ----


def _pool(spoken: Spoken, marketed: Sequence[Marketed]) -> list[Product]:
    """The products of the brand, or those with the same ingredients as the name speaks of."""
    brands = {one.rxcui for one in spoken.brands}
    branded = [one for one in marketed if one.product.rxcui in brands]
    said = spoken.shape.dose_form
    if said and said.form is Form.SOLID and _all(one.product.form is Form.LIQUID for one in branded):
        # "Hycodan 5-1.5 tablet": the brand's tablets are sold no more, and those that are hold the same.
        like = {one.beside for one in branded}
        return [one.product for one in marketed if one.beside in like]
    if branded:
        return [one.product for one in branded]
    beside = spoken.partners | spoken.shape.beside
    return [one.product for one in marketed if one.beside == beside]


def _with_unnamed_partner(spoken: Spoken, marketed: Sequence[Marketed]) -> list[Product]:
    """What "hydrocodone 5/325" can mean: combinations whose partner is told by its amount alone."""
    if spoken.brands or spoken.partners:
        return []
    products = [one.product for one in marketed if one.product.other_strengths]
    return [one for one in products if min(one.other_strengths) >= LEAST_PARTNER]


def _fits(product: Product, strength: Strength | None, shape: Shape) -> bool:
    """Whether a marketed product has the strength, form, route and release that a name states."""
    form = shape.dose_form
    return (
        (strength is None or alike(strength, product.components[0].strength))
        and (form is None or (form.form, form.noun) == (product.form, product.noun))
        and shape.stated_route in (None, product.route)
        and (product.extended_release or not shape.extended)
    )


# ---- strength ----


def _is_marketed(strength: Strength | None, pool: Sequence[Product]) -> bool:
    return strength is not None and any(alike(strength, one.components[0].strength) for one in pool)


def _is_pair(read: Strengths, pool: Sequence[Product]) -> bool:
    """Whether a product holds the opioid in this strength and the other amounts with it."""
    fitting = [one for one in pool if one.other_strengths == read.others]
    return _is_marketed(read.opioid, fitting)


def _rates(marketed: Sequence[Marketed]) -> list[Decimal]:
    """The rates in mcg/h in which an ingredient is marketed."""
    strengths = [one.product.components[0].strength for one in marketed]
    return sorted({one.value for one in strengths if one and one.unit is StrengthUnit.MCG_PER_HOUR})


def _labelled(strength: Strength | None, rates: Sequence[Decimal]) -> Strength | None:
    """A rate under its label. What lies beyond all marketed systems is the rate of none ("100 mcg/72 h")."""
    if strength is None or strength.unit is not StrengthUnit.MCG_PER_HOUR:
        return strength
    for rate in rates:
        if abs(strength.value - rate) <= rate * _LABEL_DIFFERS:
            return replace(strength, value=rate)
    return strength if rates and rates[0] < strength.value < rates[-1] else None


def _rate_without_hour(spoken: Spoken, strength: Strength | None, rates: Sequence[Decimal]) -> Strength | None:
    """The rate of a "fentanyl 25 mcg patch": no patch holds so little, and there is one that gives so much an hour."""
    form = spoken.shape.dose_form
    worn = form.form is Form.PATCH if form else any(one.dose_form == _PATCH for one in spoken.mentions)
    if not worn or strength is None or strength.unit is not StrengthUnit.MG or strength.value * 1000 not in rates:
        return None
    return Strength(value=strength.value * 1000, unit=StrengthUnit.MCG_PER_HOUR)


def _rounded(strength: Strength | None, fitting: Sequence[Product]) -> Strength | None:
    """A concentration as the formulary rounds it, so that a name and a code give the same product."""
    if strength is None or strength.unit is not StrengthUnit.MG_PER_ML:
        return strength
    known = [one for product in fitting if (one := product.components[0].strength)]
    return min(known, key=lambda one: abs(one.value - strength.value), default=strength)


def _others(products: Sequence[Product]) -> tuple[Decimal, ...]:
    """Every amount of a partner in the products."""
    return tuple(sorted({other for one in products for other in one.other_strengths}))


# ---- form, route and purpose ----


def _dose_form(spoken: Spoken, strength: Strength | None, fitting: Sequence[Product]) -> DoseForm:
    """The form that the words tell, or else the brand, or else the unit of the strength."""
    said = spoken.shape.dose_form
    if said and said.noun == "film" and strength and strength.unit is StrengthUnit.MCG_PER_HOUR:
        return _PATCH
    if said:
        return replace(said, route=spoken.shape.stated_route or _usual_route(said, fitting))
    if spoken.brands:
        forms = {(one.form, one.noun, one.route) for one in fitting or spoken.brands}
        if len(forms) == 1:
            form, noun, route = forms.pop()
            return DoseForm(form=form, noun=noun, route=route)
    told = [one.dose_form for one in spoken.mentions if one.dose_form]
    if told:
        return told[0]
    return _FORMS_OF_UNITS.get(strength.unit, _UNKNOWN) if strength else _UNKNOWN


def _usual_route(form: DoseForm, fitting: Sequence[Product]) -> Route | None:
    """The route of the marketed products, if they have one only; the form's usual one among several."""
    routes = {one.route for one in fitting}
    if len(routes) == 1:
        return routes.pop()
    return form.route if not routes or form.route in routes else None


def _usual_purpose(
    spoken: Spoken, strength: Strength | None, fitting: Sequence[Product], pool: Sequence[Product]
) -> UsualPurpose:
    """What all marketed products that fit are for; of a strength that none has, what its neighbours tell."""
    told = {one.usual_purpose for one in spoken.mentions} - {UsualPurpose.NOT_TOLD}
    if told:
        return told.pop()
    for_disorder = UsualPurpose.OPIOID_USE_DISORDER
    if not fitting and strength:
        like = [one for one in pool if _fits(one, None, spoken.shape)]
        return for_disorder if _is_as_strong(strength, like) else UsualPurpose.NOT_TOLD
    return for_disorder if _all(one.usual_purpose is for_disorder for one in fitting) else UsualPurpose.NOT_TOLD


def _is_as_strong(strength: Strength, like: Sequence[Product]) -> bool:
    """Whether a strength is at least one that is for opioid use disorder and above all that are not."""
    known = [(one.components[0].strength, one.usual_purpose) for one in like]
    values = [(one.value, purpose) for one, purpose in known if one and one.unit is strength.unit]
    disorder = [value for value, purpose in values if purpose is UsualPurpose.OPIOID_USE_DISORDER]
    others = [value for value, purpose in values if purpose is not UsualPurpose.OPIOID_USE_DISORDER]
    return bool(disorder) and min(disorder) <= strength.value and max(others, default=Decimal(0)) < strength.value
