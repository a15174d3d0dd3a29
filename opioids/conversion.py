"""Conversion tables: the factor that turns a daily dose of an opioid into morphine milligrams.

A factor belongs to an ingredient and a route, in some tables also to a form of the product (fentanyl
lozenge or film) or to one strength of a patch. Bands (methadone before 2022) are half-open, `(above,
up_to]`, and proven to be free of gaps when a table is loaded (`conversion_files`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from opioids.dose_sums import DailyDose
from opioids.measures import INFUSION, labelled_rate
from opioids.national_names import name_in
from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Component, Ingredient, Kind, Route
from opioids.quantities import Unit, shown
from opioids.tables import Review

_HOURS_A_DAY = Decimal(24)
_MCG_IN_MG = Decimal(1000)
_ROUTE_WORDS = {Route.REGIONAL: "epidural, intrathecal or local"}


class Basis(StrEnum):
    """What a factor multiplies."""

    MG = "mg"
    """Milligrams a day."""
    MCG = "mcg"
    """Micrograms a day."""
    MCG_PER_HOUR = "mcg/h"
    """The rate that patches give."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The factor for daily doses above `above` and up to `up_to` (None: without end)."""

    above: Decimal
    up_to: Decimal | None
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionFactor:
    """How one ingredient by one route converts. `per` is what the factor multiplies.

    `forms` are the nouns of the products that the row is for (empty: any product). `patch` is set where the
    row gives the worth of one patch: its strength in mcg/h and its MME a day. `caveats` are what has to be
    said wherever the row is used: that it is provisional, that the source gives a range.
    """

    ingredient: str
    route: Route
    per: Basis
    bands: tuple[Band, ...]
    review: Review
    source: str
    forms: frozenset[str] = frozenset()
    patch: tuple[Decimal, Decimal] | None = None
    caveats: tuple[str, ...] = ()

    @property
    def banded(self) -> bool:
        """Whether the factor depends on the patient's total daily dose."""
        return len(self.bands) > 1

    def at(self, daily_dose: Decimal) -> Decimal:
        """The factor for a patient whose total daily dose of the ingredient, in the unit of `per`, is `daily_dose`."""
        # The last band is open, as checked on loading.
        return next(band.factor for band in self.bands if band.up_to is None or daily_dose <= band.up_to)

    def scale(self, unit: Unit) -> Decimal | None:
        """By what a daily dose in `unit` is multiplied to be one in `per`; None when it cannot be.

        A patch worn all day gives its rate for 24 hours; any other rate is an infusion.
        """
        if unit is Unit.MG:
            return {Basis.MG: Decimal(1), Basis.MCG: _MCG_IN_MG}.get(self.per)
        if self.per is Basis.MCG_PER_HOUR:
            return Decimal(1)
        if self.route is not Route.TRANSDERMAL:
            return None
        return _HOURS_A_DAY if self.per is Basis.MCG else _HOURS_A_DAY / _MCG_IN_MG


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchLookup:
    """The worth of each strength of a patch, as a table lists them; what it does not list has none."""

    table: str
    ingredient: str
    rows: Mapping[Decimal, ConversionFactor]

    def of(self, strength: Decimal | None) -> ConversionFactor | Refusal:
        """The row of a strength in mcg/h; None stands for patches whose strength is not told."""
        known = ", ".join(shown(one) for one in self.rows)
        if strength is None:
            return Refusal(
                reason=UncountedReason.STRENGTH_UNKNOWN,
                detail=f"{self.table} converts {self.ingredient} patches by their strength ({known} mcg/h): "
                "which is worn is not told",
            )
        found = self.rows.get(strength)
        if found is not None:
            return found
        return Refusal(
            reason=UncountedReason.NO_FACTOR,
            detail=f"{self.table} lists {self.ingredient} patches of {known} mcg/h, none of {shown(strength)} mcg/h",
        )


Rule = ConversionFactor | PatchLookup


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionTable:
    """One published table of factors, of one edition. Tables are never mixed within a total.

    `rules` holds the alternatives for an ingredient by a route: one, or one for each form of product.
    `withheld` says in the table's own terms why a listed ingredient has no factor. `supplement` is the table
    whose figure may stand beside an opioid that this one does not convert, never in the total.
    """

    id: str
    title: str
    jurisdiction: str
    citation: str
    url: str
    edition: str
    review: Review
    rules: Mapping[Kind, tuple[Rule, ...]]
    withheld: Mapping[str, str]
    supplement: ConversionTable | None = None

    def find(self, ingredient: Ingredient, route: Route, noun: str) -> Rule | Refusal:
        """The rule for an ingredient by a route, in products counted by `noun`, or why this table has none."""
        for rule in self.rules.get((ingredient.name, route), ()):
            if isinstance(rule, PatchLookup) or not rule.forms or noun in rule.forms:
                return rule
        if self.converts(ingredient):
            words = _ROUTE_WORDS.get(route, route)
            return Refusal(
                reason=UncountedReason.ROUTE_NOT_CONVERTIBLE,
                detail=f"{self.id} has no factor for {self._called(ingredient)} by this route ({words})",
            )
        return self.no_factor(ingredient)

    def no_factor(self, ingredient: Ingredient) -> Refusal:
        """Why an ingredient cannot be converted by any route."""
        why = self.withheld.get(ingredient.name)
        return Refusal(
            reason=UncountedReason.NO_FACTOR,
            detail=f"{self.id} has no factor for {self._called(ingredient)}{f': {why}' if why else ''}",
        )

    def _called(self, ingredient: Ingredient) -> str:
        return name_in(self.jurisdiction, ingredient.name)

    def converts(self, ingredient: Ingredient) -> bool:
        """Whether the table has a factor for the ingredient by any route."""
        return any(name == ingredient.name for name, _ in self.rules)


# ---- which row a daily dose takes, and in what the row measures it ----


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorRow:
    """A row and `scale`, by which a daily dose is multiplied to be what the row's factor is for."""

    conversion: ConversionFactor
    scale: Decimal


def row_of(rule: Rule, component: Component, doses: Sequence[DailyDose]) -> FactorRow | Refusal:
    """The row that the doses of one component take under a table's rule, or why they fit none."""
    unit = doses[0].unit
    if any(dose.unit is not unit for dose in doses):
        return Refusal(
            reason=UncountedReason.UNIT_UNKNOWN, detail="one instruction is by the hour, another is not: nothing to add"
        )
    conversion = _of_patch(rule, component, doses) if isinstance(rule, PatchLookup) else rule
    if isinstance(conversion, Refusal):
        return conversion
    scale = conversion.scale(unit)
    return _unlike(unit, conversion.per) if scale is None else FactorRow(conversion=conversion, scale=scale)


def _of_patch(rule: PatchLookup, component: Component, doses: Sequence[DailyDose]) -> ConversionFactor | Refusal:
    """The row of the patch that is worn; of a bare ingredient the rate itself may be a strength that is listed."""
    strength = component.strength
    if strength is not None:
        return rule.of(labelled_rate(strength))
    rates = {dose.maximum for dose in doses} | {dose.scheduled for dose in doses if not dose.as_needed}
    listed = len(doses) == 1 and len(rates) == 1 and rates <= rule.rows.keys()
    return rule.of(rates.pop() if listed else None)


def _unlike(unit: Unit, wanted: Basis) -> Refusal:
    if unit is Unit.MCG_PER_HOUR:
        return INFUSION
    return Refusal(reason=UncountedReason.UNIT_UNKNOWN, detail=f"the factor is per {wanted}")
