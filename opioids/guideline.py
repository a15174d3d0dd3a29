"""A national guideline as data: statements, dose points, pace, naloxone criteria, exclusions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from opioids.drug_classes import DrugClass
from opioids.tables import PROVENANCE, Review, check_provenance, document_of
from opioids.value_sets import ConditionGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What the guideline says, in our own words, with the strength that it gives it."""

    id: str
    text: str
    strength: str
    source: str
    review: Review


class Circumstance(StrEnum):
    """Things about a case that are neither a condition nor a medicine."""

    DOSE_POINT = "dose-point"
    TAPERING = "tapering"
    TREATMENT = "treatment"
    AGE_65 = "age-65"
    UNDER_18 = "age-under-18"


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of a list: what it looks for, and the words it is given on a card.

    `explicit` is true when the guideline itself lists it; others only support.
    """

    id: str
    looks_for: Circumstance | ConditionGroup | DrugClass
    words: str
    explicit: bool
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How fast a dose may fall before a warning. Percentages are of the dose before the change.

    `most_percent` is the guideline's pace: within `long_window_days` after `long_therapy_days` of
    therapy, within `short_window_days` before that. Cuts above `wide_percent` warn when the length of
    therapy is unknown, above `steep_percent` (or a single cut of `half_percent`) they are critical. A
    cut by the smallest marketed step is let pass up to `rounding_percent`, and altogether when it is
    no more than `low_dose_mme` a day.
    """

    long_therapy_days: int
    long_window_days: int
    short_window_days: int
    most_percent: Decimal
    wide_percent: Decimal
    steep_percent: Decimal
    half_percent: Decimal
    rounding_percent: Decimal
    low_dose_mme: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class NaloxoneOrder:
    """The rescue product that a guideline's country offers, as a ready prescription."""

    rxcui: str
    display: str
    name: str
    directions: str
    indication: str
    dose_mg: Decimal
    route_snomed: str
    route_display: str
    quantity: Decimal
    quantity_unit: str
    quantity_code: str
    repeats: Decimal
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guideline:
    """One edition of one guideline. `dose_points` are MME/day, lowest first."""

    id: str
    title: str
    short: str
    jurisdiction: str
    url: str
    default_table: str
    review: Review
    statements: Mapping[str, Statement]
    dose_points: tuple[Decimal, ...]
    long_term_days: int
    pace: Pace
    naloxone: tuple[Criterion, ...]
    naloxone_order: NaloxoneOrder
    exclusions: tuple[Criterion, ...]


def load_guideline(guideline_id: str) -> Guideline:
    """Load `opioids/knowledge/guidelines/<guideline_id>`.

    Raises:
        KnowledgeError: any statement, number or criterion without source, edition and review state.
    """
    where = f"guidelines/{guideline_id}/guideline.json"
    document = document_of(where)
    for name in ("long_term", "pace"):
        check_provenance(document[name], f"{where}, {name}")
    for name in ("statements", "dose_points", "naloxone", "exclusions"):
        for row in document[name]:
            check_provenance(row, f"{where}, {name}")
    return Guideline(
        id=guideline_id,
        title=document["title"],
        short=document["short"],
        jurisdiction=document["jurisdiction"],
        url=document["url"],
        default_table=document["default_table"],
        review=Review(document["review"]),
        statements={row["id"]: _statement(row) for row in document["statements"]},
        dose_points=tuple(sorted(row["mme_per_day"] for row in document["dose_points"])),
        long_term_days=int(document["long_term"]["days"]),
        pace=_pace(document["pace"]),
        naloxone=tuple(_criterion(row) for row in document["naloxone"]),
        naloxone_order=_naloxone_order(guideline_id),
        exclusions=tuple(_criterion(row) for row in document["exclusions"]),
    )


def _statement(row: Mapping[str, Any]) -> Statement:
    return Statement(
        id=row["id"], text=row["text"], strength=row["strength"], source=row["source"], review=Review(row["review"])
    )


def _pace(row: Mapping[str, Any]) -> Pace:
    return Pace(
        long_therapy_days=int(row["long_therapy_days"]),
        long_window_days=int(row["long_window_days"]),
        short_window_days=int(row["short_window_days"]),
        most_percent=row["most_percent"],
        wide_percent=row["wide_percent"],
        steep_percent=row["steep_percent"],
        half_percent=row["half_percent"],
        rounding_percent=row["rounding_percent"],
        low_dose_mme=row["low_dose_mme"],
    )


def _criterion(row: Mapping[str, Any]) -> Criterion:
    kind, _, name = row["criterion"].partition(":")
    looks_for: Circumstance | ConditionGroup | DrugClass
    if kind == "condition":
        looks_for = ConditionGroup(name)
    elif kind == "drug":
        looks_for = DrugClass(name)
    else:
        looks_for = Circumstance(kind)
    return Criterion(
        id=row.get("id", ""),
        looks_for=looks_for,
        words=row["words"],
        explicit=row.get("explicit", True),
        source=row["source"],
    )


def _naloxone_order(guideline_id: str) -> NaloxoneOrder:
    document = document_of(f"guidelines/{guideline_id}/naloxone_order.json")
    return NaloxoneOrder(**{name: value for name, value in document.items() if name not in PROVENANCE})
