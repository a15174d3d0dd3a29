"""Conversion tables: the factor that turns a daily dose of an opioid into morphine milligrams.

A factor belongs to an ingredient and a route. Bands (methadone before 2022) are half-open,
`(above, up_to]`, and proven to be free of gaps when a table is loaded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from opioids.prescriptions import Refusal, UncountedReason
from opioids.products import Ingredient, Route
from opioids.quantities import Unit
from opioids.tables import KnowledgeError, Review, decimal_of, document_of, rows_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """The factor for daily doses above `above` and up to `up_to` (None: without end)."""

    above: Decimal
    up_to: Decimal | None
    factor: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionFactor:
    """How one ingredient by one route converts. `unit` is what the daily dose is measured in."""

    ingredient: str
    route: Route
    unit: Unit
    bands: tuple[Band, ...]
    review: Review
    source: str

    def at(self, daily_dose: Decimal) -> Decimal:
        """The factor for a patient whose total daily dose of the ingredient is `daily_dose`."""
        # The last band is open, as checked on loading.
        return next(band.factor for band in self.bands if band.up_to is None or daily_dose <= band.up_to)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionTable:
    """One published table of factors, of one edition. Tables are never mixed within a total."""

    id: str
    title: str
    jurisdiction: str
    citation: str
    url: str
    edition: str
    review: Review
    factors: Mapping[tuple[str, Route], ConversionFactor]

    def find(self, ingredient: Ingredient, route: Route) -> ConversionFactor | Refusal:
        """The factor for an ingredient by a route, or why this table has none."""
        found = self.factors.get((ingredient.name, route))
        if found:
            return found
        if self.converts(ingredient):
            return Refusal(
                reason=UncountedReason.ROUTE_NOT_CONVERTIBLE,
                detail=f"{self.id} has no factor for {ingredient.name} by this route ({route})",
            )
        return self.no_factor(ingredient)

    def no_factor(self, ingredient: Ingredient) -> Refusal:
        """Why an ingredient cannot be converted by any route."""
        return Refusal(reason=UncountedReason.NO_FACTOR, detail=f"{self.id} has no factor for {ingredient.name}")

    def converts(self, ingredient: Ingredient) -> bool:
        """Whether the table has a factor for the ingredient by any route."""
        return any(name == ingredient.name for name, _ in self.factors)


def load_table(table_id: str) -> ConversionTable:
    """Load one table from `opioids/knowledge/conversion_tables/<table_id>`.

    Raises:
        KnowledgeError: a row without provenance, a number that is none, or bands with a gap.
    """
    folder = f"conversion_tables/{table_id}"
    about = document_of(f"{folder}/table.json")
    return ConversionTable(
        id=table_id,
        title=about["title"],
        jurisdiction=about["jurisdiction"],
        citation=about["citation"],
        url=about["url"],
        edition=about["edition"],
        review=Review(about["review"]),
        factors=_factors(rows_of(f"{folder}/factors.csv"), table_id),
    )


def _factors(rows: Iterable[Mapping[str, str]], where: str) -> dict[tuple[str, Route], ConversionFactor]:
    grouped: dict[tuple[str, Route], list[Mapping[str, str]]] = {}
    for row in rows:
        if row["status"] == "counted":
            grouped.setdefault((row["ingredient"], Route(row["route"])), []).append(row)
    return {key: _factor(key, group, where) for key, group in grouped.items()}


def _factor(key: tuple[str, Route], rows: list[Mapping[str, str]], where: str) -> ConversionFactor:
    ingredient, route = key
    bands = tuple(
        Band(
            above=Decimal(row["above"] or 0),
            up_to=Decimal(row["up_to"]) if row["up_to"] else None,
            factor=decimal_of(row["factor"], f"{where}, {ingredient}"),
        )
        for row in rows
    )
    check_bands(bands, f"{where}, {ingredient} {route}")
    first = rows[0]
    return ConversionFactor(
        ingredient=ingredient,
        route=route,
        unit=Unit(first["per"]),
        bands=bands,
        review=Review(first["review"]),
        source=first["source"],
    )


def check_bands(bands: tuple[Band, ...], where: str) -> None:
    """Refuse bands that leave any positive daily dose without exactly one factor.

    Raises:
        KnowledgeError: naming the ingredient and the dose at which the bands do not meet.
    """
    edge: Decimal | None = Decimal(0)
    for band in bands:
        if edge is None or band.above != edge:
            raise KnowledgeError(f"{where}: bands do not meet at {band.above}")
        edge = band.up_to
    if edge is not None:
        raise KnowledgeError(f"{where}: no factor above {edge}")
