"""The chapter of the specification that shows what each conversion table says of each opioid."""

from __future__ import annotations

from collections.abc import Sequence

from opioids.conversion import Basis, PatchLookup, Rule
from opioids.knowledge import load
from opioids.quantities import shown
from tests.markdown import table_of

_HEAD = """\
## Conversion tables

One table makes a total; they are never mixed. Factors are per mg a day unless a unit stands beside them; of patches
that a table lists by strength, `mcg/h → MME/day` is shown. An empty cell: the table has no such row, and the opioid is
uncounted. A row of a `provisional` table says so wherever it is used.
"""


def conversion_tables() -> str:
    """The chapter, from the tables as they are loaded."""
    tables = load().tables
    about = [[f"`{one.id}`", one.jurisdiction, one.citation, one.edition, one.review.value] for one in tables.values()]
    keys = sorted({key for one in tables.values() for key in one.rules})
    factors = [
        [name, route.value, *(_rules(one.rules.get((name, route), ())) for one in tables.values())]
        for name, route in keys
    ]
    return "\n".join(
        [
            _HEAD,
            *table_of(["Table", "For", "Source", "Edition", "Review"], about),
            "",
            *table_of(["Opioid", "Route", *(f"`{name}`" for name in tables)], factors),
            "",
        ]
    )


def _rules(rules: Sequence[Rule]) -> str:
    return "; ".join(map(_rule, rules))


def _rule(rule: Rule) -> str:
    if isinstance(rule, PatchLookup):
        worth = [row.patch for row in rule.rows.values() if row.patch]
        return ", ".join(f"{shown(strength)} → {shown(mme)}" for strength, mme in worth)
    unit = "" if rule.per is Basis.MG else f" per {rule.per}"
    forms = f" ({', '.join(sorted(rule.forms))})" if rule.forms else ""
    bands = [f"{shown(band.factor, 4)}{f' to {shown(band.up_to)} mg' if band.up_to else ''}" for band in rule.bands]
    return f"{', '.join(bands)}{unit}{forms}"
