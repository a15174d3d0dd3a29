"""From the words of a drug name that speak of one opioid to the product that they describe.

Strength, form and route are taken from the name. What it leaves open, and what the product is usually for,
is taken from the marketed products that fit it, where they all agree.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from opioids.drug_phrases import Named
from opioids.formulary import Formulary, Marketed
from opioids.names.candidates import (
    Spoken,
    all_hold,
    candidates,
    fits,
    is_marketed,
    is_pair,
    other_strengths_of,
    usual_purpose,
    usual_route,
    with_unnamed_partner,
)
from opioids.names.forms import FormReader
from opioids.names.numbers import NumberedStrengths, fits_the_amounts
from opioids.names.strengths import Strengths, in_one_volume, read_strengths, with_lost_unit
from opioids.names.words import Amount
from opioids.products import (
    FORM_NOT_TOLD,
    PATCH,
    Component,
    DoseForm,
    Form,
    Ingredient,
    Product,
    Route,
    Strength,
    StrengthUnit,
    form_told_by,
)

_LABEL_DIFFERS = Decimal("0.05")
"""A patch is called by its label: the system of 12 mcg/h delivers 12.5."""

_SWALLOWED_WHOLE = (Form.SOLID, Form.UNKNOWN)
_INFUSION = DoseForm(form=Form.LIQUID, noun="", route=Route.INJECTION)

RATE_WITHOUT_HOUR = "the patch's micrograms were read as its rate an hour"


class ProductReader:
    """Reads the product of a name that speaks of one opioid."""

    def __init__(self, formulary: Formulary) -> None:
        self._marketed = formulary.marketed
        self._opioid_is_smaller = formulary.opioid_is_smaller
        self._sole_partners = formulary.sole_partners
        self._forms = FormReader()
        self._numbers = NumberedStrengths()

    def read(
        self, name: str, text: str, opioid: Ingredient, parts: Sequence[Named | Amount]
    ) -> tuple[Product, tuple[str, ...]]:
        """The product that `name`, written as the plain `text`, tells as far as it does, and what was assumed."""
        spoken = Spoken(name=name, opioid=opioid, parts=parts, shape=self._forms.read(text))
        marketed = self._marketed.get(opioid.name, ())
        pool, unnamed = candidates(spoken, marketed), with_unnamed_partner(spoken, marketed)
        # "Tilidin AL comp 100/8 mg" does not say with what: it is sold with naloxone alone.
        partners = spoken.partners or filter(None, [self._sole_partners.get(opioid.name)])
        rules = [self._opioid_is_smaller.get(one) for one in partners]
        rule = rules[0] if len(rules) == 1 else None
        read = read_strengths(parts, [*pool, *unnamed], opioid_is_smaller=rule)
        if dissolved := in_one_volume(parts):
            together = read_strengths(dissolved, pool, opioid_is_smaller=rule)
            read = together if is_marketed(together.opioid, pool) else read
        if unnamed and read.others:
            pool = unnamed
        if read.opioid is None and (measured := with_lost_unit(parts)):
            together = read_strengths(measured, pool, opioid_is_smaller=rule)
            read = together if is_pair(together, pool) else read
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
        if read.opioid == strength:
            return read, ()
        if read.opioid or not fits_the_amounts(number, strength, spoken.parts):
            return replace(read, opioid=None), ()
        return replace(read, opioid=strength), (f"its number was read as {strength.value} mg of {spoken.opioid.name}",)

    def _product(self, spoken: Spoken, read: Strengths, pool: Sequence[Product], rates: Sequence[Decimal]) -> Product:
        strength = _labelled(read.opioid, rates)
        fitting = [one for one in pool if fits(one, strength, spoken.shape)]
        combination = self._is_combination(spoken, strength, read)
        form = _dose_form(spoken, strength, fitting)
        if form is FORM_NOT_TOLD and read.opioid and read.opioid.unit is StrengthUnit.MCG_PER_HOUR and not rates:
            form = _INFUSION
        return Product(
            name=spoken.name,
            rxcui="",
            components=(Component(ingredient=spoken.opioid, strength=_rounded(strength, fitting)),),
            form=form.form,
            noun=form.noun,
            route=form.route,
            extended_release=spoken.shape.extended or all_hold(one.extended_release for one in fitting),
            cough_and_cold=all_hold(one.cough_and_cold for one in fitting),
            usual_purpose=usual_purpose(spoken, strength, fitting, pool),
            combination=combination,
            other_strengths=(read.others or other_strengths_of(fitting or pool)) if combination else (),
            veterinary=all_hold(one.veterinary for one in spoken.brands),
        )

    def _is_combination(self, spoken: Spoken, strength: Strength | None, read: Strengths) -> bool:
        """Whether a dose in mg can mean another ingredient. Nobody doses by an antagonist that is mixed in."""
        if strength is None and spoken.partners:
            return any(self._opioid_is_smaller.get(one) is not False for one in spoken.partners)
        return bool(spoken.partners or read.others) or all_hold(one.combination for one in spoken.brands)


# ---- strength ----


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
    worn = form.form is Form.PATCH if form else any(one.dose_form == PATCH for one in spoken.mentions)
    if not worn or strength is None or strength.unit is not StrengthUnit.MG or strength.value * 1000 not in rates:
        return None
    return Strength(value=strength.value * 1000, unit=StrengthUnit.MCG_PER_HOUR)


def _rounded(strength: Strength | None, fitting: Sequence[Product]) -> Strength | None:
    """A concentration as the formulary rounds it, so that a name and a code give the same product."""
    if strength is None or strength.unit is not StrengthUnit.MG_PER_ML:
        return strength
    known = [one for product in fitting if (one := product.components[0].strength)]
    return min(known, key=lambda one: abs(one.value - strength.value), default=strength)


# ---- form, route and purpose ----


def _dose_form(spoken: Spoken, strength: Strength | None, fitting: Sequence[Product]) -> DoseForm:
    """The form that the words tell, or else the brand, or else the unit of the strength."""
    said = spoken.shape.dose_form
    if said and said.noun == "film" and strength and strength.unit is StrengthUnit.MCG_PER_HOUR:
        return PATCH
    if said:
        return replace(said, route=spoken.shape.stated_route or usual_route(said, fitting))
    if spoken.brands:
        forms = {(one.form, one.noun, one.route) for one in fitting or spoken.brands}
        if len(forms) == 1:
            form, noun, route = forms.pop()
            return DoseForm(form=form, noun=noun, route=route)
    told = [one.dose_form for one in spoken.mentions if one.dose_form]
    if told:
        return told[0]
    tells = form_told_by(strength)
    # A concentration alone may be an injection's; a mixture with acetaminophen is what is marketed as such.
    mixture = tells.form is Form.LIQUID and bool(spoken.partners)
    return replace(tells, route=usual_route(tells, fitting)) if mixture else tells
