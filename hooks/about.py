"""What the advice rests on and how it was set up here, as one value: for people who have to answer for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from hooks.services import Choices
from opioids.conversion import ConversionTable
from opioids.guideline import Guideline
from opioids.knowledge import Knowledge
from opioids.rxnorm_release import RxNormRelease
from opioids.tables import rows_of
from opioids.thresholds import Override, Threshold, thresholds_of, with_thresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class DataUsed:
    """Whether an item of data about a person is used, and what for."""

    item: str
    used: bool
    how: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FormularyInUse:
    """Which drugs are known: how many opioid products, and the RxNorm release that a site imported, if it did."""

    products: int
    release: RxNormRelease | None


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The guideline in force with what a site changed, the conversion table, and what is known of their limits.

    `stated` are the guideline's own thresholds, `overrides` those that the site set otherwise.
    """

    guideline: Guideline
    table: ConversionTable
    stated: Mapping[Threshold, Decimal | None]
    overrides: tuple[Override, ...]
    choices: Choices
    data_used: tuple[DataUsed, ...]
    known_limits: tuple[str, ...]
    formulary: FormularyInUse


def about(knowledge: Knowledge, *, guideline: str, table: str, choices: Choices) -> About:
    """What stands behind the cards of services that were built with the same names and choices.

    Raises:
        KeyError: the knowledge holds no guideline or no table of that id.
        UnsuitableThreshold: a threshold that does not fit the guideline.
    """
    stated = knowledge.guidelines[guideline]
    own, overrides = with_thresholds(stated, choices.thresholds)
    used = rows_of("guidelines/data_used.csv")
    return About(
        guideline=own,
        table=knowledge.tables[table],
        stated=thresholds_of(stated),
        overrides=overrides,
        choices=choices,
        data_used=tuple(DataUsed(item=row["item"], used=row["used"] == "yes", how=row["how"]) for row in used),
        known_limits=tuple(row["limit"] for row in rows_of("guidelines/known_limits.csv")),
        formulary=FormularyInUse(products=len(knowledge.formulary.products), release=knowledge.release),
    )
