"""Loading conversion tables: every row with its provenance, bands without gaps, patches that add up.

A row of status `counted` is a factor, one of status `lookup` the worth of one strength of a patch; any
other status says, in the table's terms, why the ingredient has no factor. A factor by `any` route holds
for every route by which a drug reaches the whole body, unless the table has a row of its own for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from opioids.conversion import Band, Basis, ConversionFactor, ConversionTable, PatchLookup, Rule
from opioids.products import Kind, Route
from opioids.quantities import round_half_up
from opioids.tables import KnowledgeError, Review, Row, decimal_of, document_of, rows_of

_SYSTEMIC = (
    Route.ORAL,
    Route.TRANSDERMAL,
    Route.SUBLINGUAL,
    Route.BUCCAL,
    Route.TRANSMUCOSAL,
    Route.NASAL,
    Route.RECTAL,
    Route.INJECTION,
)

_NOT_LISTED = "not in table"
"""The state of a row that needs no words of its own."""

PROVISIONAL = "provisional factor: not yet checked against its source"


def load_table(table_id: str) -> ConversionTable:
    """Load one table from `opioids/knowledge/conversion_tables/<table_id>`.

    Raises:
        KnowledgeError: a row without provenance, a number that is none, or bands with a gap.
    """
    folder = f"conversion_tables/{table_id}"
    about = document_of(f"{folder}/table.json")
    rows = list(rows_of(f"{folder}/factors.csv"))
    rules = _rules(rows, table_id)
    without = [row for row in rows if not any(name == row["ingredient"] for name, _ in rules)]
    return ConversionTable(
        id=table_id,
        title=about["title"],
        jurisdiction=about["jurisdiction"],
        citation=about["citation"],
        url=about["url"],
        edition=about["edition"],
        review=Review(about["review"]),
        rules=rules,
        withheld={row["ingredient"]: row["status"] for row in without if row["status"] != _NOT_LISTED},
        supplement=load_table(about["supplement"]) if "supplement" in about else None,
    )


def _rules(rows: Iterable[Row], table_id: str) -> dict[Kind, tuple[Rule, ...]]:
    counted: dict[tuple[Kind, str], list[Row]] = {}
    patches: dict[Kind, list[Row]] = {}
    for row in rows:
        for route in _SYSTEMIC if row["route"] == "any" else (Route(row["route"]),):
            key = (row["ingredient"], route)
            own = any((one["ingredient"], one["route"]) == key for one in rows)
            if row["status"] == "counted" and not (row["route"] == "any" and own):
                counted.setdefault((key, row.get("form", "")), []).append(row)
            elif row["status"] == "lookup":
                patches.setdefault(key, []).append(row)
    rules: dict[Kind, tuple[Rule, ...]] = {}
    for (key, _), group in counted.items():
        rules[key] = (*rules.get(key, ()), _factor(key, group, table_id))
    for key, group in patches.items():
        rules[key] = (_lookup(key, group, table_id),)
    return rules


def _factor(key: Kind, rows: list[Row], where: str) -> ConversionFactor:
    ingredient, route = key
    bands = tuple(
        Band(
            above=Decimal(row.get("above") or 0),
            up_to=Decimal(row["up_to"]) if row.get("up_to") else None,
            factor=decimal_of(row["factor"], f"{where}, {ingredient}"),
        )
        for row in rows
    )
    check_bands(bands, f"{where}, {ingredient} {route}")
    first = rows[0]
    return ConversionFactor(
        ingredient=ingredient,
        route=route,
        per=Basis(first["per"]),
        bands=bands,
        review=Review(first["review"]),
        source=first["source"],
        forms=frozenset(filter(None, first.get("form", "").split("|"))),
        caveats=_caveats(first),
    )


def _caveats(row: Row) -> tuple[str, ...]:
    published = row.get("published", "").replace("-", " to ")
    found = [PROVISIONAL] if Review(row["review"]) is Review.PROVISIONAL else []
    if published:
        found.append(f"the source gives {published}: {row['factor']} is used")
    return tuple(found)


def _lookup(key: Kind, rows: list[Row], where: str) -> PatchLookup:
    ingredient, route = key
    found: dict[Decimal, ConversionFactor] = {}
    for row in rows:
        place = f"{where}, {ingredient} patch"
        strength, worth = decimal_of(row["strength"], place), decimal_of(row["mme"], place)
        if strength in found:
            raise KnowledgeError(f"{place}: {row['strength']} mcg/h is listed twice")
        factor = worth / strength
        if factor != round_half_up(factor, 4):
            raise KnowledgeError(f"{place}: {row['mme']} is no plain multiple of {row['strength']}")
        found[strength] = ConversionFactor(
            ingredient=ingredient,
            route=route,
            per=Basis.MCG_PER_HOUR,
            bands=(Band(above=Decimal(0), up_to=None, factor=factor),),
            review=Review(row["review"]),
            source=row["source"],
            patch=(strength, worth),
            caveats=_caveats(row),
        )
    return PatchLookup(table=where, ingredient=ingredient, rows=found)


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
